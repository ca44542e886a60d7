"""The receive connector: what an Exchange server says over SMTP, and what it does with a log-on.

A connection comes in at a port, and the client's address decides which of the port's connectors it is for: the
closest RemoteIPRanges (`ip_ranges`), as in Exchange. `connector` has that connector's settings and what follows from
them (PURE): the banner, which keywords EHLO offers before TLS and inside, how a failure is answered. What an
AuthMechanism flag makes it offer, and the order in which each version lists it (`profiles`), are those of published
protocol logs.

`session` is the client's side of the story so far: each verb is a method, and its answer goes out through `writer`,
where faults may change, delay or swallow it; each line comes in through `reader`, bounded, and as the path left it. A
log-on is a *conversation* (`authenticate`, PURE): a generator that yields challenges and is sent lines, so that the
mechanism knows nothing of sockets. It ends in an SSPI status, and from that one value follow the reply, the protocol
log's context and event 1035. The client sees 454 or 535 and no more: whatever the reason, that is what Exchange says.

`server` is the only module that knows aiosmtpd, which gives the connection and the loop and none of the texts. `mail`
and `maildir` take mail for the lab's own domain from whoever has logged on; nothing is relayed.
"""
