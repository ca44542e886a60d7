"""A lab: receive connectors, domain controllers, DNS and faults in one process, without Exchange or Active Directory.

A *scenario* says what is there and what is broken; `lab` starts it on loopback; the probe, or any other Kerberos and
SMTP program, meets it over real sockets with real tickets. Nothing is acted: a stale machine key is a key that does
not open the ticket, a duplicate SPN is two accounts in a directory, a TLS box ends one TLS and begins another. What
the receiver would log comes of the same refusal that the client gets.

Three rules make that worth something as a test:

- The two sides share nothing but ciphers that published vectors pin. A mistake in one codec would otherwise be
  answered by the same mistake in the other, and both would look right.
- What goes wrong is a fault by declaration (`faults`), never a special case in a server.
- The *ledger* is ground truth: what came in, what went out, which fault changed something, what would be logged. The
  probe never sees it; whoever judges the probe compares the two.

Where Windows or Exchange is known to differ from an RFC, the lab does as they do, and says where that is from. Where
nobody has seen it, a comment says so.
"""
