"""Tickets of the system's own: SSPI on Windows (the log-on session), GSSAPI elsewhere (the ticket cache), by pyspnego.

The system is asked for a security context towards an SPN. Its first token is an AP-REQ, and what that shows in clear
is what is known of the ticket: service, realm, encryption type, kvno, size. Who the client is, the ticket's times and
the KDC that gave it stay inside. On Windows, run as SYSTEM on the sender, it is the very ticket that Exchange uses.

`context` gets the token when the ticket is asked for, so that the connection never waits for a KDC, and goes on with
the same context when the receiver answers. Every call may block, and nothing can interrupt it: each runs in a thread
that nobody waits for longer than the time-out. `errors` turns GSSAPI's minor code or SSPI's status into the KRB-ERROR
that stands behind it, so that an unknown SPN looks the same to a check as one that our own client asked for.
"""
