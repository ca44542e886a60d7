"""One probe run: the network and the tickets composed into a Trace; judging it is somebody else's work.

Two things go on side by side: the KDCs are found, asked for their clocks and for a ticket-granting ticket; the
target is resolved, connected to and greeted. They meet at the service ticket, because its name is the one that
the target advertises.
"""

import traceback
from contextlib import AsyncExitStack
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from probe.authentication import Authentication
from probe.environment import Environment, this_host
from probe.facts import Bug, Outcome
from probe.identity import ask_identity
from probe.net.deadline import DeadlinePassed, within
from probe.ntlm_log_on import log_on_by_ntlm, without_secret
from probe.options import ProbeOptions
from probe.reach import Reached, reach
from probe.ticket_desk import TicketDesk
from probe.trace import Recorder, Request, Target, Trace


async def run_probe(options: ProbeOptions, environment: Environment | None = None) -> Trace:
    """Examine one target. Never raises for what a peer does; ends within ``options.deadline_s`` seconds."""
    environment = environment or this_host()
    recorder = Recorder(environment.monotonic)
    run = _Run(options, environment, recorder)
    started = environment.clock()
    unfinished = False
    try:
        await within(options.deadline_s, run.execute())
    except DeadlinePassed:
        unfinished = True
    except Exception as error:  # noqa: BLE001 - nobody foresaw it: it must not be blamed on the server
        recorder.add(bug_facts("run", error), Outcome.PROBE_BUG, start_ms=recorder.elapsed_ms())
    return Trace(
        target=Target(name=options.name, host=run.host, port=run.port, address=run.address),
        request=_request(options),
        started=started,
        duration_ms=recorder.elapsed_ms(),
        steps=recorder.steps(),
        tool=_tool(),
        unfinished=unfinished,
    )


class _Run:
    def __init__(self, options: ProbeOptions, environment: Environment, recorder: Recorder) -> None:
        self._options = options
        self._environment = environment
        self._recorder = recorder
        for_tickets = replace(options, credentials=without_secret(options))
        self._desk = TicketDesk(for_tickets, environment, recorder)
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

    async def _authenticate(self, reached: Reached) -> None:
        if self._options.mechanism == "ntlm":
            await log_on_by_ntlm(reached, options=self._options, recorder=self._recorder)
            return
        await Authentication(
            options=self._options,
            environment=self._environment,
            recorder=self._recorder,
            desk=self._desk,
        ).run(reached)

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
    try:
        return {"name": "exps", "version": version("exps")}
    except PackageNotFoundError:
        return {"name": "exps", "version": "unknown"}
