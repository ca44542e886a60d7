"""Many targets: each is a run of its own, judged as it ends; the secret is tried once for all of them.

Deliberate damage is no part of a sweep: a fault of ours belongs to one target and one person who asked for it.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from probe.diagnosis.verdict import Judgement, Overall, judge
from probe.kdcs.this_host import this_host
from probe.kdcs.ticket_service import TicketService
from probe.net.pace import Throttle, as_finished
from probe.run import bug_facts, run_probe
from probe.settings.context import begin_run
from probe.settings.environment import Environment
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.files.ccache import write
from probe.trace import Request, Step, Target, Trace
from probe.trace.facts import Facts, Outcome

Examine = Callable[[ProbeOptions], Coroutine[Any, Any, Trace]]

SEVERITY = (Overall.OK, Overall.WARNING, Overall.UNKNOWN, Overall.FAILURE)
"""From best to worst. A failure that was found is worse than a target that could not be examined, although its
exit status is the lower number: monitoring's CRITICAL (2) comes before UNKNOWN (3) where results are summed up.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One target of a sweep."""

    options: ProbeOptions
    trace: Trace
    judgement: Judgement


def worst(statuses: Iterable[Overall]) -> Overall:
    """The status of a whole sweep: failure, then unknown, warning, ok. Raises ValueError without any."""
    return max(statuses, key=SEVERITY.index)


async def sweep(
    targets: Sequence[ProbeOptions],
    *,
    throttle: Throttle,
    concurrency: int,
    examine: Examine = run_probe,
) -> AsyncGenerator[Examined, None]:
    """Examine each target, begun in order at the throttle's pace; results come as they finish.

    An error in one target that nobody foresaw is a Bug step in its trace and ends no other. Raises ValueError
    for an injection and for a secret: see `log_on_once`.
    """
    if any(options.injection is not None for options in targets):
        raise ValueError("a sweep commits no faults")
    if any(options.credentials.secret is not None for options in targets):
        raise ValueError("a sweep would try the secret once a target")
    jobs = [partial(_examined, options, examine) for options in targets]
    async with aclosing(as_finished(jobs, throttle=throttle, concurrency=concurrency)) as results:
        async for result in results:
            yield result


async def _examined(options: ProbeOptions, examine: Examine) -> Examined:
    trace = _nothing_yet(options)
    try:
        trace = await examine(options)
        return Examined(options=options, trace=trace, judgement=judge(trace))
    except Exception as error:  # noqa: BLE001 - nobody foresaw it: it must end neither the sweep nor another target
        trace = replace(trace, steps=(*trace.steps, _bug(error)))
        return Examined(options=options, trace=trace, judgement=judge(trace, ()))


def _nothing_yet(options: ProbeOptions) -> Trace:
    """The trace of a run that did not even come to its own."""
    return Trace(
        target=Target(name=options.name, host=options.name, port=options.port),
        request=Request(
            mechanism=options.mechanism,
            tls=options.tls,
            realm=options.realm,
            credentials=options.credentials.source,
        ),
        started=0.0,
        duration_ms=0.0,
        steps=(),
    )


def _bug(error: Exception) -> Step[Facts]:
    return Step(
        id="bug-of-sweep-1",
        outcome=Outcome.PROBE_BUG,
        start_ms=0.0,
        duration_ms=0.0,
        facts=bug_facts("sweep", error),
    )


async def log_on_once(options: ProbeOptions, environment: Environment | None = None) -> Credentials:
    """The credentials of ``options`` with a ticket-granting ticket in place of the secret.

    Every target can be given them, and the secret is tried once, however many there are; the source stays what it
    was. A keytab's keys do not go along: as with a ticket cache, the receiver's half of EXCHANGEAUTH is then not
    verified. Credentials without a secret come back as they are. Raises TicketError, and ValueError for NTLM, which
    knows no tickets.
    """
    credentials = options.credentials
    if credentials.secret is None:
        return credentials
    if options.mechanism == "ntlm":
        raise ValueError("NTLM would try the secret once a target")
    cache = await TicketService(begin_run(options, environment or this_host())).log_on()
    return replace(credentials, secret=None, cache=write(cache))
