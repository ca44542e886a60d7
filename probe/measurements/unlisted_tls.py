"""X-ANONYMOUSTLS although nobody offered it: a connector that has it takes it, whatever became of its EHLO reply."""

from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.measurements._again import new_session, same_place
from probe.trace import Trace
from probe.trace.facts import Ehlo, Tls
from probe.trace.views.smtp.session import is_exchange, offers

NAME = "unlisted-tls"
TITLE = "X-ANONYMOUSTLS without an offer"
DECIDES = ("smtp-inspection", "exchange-auth-not-offered")
COST = 7
REFUSALS = 0
KIND = "x-anonymoustls"


def wanted(trace: Trace) -> bool:
    """Exchange, with neither X-EXPS nor X-ANONYMOUSTLS in any of its EHLO replies."""
    seen = offers(trace)
    return (
        bool(seen)
        and is_exchange(trace)
        and not any(step.facts.exps or step.facts.x_anonymoustls for step in seen)
    )


async def perform(context: MeasurementContext) -> None:
    """The receiver's answer is kept, and the EHLO reply inside where there is one."""
    options = replace(same_place(context), tls=KIND)
    async with new_session(context, options) as (_, side):
        steps = side.recorder.steps()
    for step in steps:
        seen = step.facts
        if isinstance(seen, Tls):
            seen = replace(seen, contrast=NAME)
        elif not isinstance(seen, Ehlo) or seen.tls != KIND:
            continue
        context.recorder.add(
            seen,
            step.outcome,
            start_ms=context.recorder.elapsed_ms(),
            sent=step.sent,
            received=step.received,
        )
