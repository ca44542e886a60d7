"""What the receiver made of tickets of several KDCs for one service (PURE).

Taken from one and refused from another, by one computer, with clocks that agree: the KDCs hold different keys. Refused
from all: it is not what one of them is behind with. A balancer answers each connection by another computer; then
nothing of one connection says anything about another.
"""

from dataclasses import dataclass

from probe.trace import Step, Trace
from probe.trace.facts import Handshake
from probe.trace.views.clocks import read_clocks
from probe.trace.views.kerberos.issuer import Issuer, issuing_kdc
from probe.trace.views.smtp.connections import one_computer
from probe.trace.views.smtp.contrasts import OTHER_KDC, failing, passing
from probe.trace.views.smtp.session import refusals

Handshakes = tuple[Step[Handshake], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsCompared:
    """The main log-on was refused with the ticket of ``issuer``."""

    issuer: Issuer
    refused: Handshakes
    """The main log-on."""
    taken_from_another: Handshakes
    refused_from_another: Handshakes
    alike: bool
    """The KDCs' clocks agree, and one computer answered all connections: what differs is the key."""


def compare_tickets(trace: Trace) -> TicketsCompared | None:
    """None where no other KDC's ticket was shown."""
    issuer = issuing_kdc(trace)
    taken, turned_down = passing(trace, OTHER_KDC), failing(trace, OTHER_KDC)
    if issuer is None or not (taken or turned_down):
        return None
    clocks = read_clocks(trace)
    apart = any(clocks.apart(one, other) for one in clocks.kdcs for other in clocks.kdcs)
    return TicketsCompared(
        issuer=issuer,
        refused=refusals(trace),
        taken_from_another=taken,
        refused_from_another=turned_down,
        alike=not apart and one_computer(trace),
    )
