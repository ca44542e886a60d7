"""Runs a scenario end to end: a lab, the probe through its public API, and what came out against what was due."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import probe
from simulator.lab import Lab, LabError
from simulator.ledger import Entry
from simulator.run.comparison import differences, events
from simulator.scenario.values import Scenario
from simulator.tickets.files import keytab

T = TypeVar("T")

AT_ONCE = 3
"""Labs that run side by side: a run waits half of its time. Many more of them would wait for this one thread."""
UNHURRIED_S = 5.0
"""The probe's own time-out."""
HURRIED_AT_ONCE = 2
"""Of the scenarios with a shorter one, which is for the fault, and not for other labs, to use up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out of one scenario, and whether that was due."""

    scenario: Scenario
    trace: probe.Trace
    judgement: probe.Judgement
    report: Mapping[str, Any]
    """The object of `exps probe --json`."""
    entries: tuple[Entry, ...]
    """The lab's ledger, which the probe never sees."""
    ms: float
    reasons: tuple[str, ...]
    """What was not as expected, a sentence each."""

    @property
    def passed(self) -> bool:
        """Everything came out as expected."""
        return not self.reasons

    @property
    def got(self) -> str:
        """The cause that the probe found."""
        return str(self.report["verdict"]["cause"])

    @property
    def certainty(self) -> str:
        """How sure the probe is."""
        return str(self.report["verdict"]["certainty"])

    @property
    def logged(self) -> tuple[str, ...]:
        """The texts of the receiver's events."""
        return tuple(str(entry.detail["message"]) for entry in events(self.entries))

    def checks(self) -> dict[str, str]:
        """What each check says: its status by its name."""
        return {finding["check"]: finding["status"] for finding in self.report["findings"]}

    def to_json(self) -> dict[str, Any]:
        """One element of `exps lab run --json`."""
        return {
            "scenario": self.scenario.name,
            "expected": self.scenario.expect.cause,
            "got": self.got,
            "certainty": self.certainty,
            "passed": self.passed,
            "ms": round(self.ms, 1),
            "reasons": list(self.reasons),
        }


def run(scenario: Scenario) -> Result:
    """``run_scenario`` with an event loop of its own."""
    return asyncio.run(run_scenario(scenario))


def run_all(chosen: Sequence[Scenario], *, done: Callable[[Result], None]) -> list[Result]:
    """``run_scenario`` for each, several side by side; ``done`` hears of each one when it ends."""

    async def one(scenario: Scenario) -> Result:
        result = await run_scenario(scenario)
        done(result)
        return result

    return asyncio.run(side_by_side(chosen, one))


async def side_by_side(chosen: Sequence[Scenario], job: Callable[[Scenario], Awaitable[T]]) -> list[T]:
    """What ``job`` makes of each, in their order. The first exception ends the others and is raised."""
    made: dict[int, T] = {}

    async def one(room: asyncio.Semaphore, number: int) -> None:
        async with room:
            made[number] = await job(chosen[number])

    for at_once, hurried in ((HURRIED_AT_ONCE, True), (AT_ONCE, False)):
        room = asyncio.Semaphore(at_once)
        try:
            async with asyncio.TaskGroup() as group:
                for number, scenario in enumerate(chosen):
                    if (scenario.probe.timeout < UNHURRIED_S) is hurried:
                        group.create_task(one(room, number))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
    return [made[number] for number in range(len(chosen))]


async def run_scenario(scenario: Scenario) -> Result:
    """Start the lab on free ports of the loopback interface, probe it, judge, stop it, and compare.

    Raises LabError when the lab cannot be started.
    """
    begun = time.perf_counter()
    with lab_folder() as folder:
        async with Lab(scenario, folder) as lab:
            trace = await probe.run_probe(probe_options(lab))
        entries = tuple(lab.ledger.entries)
    judgement = probe.judge(trace)
    report = probe.report_json(trace, judgement)
    return Result(
        scenario=scenario,
        trace=trace,
        judgement=judgement,
        report=report,
        entries=entries,
        ms=(time.perf_counter() - begun) * 1000,
        reasons=differences(scenario, report, entries),
    )


@contextmanager
def lab_folder() -> Iterator[Path]:
    """A folder for a lab, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="exps-lab-") as folder:
        yield Path(folder)


def probe_options(lab: Lab) -> probe.ProbeOptions:
    """How a running lab's first connector is probed. The one place that knows the probe's options."""
    scenario, settings = lab.scenario, lab.scenario.probe
    connector = lab.connectors[settings.connector or scenario.connectors[0].name]
    realm = scenario.realm_of(settings.principal)
    given = {} if settings.discover_kdcs else {each: _kdcs(lab, each) for each in scenario.realms}
    try:
        injection = probe.parse_injection(settings.inject) if settings.inject else None
    except ValueError as error:
        # Only the probe knows its words, so this is not found when the file is read.
        raise LabError(f"{scenario.name}: probe.inject: {error}") from None
    return probe.ProbeOptions(
        name=settings.target or connector.settings.fqdn,
        port=connector.port,
        connect=probe.Endpoint(connector.host, connector.port)
        if settings.connect and not settings.target
        else None,
        realm=realm,
        kdcs=given.pop(realm, ()),
        other_kdcs=given,
        directory=tuple(probe.Endpoint(host, port) for host, port in lab.ldap_of(realm)),
        credentials=_credentials(lab),
        smb=_smb(lab, connector.settings.server),
        ehlo_name=settings.ehlo or _own_name(scenario),
        spn=settings.spn,
        source=settings.source,
        mechanism=settings.mechanism,
        tls=settings.tls,
        ask_ntlm=settings.ask_ntlm,
        injection=injection,
        effort=settings.effort,
        # Always the lab's, so that no run asks the DNS of the network that it happens to be in.
        nameserver=None if lab.dns is None else probe.Endpoint(lab.dns.host, lab.dns.port),
        timeout_s=settings.timeout,
    )


def _kdcs(lab: Lab, realm: str) -> tuple[probe.KdcEndpoint, ...]:
    return tuple(probe.KdcEndpoint(host, port) for host, port in lab.kdcs_of(realm))


def _smb(lab: Lab, server: str) -> probe.Endpoint:
    service = lab.smb[server]
    return probe.Endpoint(service.host, service.port)


def _credentials(lab: Lab) -> probe.Credentials:
    settings = lab.scenario.probe
    if settings.credentials == "none":
        return probe.Credentials()
    name = settings.principal
    principal = probe.PrincipalName.parse(name)
    if settings.credentials == "keytab":
        found = probe.from_keytab(keytab(lab.account(name)), principal=name, realm=lab.account(name).realm)
        return probe.Credentials(source="keytab", principal=found.client, secret=found.secret)
    if settings.credentials == "ccache":
        cache = lab.write_ccache(name).read_bytes()
        return probe.Credentials(source="ccache", principal=principal, cache=cache)
    secret = probe.Password(settings.password or lab.accounts.passwords[name])
    return probe.Credentials(source="password", principal=principal, secret=secret)


def _own_name(scenario: Scenario) -> str:
    """What the probe says in EHLO: the sending server's full name, or a jump host's."""
    principal = scenario.probe.principal
    return scenario.fqdn(principal.rstrip("$")) if principal.endswith("$") else scenario.fqdn("jump")
