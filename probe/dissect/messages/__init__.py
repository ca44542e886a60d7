"""Messages beside those that get a ticket and show it: found in tokens that people paste, and worth a name (PURE).

`session` has what travels once a ticket was shown, or carries tickets away: KRB-SAFE, KRB-PRIV, KRB-CRED. `detours`
are the two ways round a client that cannot reach a KDC or a service that has no key of its own: IAKERB sends the
KDC's messages through the acceptor, user-to-user asks the acceptor for its TGT. `negoex` is Microsoft's negotiation
inside SPNEGO, by which Windows offers PKU2U and others beside Kerberos.

None of them is a log-on between Exchange servers. Whoever sees one there has met another program or another
account, and the name says so sooner than "damaged".
"""
