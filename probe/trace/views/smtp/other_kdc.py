"""What the receiver made of tickets of several KDCs for one service (PURE).

Taken from one and refused from another, by one computer, with clocks that agree: the KDCs hold different keys. Refused
from all: it is not what one of them is behind with. A balancer answers each connection by another computer; then
nothing of one connection says anything about another.
"""

from dataclasses import dataclass

from probe.trace import Step, Trace
from probe.trace.facts import Handshake
from probe.trace.views.clocks import Clocks, read_clocks
from probe.trace.views.kerberos.issuer import Issuer, issuing_kdc
from probe.trace.views.smtp.connections import one_computer
from probe.trace.views.smtp.contrasts import OTHER_KDC, failing, passing
from probe.trace.views.smtp.session import refusals

CLOSE_S = 10.0
"""Clocks that differ by less are one for this purpose: no ticket's beginning hangs on that."""
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

    @property
    def refused_from_all(self) -> bool:
        """Another KDC's ticket was shown as well, and refused as the main one was: the receiver has neither's key."""
        return bool(self.refused_from_another) and not self.taken_from_another


def compare_tickets(trace: Trace) -> TicketsCompared | None:
    """None where no other KDC's ticket was shown."""
    issuer = issuing_kdc(trace)
    taken, turned_down = passing(trace, OTHER_KDC), failing(trace, OTHER_KDC)
    if issuer is None or not (taken or turned_down):
        return None
    return TicketsCompared(
        issuer=issuer,
        refused=refusals(trace),
        taken_from_another=taken,
        refused_from_another=turned_down,
        alike=_in_time(read_clocks(trace), issuer) and one_computer(trace),
    )


def _in_time(clocks: Clocks, issuer: Issuer) -> bool:
    """No clock makes the difference: the KDCs agree, and the issuer's ticket begins early enough for the receiver.

    A ticket of a KDC that is ahead of the receiver by more than the limit is not valid yet there, while that of
    another one, a little behind the first, is.
    """
    if any(clocks.apart(one, other) for one in clocks.kdcs for other in clocks.kdcs):
        return False
    gave = [clock for clock in clocks.kdcs if clock.who == issuer.kdc]
    ahead = [clock for clock in gave if any(clock.offset - other.offset > CLOSE_S for other in clocks.kdcs)]
    if not ahead:
        return True
    return bool(clocks.receiver) and not any(
        clocks.perhaps_apart(ahead[0], one) for one in clocks.receiver[:1]
    )
