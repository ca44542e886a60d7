"""The same log-on with a ticket for another name of the same computer: HOST/<fqdn> is always on its own account."""

from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.measurements._again import rerun, same_place
from probe.smtp.gssapi import OPTION_OF
from probe.trace import Trace
from probe.trace.views.smtp.session import advertised_name, refusals

NAME = "other-service"
TITLE = "The same log-on with a ticket for HOST/<fqdn>"
DECIDES = ("spn-on-wrong-account", "machine-key-stale", "spn-duplicate", "spn-missing")
COST = 12
REFUSALS = 1


def wanted(trace: Trace) -> bool:
    """A ticket for the service was refused over GSSAPI, without a word about why."""
    name = advertised_name(trace)
    return bool(name) and any(
        step.facts.mechanism == "GSSAPI"
        and step.facts.peer_error is None
        and not step.facts.server.casefold().startswith("host/")
        for step in refusals(trace)
    )


async def perform(context: MeasurementContext) -> None:
    """Nothing happens when no KDC knows the name."""
    if context.connected is None or context.attempt is None:
        return
    ticket = await context.ticket_service.other_ticket(f"HOST/{context.connected.advertised_name}")
    if ticket is not None:
        mechanism = OPTION_OF[context.attempt.verb]
        options = replace(same_place(context), mechanism=mechanism)
        await rerun(context, contrast=NAME, ticket=ticket, options=options)
