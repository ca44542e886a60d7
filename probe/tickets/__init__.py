"""Kerberos for the probe: tickets, and the keys, caches and settings that they come from (PURE but for `native`).

A run needs one thing of this folder, a service ticket for the receiver, and has three ways to it:

- a secret (`secret`: a password, or the keys of a keytab) goes through `client`, the probe's own Kerberos client, which
  asks the KDCs and keeps every exchange as a step;
- a ticket cache (`files.ccache`) may hold the service ticket already, or a ticket-granting ticket that `client` goes on
  with;
- `native` asks the system (SSPI on Windows, GSSAPI elsewhere), which tells less: neither which KDC it asked, nor the
  ticket's times.

All of them end in a `Credential` or a `NativeTicket`; `probe.kdcs.ticket_service` chooses among them, and the SMTP
handshake does not care which it was. A client of our own and not the system's, because a diagnosis wants what a
library hides: what each KDC said, over which transport, what its clock showed, and under which key version it issued.
"""
