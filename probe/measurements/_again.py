"""The same log-on again with one difference, on a connection of its own; one Handshake step comes of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.net.endpoint import Endpoint
from probe.settings.context import RunContext
from probe.settings.options import ProbeOptions
from probe.smtp.connect import ConnectedTarget, connect_target
from probe.smtp.gssapi import authenticate
from probe.tickets.client.results import TicketError
from probe.tickets.native.context import NativeTicket, ServiceTicket
from probe.trace import facts


def same_place(context: MeasurementContext) -> ProbeOptions:
    """The run's options with the address that answered: a contrast must not meet another server by chance."""
    if context.connected is None:
        return context.options
    address = context.connected.address
    return replace(context.options, connect=Endpoint(address.host, address.port))


@asynccontextmanager
async def new_session(
    context: MeasurementContext, options: ProbeOptions
) -> AsyncIterator[tuple[ConnectedTarget | None, RunContext]]:
    """A session as far as EHLO behind TLS, None when it did not get there; and its context.

    The context has ``options``, and a recorder of its own: the session's steps stay out of the run's.
    """
    side = replace(context.with_side_recorder(), options=options)
    connected = await connect_target(side)
    if connected is None:
        yield None, side
        return
    async with connected.session:
        yield (connected if connected.session.ready else None), side


async def rerun(
    context: MeasurementContext, *, contrast: str, ticket: ServiceTicket, options: ProbeOptions, kdc: str = ""
) -> None:
    """Authenticate with ``ticket`` under ``options`` and keep the Handshake step, marked as ``contrast``.

    ``kdc`` is whose ticket it is, where that is the difference.
    """
    start_ms = context.recorder.elapsed_ms()
    async with new_session(context, options) as (connected, side):
        fresh = None if connected is None else await _fresh(ticket, connected, options)
        if connected is not None and fresh is not None:
            await authenticate(side, connected, fresh)
        steps = side.recorder.steps()
    for step in steps:
        if isinstance(step.facts, facts.Handshake):
            context.recorder.add(
                replace(step.facts, contrast=contrast, kdc=kdc),
                step.outcome,
                start_ms=start_ms,
                sent=tuple(line for each in steps for line in each.sent),
                received=tuple(line for each in steps for line in each.received),
            )


async def _fresh(
    ticket: ServiceTicket, connected: ConnectedTarget, options: ProbeOptions
) -> ServiceTicket | None:
    """The ticket for one more context: the system's was used up by the main handshake, and is bound when it is made."""
    if not isinstance(ticket, NativeTicket):
        return ticket
    try:
        return await ticket.again(mutual=True, channel=connected.session.channel_name(options.bindings))
    except TicketError:
        return None
