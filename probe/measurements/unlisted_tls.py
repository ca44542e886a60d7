"""X-ANONYMOUSTLS although nobody offered it: a connector that has it takes it, whatever became of its EHLO reply."""

from dataclasses import replace

from probe.measurements import Bench
from probe.measurements._again import another_session, same_place
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


async def perform(bench: Bench) -> None:
    """The receiver's answer is kept, and the EHLO reply inside where there is one."""
    options = replace(same_place(bench), tls=KIND)
    async with another_session(bench, options) as (_, aside):
        steps = aside.steps()
    for step in steps:
        seen = step.facts
        if isinstance(seen, Tls):
            seen = replace(seen, contrast=NAME)
        elif not isinstance(seen, Ehlo) or seen.tls != KIND:
            continue
        bench.recorder.add(
            seen,
            step.outcome,
            start_ms=bench.recorder.elapsed_ms(),
            sent=step.sent,
            received=step.received,
        )
