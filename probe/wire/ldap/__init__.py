"""LDAP version 3 as far as a question to a directory needs it (RFC 4511), the client's side (PURE).

`requests` writes bind, search, StartTLS and unbind, and nothing that could change a directory. Filters are BER from
the start and never text, so that a name from the network cannot change what is searched for. `messages` reads what
comes, bounded in size, attributes and values, and says what was cut, for "nobody has this name" is worth something
only in a whole answer. `stream` makes messages of octets: in clear, or from the bind on in wrapped buffers with their
length in front (RFC 4422 section 3.7), where the Kerberos context of `probe.wire.gssapi` seals and opens them.

Active Directory writes lengths that are not minimal (``30 84 00 00 00 10``), which BER allows and DER does not.
"""
