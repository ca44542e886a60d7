"""What this host's own files, clock and names mean for a probe: one subject a file (PURE).

Each takes the facts of `probe.doctor.values` and gives observations: what is so, how bad that is, and what to do.
`config` says whether krb5.conf can be read and what it leaves out. `clock` compares with the KDCs and time servers,
because Kerberos asks only whether two clocks agree (RFC 4120 section 5.5.1: five minutes); what keeps the clock is
asked as well. `names` follows this host's own name forward and back, since a receiver's ticket back is made for what
we say in EHLO. `kdcs` tells a KDC that is silent over one transport from one that is silent, tries the ports beside
88, and says what this installation lacks. `tickets` looks into cache and keytab: can they be read, and are they good
for long enough.
"""
