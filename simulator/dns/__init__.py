"""The lab's name server: the zones of its realms on one port (RFC 1035).

`zone` is a value with all records, and the answer to a query is a function of it (PURE): addresses of servers, and
the SRV records by which Kerberos and Active Directory are found (RFC 2782; RFC 4120 section 7.2.3). Their ports are
the lab's own free ports, so a client that reads SRV records finds everything, and one that assumes 88 or 389 finds
nothing. A name that a fault takes away is left out when the zone is made, so that it does not exist for anybody.

`transport` serves it over UDP and TCP. An answer that does not fit into the datagram that the client takes (512
octets without EDNS, RFC 1035 section 4.2.1) goes out empty with the flag that says so, and the client asks again over
TCP.
"""
