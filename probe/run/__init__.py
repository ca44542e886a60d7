"""One probe run: the network and the tickets composed into a Trace; judging it is somebody else's work.

Two things go on side by side: the KDCs are found, asked for their clocks and for a ticket-granting ticket; the
target is resolved, connected to and greeted. They meet at the service ticket, because its name is the one that
the target advertises. When the handshake is over, `probe.run.plan` says what is worth measuring beside it.
"""

import asyncio
import traceback
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from probe.diagnosis.verdict import judge
from probe.kdcs.this_host import this_host
from probe.kdcs.ticket_service import TicketService
from probe.measurements import MeasurementContext, registry
from probe.net.loop import DeadlinePassed, within
from probe.net.tasks import run_together
from probe.run.plan import choose, enough
from probe.settings.context import RunContext
from probe.settings.environment import Environment
from probe.settings.options import ProbeOptions
from probe.smtp.authenticate import Authentication
from probe.smtp.connect import ConnectedTarget, connect_target
from probe.smtp.ntlm import log_on_by_ntlm, without_secret
from probe.smtp.ntlm_challenge import ask_ntlm_challenge, ntlm_verb
from probe.trace import Recorder, Request, Target, Trace
from probe.trace.facts import Bug, Outcome


async def run_probe(options: ProbeOptions, environment: Environment | None = None) -> Trace:
    """Examine one target. Never raises for what a peer does; ends within ``options.deadline_s`` seconds."""
    environment = environment or this_host()
    recorder = Recorder(environment.monotonic)
    run = _Run(options, environment, recorder)
    unfinished = False
    try:
        await within(options.deadline_s, run.execute())
    except DeadlinePassed:
        unfinished = True
    except Exception as error:  # noqa: BLE001 - nobody foresaw it: it must not be blamed on the server
        recorder.add(bug_facts("run", error), Outcome.PROBE_BUG, start_ms=recorder.elapsed_ms())
    return run.trace(unfinished=unfinished)


class _Run:
    def __init__(self, options: ProbeOptions, environment: Environment, recorder: Recorder) -> None:
        self._options = options
        self._environment = environment
        self._recorder = recorder
        self._started = environment.clock()
        for_tickets = replace(options, credentials=without_secret(options))
        self._ticket_service = TicketService(
            RunContext(options=for_tickets, environment=environment, recorder=recorder)
        )
        self._connected: ConnectedTarget | None = None
        self._ntlm_offered = asyncio.Event()
        """NTLM is offered, or whether it will be is known."""
        self._authentication = Authentication(
            options=options, environment=environment, recorder=recorder, ticket_service=self._ticket_service
        )
        self.host = options.connect.host if options.connect else options.name
        self.port = options.connect.port if options.connect else options.port
        self.address = ""

    async def execute(self) -> None:
        """Everything, in the order of the module's first lines."""
        await run_together(
            [self._ticket_service.survey_clocks(), self._main_way(), self._ask_ntlm_challenge()]
        )
        await self._measure()

    async def _main_way(self) -> None:
        """What a sender does: nothing that a sender would not wait for holds it up."""
        try:
            async with AsyncExitStack() as sessions:
                await run_together([self._connect(sessions), self._ticket_service.open()])
                if self._connected is not None:
                    await self._authenticate(self._connected)
        finally:
            self._ntlm_offered.set()

    async def _authenticate(self, connected: ConnectedTarget) -> None:
        if self._options.mechanism == "ntlm":
            await log_on_by_ntlm(connected, options=self._options, recorder=self._recorder)
            return
        await self._authentication.run(connected)

    async def _measure(self) -> None:
        """What the plan chooses, one after the other, until nothing is left that could decide anything."""
        if self._options.injection is not None or self._options.mechanism == "ntlm":
            return  # a fault of our own is to be seen alone; NTLM shows no ticket
        context = MeasurementContext(
            options=self._options,
            environment=self._environment,
            recorder=self._recorder,
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
            await chosen.perform(context)

    def trace(self, *, unfinished: bool = False) -> Trace:
        """What has been seen so far."""
        return Trace(
            target=Target(name=self._options.name, host=self.host, port=self.port, address=self.address),
            request=_request(self._options),
            started=self._started,
            duration_ms=self._recorder.elapsed_ms(),
            steps=self._recorder.steps(),
            tool=_tool(),
            unfinished=unfinished,
        )

    async def _ask_ntlm_challenge(self) -> None:
        """As soon as the main session was offered NTLM, on a connection of its own."""
        await self._ntlm_offered.wait()
        if self._connected is not None:
            await ask_ntlm_challenge(
                self._connected, options=self._options, environment=self._environment, recorder=self._recorder
            )

    async def _connect(self, sessions: AsyncExitStack) -> None:
        connected = await connect_target(
            self._options, self._environment, self._recorder, on_ehlo=self._on_ehlo
        )
        if connected is not None:
            self._on_ehlo(connected)
            await sessions.enter_async_context(connected.session)
        self._ntlm_offered.set()

    def _on_ehlo(self, connected: ConnectedTarget) -> None:
        """Who was reached, and what it offers by now: after the first EHLO, and at the end of the way there."""
        self._connected, self.address = connected, connected.address.host
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
    return {"name": "exps", "version": _version()}


@cache
def _version() -> str:
    try:
        return version("exps")
    except PackageNotFoundError:
        return "unknown"
