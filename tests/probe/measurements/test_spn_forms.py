"""The forms of the receiver's names, asked of the lab's KDCs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import probe
from probe.measurements import spn_forms
from probe.report.kdc_table import survey
from probe.trace import Trace
from probe.trace.facts import KdcExchange
from simulator.faults import Fault
from simulator.faults.missing_spn import MissingSpn
from simulator.lab import Lab
from simulator.run.runner import probe_options
from simulator.scenario import find, load
from tests.support import traces

SPN = "SMTPSVC/ex1.contoso.lab"


async def run(folder: Path, *faults: Fault, **options: Any) -> Trace:
    scenario = replace(load(find("spn-missing")), faults=faults)
    async with Lab(scenario, folder) as lab:
        return await probe.run_probe(
            replace(probe_options(lab), ask_ntlm=False, ask_directory=False, **options)
        )


def asked(trace: Trace) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for step in trace.of(KdcExchange):
        if step.facts.purpose == "spn":
            found.setdefault(step.facts.kdc, set()).add(step.facts.server)
    return found


ALL = {
    *(f"{service}/{host}" for service in ("SMTPSVC", "SMTP", "HOST") for host in ("ex1", "ex1.contoso.lab")),
    "SMTPSVC/ex2.contoso.lab",
}


async def test_every_form_is_asked_of_every_kdc_and_what_is_missing_is_to_be_registered(
    tmp_path: Path,
) -> None:
    trace = await run(tmp_path, MissingSpn(spn=SPN), MissingSpn(spn="SMTP/ex1"))
    assert list(asked(trace).values()) == [ALL, ALL]
    verdict = probe.judge(trace).verdict
    assert verdict.cause == "spn-missing"
    commands = [remedy.command for remedy in verdict.remedy]
    assert [command for command in commands if command.startswith("setspn -S")] == [
        f"setspn -S {SPN} EX1$",
        "setspn -S SMTP/EX1 EX1$",
    ]
    assert [set(kdc.spns) for kdc in survey(trace)] == [ALL, ALL]


async def test_a_healthy_receiver_is_asked_for_the_usual_names_alone(tmp_path: Path) -> None:
    assert [len(names) for names in asked(await run(tmp_path)).values()] == [3, 3]


async def test_thorough_asks_for_everything_everywhere(tmp_path: Path) -> None:
    trace = await run(tmp_path, effort="thorough")
    assert list(asked(trace).values()) == [ALL, ALL]
    assert probe.judge(trace).status == "ok"


async def test_a_form_that_one_kdc_lacks_is_replication(tmp_path: Path) -> None:
    trace = await run(tmp_path, MissingSpn(spn="SMTP/ex1", on="DC2"), effort="thorough")
    judgement = probe.judge(trace)
    assert (judgement.status, judgement.verdict.cause) == ("warning", "replication-diverged")
    assert "SMTP/ex1" in judgement.verdict.summary


def test_it_is_not_wanted_without_a_ticket_to_ask_with() -> None:
    assert not spn_forms.wanted(traces.trace(traces.clock(), traces.greeting(), traces.ehlo()))
    assert spn_forms.wanted(traces.healthy())


def test_it_is_not_wanted_twice() -> None:
    names = [name for name in ALL if name != "SMTPSVC/ex2.contoso.lab"]
    everything = [traces.asks(name.upper()) for name in (*names, traces.RETURN_SPN)]
    assert not spn_forms.wanted(traces.trace(traces.greeting(), traces.ehlo(), *everything))
