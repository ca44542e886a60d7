"""A domain controller's LDAP side, read only: what its KDC knows, shown as Active Directory would show it (PURE but for
`transport`; RFC 4511, MS-ADTS).

One truth for two services: `tree` makes the objects of the very view that the KDC answers from, faults included, so a
directory and a KDC of one controller agree where they would agree, and two controllers differ where they would
differ. `controller` is one port's point of view, a domain or, as global catalog, the forest; `entries`, `filters`,
`names` and `search` answer questions; `texts` has the words of a refusal.

`session` is a state machine, octets in and octets out. Before a bind it gives the rootDSE and nothing else. `binds`
are the two SASL mechanisms as conversations: GSSAPI with RFC 4752's round about layers, and Windows' GSS-SPNEGO,
where the context's flags decide. What a controller demands of a bind (signing, TLS, channel bindings) is policy and
comes with the scenario. Afterwards `layer` wraps every message. Nothing can be written: every other operation is
refused.

`messages` reads and writes with impacket's ASN.1 and shares nothing with the probe's LDAP.
"""
