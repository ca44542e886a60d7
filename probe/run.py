"""One probe run: the network and the tickets composed into a Trace; judging it is somebody else's work.

Two things go on side by side: the KDCs are found, asked for their clocks and for a ticket-granting ticket; the
target is resolved, connected to and greeted. They meet at the service ticket, because its name is the one that
the target advertises. When the handshake is over, `probe.plan` says what is worth measuring beside it.
"""

import traceback
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from probe.authentication import Authentication
from probe.environment import Environment, this_host
from probe.facts import Bug, Outcome
from probe.identity import ask_identity
from probe.measurements import Bench, registry
from probe.net.deadline import DeadlinePassed, within
from probe.ntlm_log_on import log_on_by_ntlm, without_secret
from probe.options import ProbeOptions
from probe.plan import choose
from probe.reach import Reached, reach
from probe.ticket_desk import TicketDesk
from probe.trace import Recorder, Request, Target, Trace
from probe.verdict import judge


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
        self._desk = TicketDesk(for_tickets, environment, recorder)
        self._authentication = Authentication(
            options=options, environment=environment, recorder=recorder, desk=self._desk
        )
        self.host = options.connect.host if options.connect else options.name
        self.port = options.connect.port if options.connect else options.port
        self.address = ""

    async def execute(self) -> None:
        """Everything, in the order of the module's first lines."""
        async with AsyncExitStack() as sessions:
            together = self._environment.kdc_transport.together
            reached, _ = await together([self._reach(sessions), self._desk.open()])
            if reached is not None:
                await together([self._authenticate(reached), self._ask_identity(reached)])
        await self._measure(reached)

    async def _authenticate(self, reached: Reached) -> None:
        if self._options.mechanism == "ntlm":
            await log_on_by_ntlm(reached, options=self._options, recorder=self._recorder)
            return
        await self._authentication.run(reached)

    async def _measure(self, reached: Reached | None) -> None:
        """What the plan chooses, one after the other, until nothing is left that could decide anything."""
        if self._options.injection is not None or self._options.mechanism == "ntlm":
            return  # a fault of our own is to be seen alone; NTLM shows no ticket
        bench = Bench(
            options=self._options,
            environment=self._environment,
            recorder=self._recorder,
            desk=self._desk,
            reached=reached,
            ticket=self._authentication.ticket,
            attempt=self._authentication.attempt,
        )
        made: list[str] = []
        while chosen := choose(trace := self.trace(), judge(trace), registry(), made=made):
            made.append(chosen.name)
            await chosen.perform(bench)

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

    async def _ask_identity(self, reached: Reached) -> None:
        await ask_identity(
            reached, options=self._options, environment=self._environment, recorder=self._recorder
        )

    async def _reach(self, sessions: AsyncExitStack) -> Reached | None:
        reached = await reach(self._options, self._environment, self._recorder)
        if reached is not None:
            self.address = reached.address.host
            await sessions.enter_async_context(reached.session)
        return reached


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
