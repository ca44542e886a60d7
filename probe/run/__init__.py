"""One probe run: the network and the tickets composed into a Trace; judging it is somebody else's work.

Theory of operation. Two tasks go on side by side, and meet at the service ticket::

    target:   resolve - connect - banner - EHLO - TLS - EHLO --+
                                                               +-- service ticket -- log-on -- QUIT
    tickets:  find the KDCs - ticket-granting ticket ----------+         +-- every KDC about every name
    beside:   every KDC's clock, over UDP and TCP
    beside:   an NTLM CHALLENGE on a connection of its own, as soon as NTLM is offered

*Two tasks*, because neither needs the other until then: the ticket-granting ticket is for our account and our realm,
and the way to the target is SMTP and TLS. A run takes as long as the longer of the two, not as both.

*They meet at the ticket*, because the name to ask for is ``SMTPSVC/`` and what the target advertises in its last EHLO
reply: a sender knows it no sooner, and another name would prove something about another account.

*Beside* is what no sender does. It may take its time-out, behind a firewall for instance, and the way that is examined
must not be held up by that: a receiver hangs up on who keeps it waiting, and times would not be a sender's. The only
thing that the main way waits for is that some KDC was heard of at all (`TicketService.open`).

*After* the main session is over, and everything beside it too, come the measurements, one after the other.
`probe.run.plan` chooses each from all that was seen so far, so the trace is judged before each choice. A run that was
asked to commit a fault makes none, nor does one by NTLM.

Whatever happens, there is a trace: what a peer does becomes a step's outcome, the deadline ends the run with the steps
that there are, and what nobody foresaw is a Bug step, for which nobody else is blamed.
"""

import asyncio
import sys
import traceback
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from probe.diagnosis.verdict import judge
from probe.kdcs.this_host import this_host
from probe.kdcs.ticket_service import TicketService
from probe.measurements import MeasurementContext, registry
from probe.net.lateness import Lateness
from probe.net.loop import DeadlinePassed, within
from probe.net.tasks import run_together
from probe.run.plan import choose, enough
from probe.settings.context import RunContext, begin_run
from probe.settings.environment import Environment
from probe.settings.options import ProbeOptions
from probe.smtp.authenticate import Authentication
from probe.smtp.connect import ConnectedTarget, connect_target
from probe.smtp.ntlm import log_on_by_ntlm, without_secret
from probe.smtp.ntlm_challenge import ask_ntlm_challenge, ntlm_verb
from probe.trace import Request, Target, Trace
from probe.trace.facts import Bug, Outcome


async def run_probe(options: ProbeOptions, environment: Environment | None = None) -> Trace:
    """Examine one target. Never raises for what a peer does; ends within ``options.deadline_s`` seconds."""
    context = begin_run(options, environment or this_host())
    run = _Run(context)
    unfinished = False
    try:
        await within(options.deadline_s, run.execute())
    except DeadlinePassed:
        unfinished = True
    except Exception as error:  # noqa: BLE001 - nobody foresaw it: it must not be blamed on the server
        start_ms = context.recorder.elapsed_ms()
        context.recorder.add(bug_facts("run", error), Outcome.PROBE_BUG, start_ms=start_ms)
    return run.trace(unfinished=unfinished)


class _Run:
    """What the tasks of one run have in common; `trace` can be asked for at any time, and after any end."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._started = context.environment.clock()
        self._ticket_service = TicketService(
            replace(context, options=replace(context.options, credentials=without_secret(context.options)))
        )
        self._connected: ConnectedTarget | None = None
        self._ntlm_offered = asyncio.Event()
        """NTLM is offered, or whether it will be is known."""
        self._authentication = Authentication(context=context, ticket_service=self._ticket_service)
        self._lateness = Lateness(context.environment.monotonic)
        self._address = ""

    async def execute(self) -> None:
        """Everything, in the order of the module's first lines."""
        watching = asyncio.create_task(self._lateness.watch())
        try:
            await run_together(
                [self._ticket_service.survey_clocks(), self._main_way(), self._ask_ntlm_challenge()]
            )
            await self._measure()
        finally:
            watching.cancel()

    async def _main_way(self) -> None:
        """What a sender does: nothing that a sender would not wait for holds it up."""
        try:
            # The session ends here and not with the run: what goes on beside it may take long, and a receiver counts
            # the connections of one source.
            async with AsyncExitStack() as sessions:
                await run_together([self._connect(sessions), self._ticket_service.open()])
                if self._connected is not None:
                    await self._authenticate(self._connected)
        finally:
            # However the way ended, who waits for an offer of NTLM waits no longer.
            self._ntlm_offered.set()

    async def _authenticate(self, connected: ConnectedTarget) -> None:
        if self._context.options.mechanism == "ntlm":
            await log_on_by_ntlm(self._context, connected)
            return
        await self._authentication.run(connected)

    async def _measure(self) -> None:
        """What the plan chooses, one after the other, until nothing is left that could decide anything.

        Not side by side: each may settle the verdict, and then the next one, which might make the receiver refuse one
        more log-on, is not made at all.
        """
        options = self._context.options
        if options.injection is not None or options.mechanism == "ntlm":
            return  # a fault of our own is to be seen alone; NTLM shows no ticket
        context = MeasurementContext(
            options=options,
            environment=self._context.environment,
            recorder=self._context.recorder,
            trace=self.trace(),
            ticket_service=self._ticket_service,
            connected=self._connected,
            ticket=self._authentication.ticket,
            attempt=self._authentication.attempt,
        )
        made: list[str] = []
        while not enough(trace := self.trace(), judgement := judge(trace)):
            # Not before it is needed: the measurements take a while to import.
            chosen = choose(trace, judgement, registry(), made=made)
            if chosen is None:
                return
            made.append(chosen.name)
            await chosen.perform(replace(context, trace=trace))

    def trace(self, *, unfinished: bool = False) -> Trace:
        """What has been seen so far."""
        options, recorder = self._context.options, self._context.recorder
        place = options.connect
        return Trace(
            target=Target(
                name=options.name,
                host=place.host if place else options.name,
                port=place.port if place else options.port,
                address=self._address,
            ),
            request=_request(options),
            started=self._started,
            duration_ms=recorder.elapsed_ms(),
            steps=recorder.steps(),
            tool=_tool(),
            unfinished=unfinished,
            late_ms=round(self._lateness.longest_ms, 1),
        )

    async def _ask_ntlm_challenge(self) -> None:
        """As soon as the main session was offered NTLM, on a connection of its own."""
        await self._ntlm_offered.wait()
        if self._connected is not None:
            await ask_ntlm_challenge(self._context, self._connected)

    async def _connect(self, sessions: AsyncExitStack) -> None:
        connected = await connect_target(self._context, on_ehlo=self._on_ehlo)
        if connected is not None:
            self._on_ehlo(connected)
            await sessions.enter_async_context(connected.session)
        self._ntlm_offered.set()

    def _on_ehlo(self, connected: ConnectedTarget) -> None:
        """Who was reached, and what it offers by now: after the first EHLO, and at the end of the way there.

        Twice, because NTLM that is offered in clear can be asked while TLS is still to come.
        """
        self._connected, self._address = connected, connected.address.host
        if ntlm_verb(connected.session.capabilities):
            self._ntlm_offered.set()


def bug_facts(where: str, error: BaseException) -> Bug:
    """What nobody foresaw, as facts: the last frames by name and line, and no values."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    lines = tuple(f"{frame.name}:{frame.lineno}" for frame in frames)
    return Bug(where=where, error=type(error).__name__, traceback=lines)


def _request(options: ProbeOptions) -> Request:
    credentials = options.credentials
    return Request(
        mechanism=options.mechanism,
        tls=options.tls,
        realm=options.realm,
        realm_source=options.realm_source,
        principal="" if credentials.principal is None else str(credentials.principal),
        credentials=credentials.source,
        ehlo_name=options.ehlo_name,
        ehlo_source=options.ehlo_source,
        spn=options.spn,
        source=options.source,
        inject="" if options.injection is None else str(options.injection),
        effort=options.effort,
    )


def _tool() -> dict[str, str]:
    return {"name": "exps", "version": _version(), "platform": sys.platform}


@cache
def _version() -> str:
    try:
        return version("exps")
    except PackageNotFoundError:
        return "unknown"
