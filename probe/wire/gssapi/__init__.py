"""GSSAPI tokens and Kerberos contexts from the initiator's side: RFC 2743, 4121, 4178 and 5929 (PURE).

From the outside in: `spnego` negotiates a mechanism and carries its tokens; `frame` puts an OID and a token id around
a Kerberos message, so that a receiver knows what it is; the message itself is `probe.wire.kerberos`'s. `initiator`
holds one context together: it makes the AP-REQ once (a second call gives the same octets, as a replay would), takes
the AP-REP or the KRB-ERROR that answers it, and then has keys for `messages`, which wraps and unwraps what follows.

What an AP-REP proves: it holds the time of our authenticator, encrypted with the session key that was in the ticket.
Who can make it has opened the ticket, so it has the key of the account that the SPN is on. That is what a verdict
"healthy" rests on. EXCHANGEAUTH asks for no AP-REP: there the receiver's hash shows the same.

`channel_bindings` names a TLS channel by its certificate or its first Finished message; 16 octets of it go into the
authenticator, where a receiver with Extended Protection compares them. A sending Exchange is not known to give any.
"""
