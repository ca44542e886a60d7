"""The measurement "second opinion" alone, against an SMB service somewhere on loopback."""

from typing import Any

from probe.kdcs.this_host import this_host
from probe.kdcs.ticket_service import TicketService
from probe.measurements import MeasurementContext
from probe.measurements.smb_session_check import perform
from probe.net.endpoint import Endpoint
from probe.settings.context import begin_run
from probe.settings.environment import Environment
from probe.settings.options import NO_CREDENTIALS, Credentials, ProbeOptions
from probe.tickets.secret import Password
from probe.trace import Step
from probe.trace.facts import SmbSessionCheck
from probe.wire.kerberos import PrincipalName
from tests.support.traces import trace as empty_trace

FQDN = "ex1.contoso.lab"


def password(user: str, text: str) -> Credentials:
    return Credentials(source="password", principal=PrincipalName.parse(user), secret=Password(text))


async def smb_session_check(
    *,
    port: int,
    kdcs: tuple[Endpoint, ...] = (),
    credentials: Credentials = NO_CREDENTIALS,
    environment: Environment | None = None,
    **settings: Any,
) -> list[Step[Any]]:
    """Its steps; ``settings`` are further options of the probe."""
    environment = environment or this_host()
    options = ProbeOptions(
        **{
            "name": FQDN,
            "realm": "CONTOSO.LAB" if kdcs else "",
            "kdcs": kdcs,
            "credentials": credentials,
            "smb": Endpoint("127.0.0.1", port),
            "timeout_s": 5.0,
        }
        | settings
    )
    context = begin_run(options, environment)
    ticket_service = TicketService(context)
    await ticket_service.open()
    await perform(
        MeasurementContext(
            trace=empty_trace(),
            options=options,
            environment=environment,
            recorder=context.recorder,
            ticket_service=ticket_service,
        )
    )
    return [step for step in context.recorder.steps() if isinstance(step.facts, SmbSessionCheck)]
