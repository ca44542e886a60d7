"""SMTP as a sending Exchange server speaks it up to the authentication, as one state table (PURE; RFC 5321).

`replies` makes replies out of octets as they trickle in: a line of 128 KiB at most, because EXCHANGEAUTH's 235
carries a whole Kerberos ticket in one line. What a peer does wrong in a reply that can be read all the same is noted
and not refused, for somebody wants to know of it. `capabilities` reads banner and EHLO reply: whose software, which
mechanisms, what time, and which keywords a firewall wrote X over.

`dialogue` holds the two together: which command may be sent in which state, and where each reply leads. Two tables
say it all, one for sending and one for receiving. They have no place for MAIL, so the probe cannot send any. A reply
that has no place in the table ends the session; 421 does so anywhere (RFC 5321 section 3.8).

TLS is where it matters most: as soon as the 220 to STARTTLS or X-ANONYMOUSTLS is there, nothing in clear is parsed
any more. What came behind it in the same breath is thrown away, counted, and ends the session (the injection flaws of
STARTTLS, published for servers in 2011 and for clients in 2021). After the handshake the state is "greeted": EHLO
comes again, and what was offered before is forgotten (RFC 3207 section 4.2).
"""
