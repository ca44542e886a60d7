"""What this host itself has: its Kerberos configuration, tickets, clock, names, and its way to the KDCs.

`values` are the facts, `files` reads octets and texts into them, `judge_*` and `examine` make observations of them,
`show` prints (all PURE); `host` and `gather` do the IO.
"""
