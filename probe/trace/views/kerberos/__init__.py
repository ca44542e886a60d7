"""What the KDCs answered (PURE).

`answers` makes one view of each (realm, KDC, SPN): known or not, with kvno and encryption type. Only two answers count
for that, a ticket and KDC_ERR_S_PRINCIPAL_UNKNOWN (7): every other error is about us, the clock or the transport. A
KDC that once gave a ticket knows the name, whatever it said to another form of the question.

`spn_forms` has the names under which a receiver may be registered (KB 979174: SMTPSVC and SMTP, each with the full and
the short host name; HOST is every computer's own). `realms` follows referrals (RFC 6806): who sent us where, and
whether the other realm took what ours gave us. `lifetime` compares a ticket's times with the KDCs' clocks, because
RFC 4120 section 3.2.3 lets a server forgive the skew limit at both ends and no more.
"""
