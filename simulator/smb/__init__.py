"""The SMB2 service of a lab's Exchange servers, as far as the session set-up: no share can be opened (MS-SMB2).

SMTP refuses without a reason; another service of the same computer, with the same key and the same clock, may give
it. NEGOTIATE is answered with the server's time, to anybody. SESSION_SETUP shows a ticket to the same acceptor as
SMTP has, but here a refusal goes out as the KRB-ERROR that Windows' SMB server was seen to give, in its own account's
name: so a client learns that the key is wrong, or the clock, and of which computer.

`session` is the state machine (PURE), `messages` reads and writes, `transport` is the port. A stale key, a skewed
clock and a wrong server are the same faults here as in SMTP, so a client that asks has to ask as well who it is that
answers: what is on port 445 of an address need not be the receiver.
"""
