"""The same ticket over AUTH GSSAPI where X-EXPS GSSAPI refused it, or the reverse."""

from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.measurements._again import rerun, same_place
from probe.smtp.gssapi import OPTION_OF
from probe.trace import Trace
from probe.trace.views.smtp.session import offers, refusals

NAME = "other-mechanism"
TITLE = "The same ticket over the other verb"
DECIDES = (
    "not-authorized",
    "mechanism-refused",
    "illegal-message",
    "machine-key-stale",
    "clock-skew-receiver",
)
COST = 11
REFUSALS = 1

OTHER = {"X-EXPS": "AUTH", "AUTH": "X-EXPS"}


def wanted(trace: Trace) -> bool:
    """One verb was refused without a reason, and the other one is offered too."""
    refused = {
        step.facts.verb
        for step in refusals(trace)
        if step.facts.mechanism == "GSSAPI" and step.facts.peer_error is None
    }
    last = [step.facts for step in offers(trace)][-1:]
    offered = {
        verb
        for facts in last
        for verb, names in (("AUTH", facts.auth), ("X-EXPS", facts.exps))
        if "GSSAPI" in names
    }
    return any(OTHER.get(verb) in offered for verb in refused)


async def perform(context: MeasurementContext) -> None:
    """On a connection of its own, under the same protection."""
    if context.attempt is None or context.ticket is None:
        return
    options = replace(same_place(context), mechanism=OPTION_OF[OTHER[context.attempt.verb]])
    await rerun(context, contrast=NAME, ticket=context.ticket, options=options)
