"""What was seen on the connections to the receiver (PURE).

`session` says which authentications count. One that was *verified* had a 235 and a proof that the receiver has the
ticket's key (an AP-REP, or EXCHANGEAUTH's hash). A *refusal* is 454 or 535 after the receiver had our token, or
SPNEGO's own reject. A run succeeded when every honest authentication ended well and one of them was verified. A
refused EXCHANGEAUTH beside a verified log-on is no refusal of the ticket: what it needs more than that is the TLS
channel and the ticket back, and `exchangeauth` has the questions about these.

`contrasts` and `lengths` read what was tried besides: the same ticket with one difference, and a negotiation without
any ticket in few octets and in many. `connections` asks whether all connections met one server at all (one public
key for each TLS command): if not, nothing of one explains another.
"""
