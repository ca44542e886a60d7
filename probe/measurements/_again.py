"""The same log-on again with one difference, on a connection of its own; one Handshake step comes of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from probe.measurements import Bench
from probe.settings.options import ProbeOptions
from probe.smtp.connect import Reached, reach
from probe.smtp.gssapi import authenticate
from probe.tickets.client.results import TicketError
from probe.tickets.client.transport import Endpoint
from probe.tickets.native.context import NativeTicket, ServiceTicket
from probe.trace import Recorder, facts


def same_place(bench: Bench) -> ProbeOptions:
    """The run's options with the address that answered: a contrast must not meet another server by chance."""
    if bench.reached is None:
        return bench.options
    address = bench.reached.address
    return replace(bench.options, connect=Endpoint(address.host, address.port))


@asynccontextmanager
async def another_session(
    bench: Bench, options: ProbeOptions
) -> AsyncIterator[tuple[Reached | None, Recorder]]:
    """A session as far as EHLO behind TLS whose steps stay out of the run's; None when it did not get there."""
    aside = Recorder(bench.environment.monotonic)
    reached = await reach(options, bench.environment, aside)
    if reached is None:
        yield None, aside
        return
    async with reached.session:
        yield (reached if reached.session.ready else None), aside


async def log_on_again(bench: Bench, *, contrast: str, ticket: ServiceTicket, options: ProbeOptions) -> None:
    """Authenticate with ``ticket`` under ``options`` and keep the Handshake step, marked as ``contrast``."""
    start_ms = bench.recorder.elapsed_ms()
    async with another_session(bench, options) as (reached, aside):
        fresh = None if reached is None else await _fresh(ticket, reached, options)
        if reached is not None and fresh is not None:
            await authenticate(reached, fresh, options=options, environment=bench.environment, recorder=aside)
        steps = aside.steps()
    for step in steps:
        if isinstance(step.facts, facts.Handshake):
            bench.recorder.add(
                replace(step.facts, contrast=contrast),
                step.outcome,
                start_ms=start_ms,
                sent=tuple(line for each in steps for line in each.sent),
                received=tuple(line for each in steps for line in each.received),
            )


async def _fresh(ticket: ServiceTicket, reached: Reached, options: ProbeOptions) -> ServiceTicket | None:
    """The ticket for one more context: the system's was used up by the main handshake, and is bound when it is made."""
    if not isinstance(ticket, NativeTicket):
        return ticket
    try:
        return await ticket.again(mutual=True, channel=reached.session.channel_name(options.bindings))
    except TicketError:
        return None
