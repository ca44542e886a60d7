"""The measurement of directories against controllers of a test's own making."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from probe.kdcs.ticket_service import TicketService
from probe.measurements import MeasurementContext, directory
from probe.net.endpoint import Endpoint
from probe.settings.context import begin_run
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.native.context import ServiceTicket
from probe.trace import Step
from probe.trace.facts import DirectoryAnswer, KdcExchange, Outcome
from probe.wire.kerberos import PrincipalName
from tests.support.hostile import Behaviour, hostile_server
from tests.support.mit_receiver import REALM, credential, environment
from tests.support.traces import trace as empty_trace

TIMEOUT_S = 5.0


class OneTicket:
    """Gives the recorded ticket for every name."""

    def __init__(self, ticket: ServiceTicket | None) -> None:
        self.ticket = ticket
        self.asked: list[str] = []

    async def other_ticket(self, spn: str) -> ServiceTicket | None:
        """The ticket."""
        self.asked.append(spn)
        return self.ticket


def options(**changes: Any) -> ProbeOptions:
    """EX1 is examined by EX2."""
    settings: dict[str, Any] = {
        "name": "ex1.contoso.lab",
        "realm": REALM,
        "credentials": Credentials(source="keytab", principal=PrincipalName.parse("EX2$")),
        "ehlo_name": "ex2.contoso.lab",
        "timeout_s": TIMEOUT_S,
    }
    return ProbeOptions(**(settings | changes))


async def perform(
    chosen: ProbeOptions, *, ticket_service: OneTicket | None = None, kdcs: Sequence[str] = ()
) -> tuple[Step[DirectoryAnswer], ...]:
    """The steps of the measurement; ``kdcs`` are those that were asked before."""
    run = begin_run(chosen, environment())
    for kdc in kdcs:
        asked = KdcExchange(realm=REALM, kdc=kdc, transport="udp", purpose="clock")
        run.recorder.add(asked, Outcome.OK, start_ms=0.0)
    context = MeasurementContext(
        trace=empty_trace(),
        options=run.options,
        environment=run.environment,
        recorder=run.recorder,
        ticket_service=cast("TicketService", ticket_service or OneTicket(credential())),
    )
    await directory.perform(context)
    return tuple(
        cast("Step[DirectoryAnswer]", step) for step in run.recorder.steps() if step.kind == "directory"
    )


async def examine(
    *behaviours: Behaviour, ticket_service: OneTicket | None = None, **changes: Any
) -> tuple[Step[DirectoryAnswer], ...]:
    """The steps after asking one controller for each behaviour."""
    async with contextlib.AsyncExitStack() as servers:
        ports = [await servers.enter_async_context(hostile_server(each)) for each in behaviours]
        endpoints = tuple(Endpoint("127.0.0.1", port) for port in ports)
        return await perform(replace(options(directory=endpoints), **changes), ticket_service=ticket_service)
