"""A sending Exchange server of the lab: a queue, Kerberos with its machine account, and SMTP to another server.

It shows the symptom as an administrator meets it: not a reply on a wire, but a queue in state Retry with a LastError.
`server` takes mail over and delivers it at each attempt; `client` is one connection, and does what the shipped
product does: X-ANONYMOUSTLS, then EXCHANGEAUTH or nothing (X-EXPS GSSAPI only where the send connector allows the
downgrade, NTLM never), then mail. `kerberos` gets the tickets, judges the receiver's ticket that comes back, and
forgets all of them after a refused EXCHANGEAUTH, as a sender does. `stream` is the connection and its TLS; `queue`
has the retry schedule, and the sentence that the version of Exchange makes of a failure (PURE).

Two failures read alike, and that is why the project exists. A receiver that refuses says ``454 4.7.0 Temporary
authentication failure``; a sender whose own leg failed (no ticket, a wrong hash in the 235) writes the very same line
for itself, with event 2017. `queue` is told who made the line, and LastError does not show it.
"""
