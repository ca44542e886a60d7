"""What this host itself has: its Kerberos configuration, tickets, clock, names, and its way to the KDCs.

Before a receiver is suspected, the host that asks has to be sound: a wrong clock, a KDC in krb5.conf that is no more,
a ticket that has expired or a name that leads elsewhere look from here like anybody's fault. `exps doctor` examines
that and no receiver.

Three stages that do not mix. `host` and `gather` do the IO: files first, then everything on the network side by side,
each with its own time-out; `files` makes values of octets and texts, `values` are the facts. `judge` has a file for
each subject (config, clock, KDCs, names, tickets) and makes *observations* of facts, each good, worth a look, or bad;
`examine` puts them together and finds the one status. `show` prints. All but the first stage are PURE, so a host that
cannot be had in a test (Windows, an expired ticket, three KDCs of which one lies) is a value.
"""
