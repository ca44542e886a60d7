"""The same log-on inside the same TLS, bound to it: the main one gives no channel bindings."""

from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.measurements._again import rerun, same_place
from probe.smtp.gssapi import OPTION_OF
from probe.trace import Trace
from probe.trace.views.smtp.contrasts import unexplained_refusals
from probe.trace.views.smtp.session import honest, verified

NAME = "bindings"
TITLE = "The same log-on with channel bindings"
DECIDES = ("bindings-rejected", "tls-terminated-in-path", "machine-key-stale")
COST = 12
REFUSALS = 1
KIND = "tls-server-end-point"


def wanted(trace: Trace) -> bool:
    """A ticket was refused inside TLS without a reason; or it was taken there, and bindings could be refused."""
    refused = any(step.facts.tls != "none" for step in unexplained_refusals(trace))
    return refused or any(
        step.facts.tls != "none" and step.facts.mechanism == "GSSAPI" and verified(step)
        for step in honest(trace)
    )


async def perform(context: MeasurementContext) -> None:
    """By the verb of the main log-on, with the hash of the certificate (RFC 5929 section 4)."""
    await bound(context, contrast=NAME, kind=KIND)


async def bound(context: MeasurementContext, *, contrast: str, kind: str) -> None:
    """The log-on again with bindings of ``kind``; nothing where the channel has no such name."""
    if context.attempt is None or context.ticket is None:
        return
    mechanism = OPTION_OF[context.attempt.verb]
    options = replace(same_place(context), mechanism=mechanism, bindings=kind)
    await rerun(context, contrast=contrast, ticket=context.ticket, options=options)
