"""The measurements that come after the handshake: one file each, chosen by what is still undecided.

A measurement is the same thing with one difference (a contrast), or a question to somebody else than the receiver.
A module has these constants and two functions::

    NAME = "other-tls"
    TITLE = "The same log-on under another protection"
    DECIDES = ("tls-terminated-in-path", "bindings-rejected")   # causes that it can bear out or dismiss
    COST = 20        # about how many round trips it takes: cheaper ones come first
    REFUSALS = 1     # how many log-ons the receiver may refuse because of it
    def wanted(trace: Trace) -> bool: ...                       # pure: is there anything to learn?
    async def perform(context: MeasurementContext) -> None: ... # adds steps; never raises for what a peer does

To add one, put a file here: nothing else is touched. `probe.run.plan` chooses among them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache

from probe.kdcs.ticket_service import TicketService
from probe.modules import modules_of
from probe.settings.context import RunContext
from probe.smtp.connect import ConnectedTarget
from probe.smtp.gssapi import Attempt
from probe.tickets.native.context import ServiceTicket
from probe.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementContext(RunContext):
    """The run, and what is known since its handshake.

    The main session is over by then: a receiver hangs up after a refusal, and what is measured must not depend on what
    was said before. So each measurement opens connections of its own.
    """

    trace: Trace
    """All that was seen before this measurement."""
    ticket_service: TicketService
    """For further tickets: ``await ticket_service.other_ticket("cifs/ex1.contoso.com")``."""
    connected: ConnectedTarget | None = None
    """Where the receiver was found (``address``) and what it offered (``session.capabilities``); None if nobody
    answered. Its session is closed."""
    ticket: ServiceTicket | None = None
    """The service ticket of the main handshake."""
    attempt: Attempt | None = None
    """The last GSSAPI handshake that was made on the main way; None when there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A measurement as the plan knows it."""

    name: str
    title: str
    decides: frozenset[str]
    cost: int
    refusals: int
    wanted: Callable[[Trace], bool]
    perform: Callable[[MeasurementContext], Awaitable[None]] = field(repr=False)


@cache
def registry() -> tuple[Measurement, ...]:
    """Every measurement of this package, cheapest first."""
    found = [
        Measurement(
            name=module.NAME,
            title=module.TITLE,
            decides=frozenset(module.DECIDES),
            cost=module.COST,
            refusals=module.REFUSALS,
            wanted=module.wanted,
            perform=module.perform,
        )
        for module in modules_of(__name__)
    ]
    return tuple(sorted(found, key=lambda measurement: (measurement.cost, measurement.name)))
