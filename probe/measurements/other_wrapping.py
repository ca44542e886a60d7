"""The same ticket in a bare Kerberos token, where even a negotiation without a ticket is refused."""

from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.measurements._again import rerun, same_place
from probe.smtp.gssapi import OPTION_OF
from probe.trace import Trace
from probe.trace.views.smtp.contrasts import OTHER_WRAPPING, unexplained_refusals
from probe.trace.views.smtp.lengths import Reading, read_lengths

NAME = OTHER_WRAPPING
TITLE = "The same ticket in a bare Kerberos token"
DECIDES = ("mechanism-refused", "illegal-message")
COST = 18
REFUSALS = 1


def wanted(trace: Trace) -> bool:
    """The receiver reads no negotiation, short or long: it may dislike SPNEGO, or whatever is sent."""
    spnego = any(step.facts.wrapping == "spnego" for step in unexplained_refusals(trace))
    return spnego and read_lengths(trace).reading is Reading.NEITHER


async def perform(context: MeasurementContext) -> None:
    """On a connection of its own, under the same protection and by the same verb."""
    if context.attempt is None or context.ticket is None:
        return
    mechanism = OPTION_OF[context.attempt.verb]
    options = replace(same_place(context), mechanism=mechanism, wrapping="kerberos")
    await rerun(context, contrast=NAME, ticket=context.ticket, options=options)
