"""What a token holds, field by field, for people who look at one: `exps decode` (PURE).

Another reader than `probe.wire`, on purpose. A codec that talks to peers must stop at the first octet that does not
fit; somebody who holds a token that was refused wants to see all of it that can be read. So building a tree never
fails: a field that is not what it should be has a `problem`, keeps its octets, and what comes after it goes on. Each
line has offset, length, name, value, and a meaning where the value is a number that has one.

`paste` finds the tokens in what was pasted: dumps, hex, base64, transcripts, logs. `gssapi` says what kind a token is
and hands it on: `spnego`, `kerberos` (with its parts and `authorization`), `ntlm`, `exchangeauth`, and `messages`
for what is no log-on: NEGOEX, KRB-CRED, user-to-user, IAKERB. `node` is the tree; `der` and `fields` are what readers
are made of; `names` has what the numbers mean. With a keytab, encrypted parts are opened, and the session keys found
inside open what is further in.

Nothing that could be replayed is shown unless asked for: keys, ciphers and responses appear by their size. Nobody but
the command line imports this folder.
"""
