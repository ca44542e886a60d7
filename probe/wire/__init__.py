"""Octets to values and back: the protocols that the probe speaks. PURE: no IO, no clock, no randomness.

The floors follow what carries what, and imports go downwards only (an import contract holds that)::

    smtp                          replies, capabilities, the dialogue
    sasl        ldap              a mechanism's rounds; a directory's messages
    gssapi      ntlm smb2 sntp    frames, SPNEGO, the Kerberos context; what needs no GSSAPI stands beside it
    kerberos                      messages of RFC 4120
    der  crypto  filetime         what all of them are made of

Three rules make them fit for peers that may be broken or hostile. Every reader has a limit, and its error says what
came and what was due, never the contents, which may be secret. "Not enough yet" is a value. A number that we do not
know stays a number: a newer peer is no broken one. Where a peer was seen to differ from its RFC, the reader takes both
forms and says in its comment who was seen to send which.

These are the strict codecs, for talking to peers. Showing a token to people, damaged or not, is `probe.dissect`'s
work; names of codes are in `probe.codes`. The simulator has codecs of its own and shares only `crypto`, which
published vectors pin: so neither side can hide the other's mistake.
"""
