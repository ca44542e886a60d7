"""The directory of a domain controller, read only: rootDSE without credentials, the rest bound with Kerberos.

What a KDC hides, its directory tells: a KDC answers 7 for a missing name and for a duplicate one, and gives a ticket
without saying whose key it is made with. `visit` asks one controller from its rootDSE (who it is, what time it has)
to its last question, and whatever it does becomes a step; `session` is the connection: bind, sealed or inside TLS,
then searches, bounded in number, size and time. `questions` says what is asked: who has each form of the SPN, what
the receiver's account, ours and the trusts look like. `entries` makes facts of Active Directory's attributes.

An LDAP client of our own, and not impacket's, which was read (0.13.1) and cannot be used by a probe that must end in
time whatever a peer does: it connects in its constructor and never sets a time-out, to ports 389, 636 and 3268 only;
it reads without any bound, and when the peer hangs up in the middle of a protected buffer its reading loop never
ends, so that not even a thread with a deadline could be got rid of; on the global catalog it does not sign; it asks
for no mutual authentication and checks neither the sequence of protected messages nor, with rc4, their checksum;
it takes this host's clock where the probe must be able to set it. What is needed here is small: `probe.wire.ldap` and
its neighbours have it, and the context is the one that the SMTP handshake is made with.

So the base install can read the directory, and nothing further has to be installed.
"""
