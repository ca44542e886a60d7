"""The same log-on without TLS, where the receiver takes it there: what TLS adds is then what was refused."""

from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.measurements._again import rerun, same_place
from probe.smtp.gssapi import OPTION_OF
from probe.trace import Trace
from probe.trace.views.smtp.session import offers, refusals

NAME = "other-tls"
TITLE = "The same log-on without TLS"
DECIDES = ("tls-terminated-in-path", "bindings-rejected", "illegal-message", "machine-key-stale")
COST = 10
REFUSALS = 1


def wanted(trace: Trace) -> bool:
    """A ticket was refused inside TLS without a reason, and GSSAPI is offered before TLS as well."""
    inside = any(
        step.facts.tls != "none" and step.facts.mechanism == "GSSAPI" and step.facts.peer_error is None
        for step in refusals(trace)
    )
    before = any(
        step.facts.tls == "none" and "GSSAPI" in (*step.facts.exps, *step.facts.auth)
        for step in offers(trace)
    )
    return inside and before


async def perform(context: MeasurementContext) -> None:
    """By the verb that was refused."""
    if context.attempt is None or context.ticket is None:
        return
    mechanism = OPTION_OF[context.attempt.verb]
    options = replace(same_place(context), tls="none", mechanism=mechanism)
    await rerun(context, contrast=NAME, ticket=context.ticket, options=options)
