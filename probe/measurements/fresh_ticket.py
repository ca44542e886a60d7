"""The same log-on with a ticket fetched now, where the one that was refused came out of a cache."""

from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.measurements._again import rerun, same_place
from probe.smtp.gssapi import OPTION_OF
from probe.trace import Trace
from probe.trace.facts import Ticket
from probe.trace.views.smtp.contrasts import unexplained_refusals

NAME = "fresh-ticket"
TITLE = "The same log-on with a fresh ticket in place of the cached one"
DECIDES = ("ticket-stale", "machine-key-stale", "replication-diverged", "ticket-time")
COST = 11
REFUSALS = 1


def wanted(trace: Trace) -> bool:
    """A cached ticket was refused over GSSAPI, without a word about why."""
    return any(step.facts.cached for step in trace.of(Ticket)) and bool(unexplained_refusals(trace))


async def perform(context: MeasurementContext) -> None:
    """Nothing happens where the cache has no ticket-granting ticket to ask with."""
    if context.connected is None or context.attempt is None:
        return
    ticket = await context.ticket_service.other_ticket(context.attempt.server.partition("@")[0])
    if ticket is not None:
        mechanism = OPTION_OF[context.attempt.verb]
        options = replace(same_place(context), mechanism=mechanism)
        await rerun(context, contrast=NAME, ticket=ticket, options=options)
