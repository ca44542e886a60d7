"""Files of tickets and keys as MIT's programs write them: ccache, keytab, krb5.conf (PURE: octets in, values out).

`reader` takes fields out of octets with the offset in every error; `ccache` and `keytab` know the layouts; `krb5conf`
reads the text that says which realm a host belongs to and where its KDCs are, `includes` the files that make it.
`found` is a file's contents, or why there are none. `sources` chooses: of a keytab the keys of one principal (without
a name the computer account's, ``NAME$``, for that is who an Exchange server is), of a cache the tickets that are
valid by the KDC's clock, for a cache remembers how far off this host was when it was written.

Names are compared exactly first, and as Active Directory does, without case, when nothing fits. A keytab also says
what the sender calls itself in EHLO: the account's SPNs share its keys, so the one ``SMTPSVC/`` entry with the
principal's key names its host, and the receiver will ask a KDC for exactly that name on its way back.

The formats are MIT krb5's documented ones. Errors never quote contents: they may be keys.
"""
