"""Sockets, TLS, name resolution and pace: the network as far as it has nothing to do with any protocol's meaning.

Everything is bounded: a time-out on every wait, a limit on every read, and the address that is connected to is given
by the caller. What a peer does wrong becomes a value or one exception that names it; nothing is judged.

`connection` is one TCP connection, with TLS over memory BIOs (`tls_pump`) when it is asked for: pyOpenSSL and not
`ssl`, because EXCHANGEAUTH hashes keying material that only an exporter gives (RFC 5705), and because old versions
must be allowed beside new ones. `tls` verifies nothing and reports everything: behind X-ANONYMOUSTLS a sender accepts
any certificate, Exchange's own self-signed one included. `dns` asks the system's resolver and DNS itself, which may
differ; `hosts_file` is a third source. `smb` and `sntp` are one question each to other services. `endpoint` is a
place as it was named to us (PURE).

`tasks` runs several things side by side with one end for all of them, `loop` runs a program's whole work and leaves
nobody waiting for a thread that cannot be interrupted, `pace` keeps a sweep from being an attack.
"""
