"""The target's name in the lab's DNS and in a hosts file of ours."""

from dataclasses import replace
from pathlib import Path

import pytest

import probe
from probe.kdcs.this_host import this_host
from probe.measurements import names
from probe.trace import Trace
from probe.trace.facts import Resolve
from simulator.faults import Fault
from simulator.faults.missing_name import MissingName
from simulator.lab import Lab
from simulator.run.runner import probe_options
from simulator.scenario import find, load
from tests.support import traces


async def run(folder: Path, *faults: Fault, hosts: str = "", effort: str = "thorough") -> Trace:
    scenario = replace(load(find("healthy-by-dns")), faults=faults)
    environment = replace(this_host(), read_hosts=lambda: hosts)
    async with Lab(scenario, folder) as lab:
        return await probe.run_probe(replace(probe_options(lab), effort=effort), environment)


def seen(trace: Trace) -> dict[tuple[str, str], Resolve]:
    return {(step.facts.source, step.facts.record): step.facts for step in trace.of(Resolve)}


async def test_every_source_is_asked_once(tmp_path: Path) -> None:
    trace = await run(tmp_path, hosts="127.0.0.1 ex1.contoso.lab")
    found = seen(trace)
    assert len(trace.of(Resolve)) == len(found) == 4
    assert found["dns", ""].addresses == found["hosts", ""].addresses == ("127.0.0.1",)
    assert found["dns", "CNAME"].error == "no-records"
    assert found["dns", "PTR"].name == "127.0.0.1"
    assert probe.judge(trace).status == "ok"


async def test_a_hosts_file_that_leads_elsewhere_is_a_warning(tmp_path: Path) -> None:
    judgement = probe.judge(await run(tmp_path, hosts="192.0.2.99 ex1.contoso.lab"))
    assert (judgement.status, judgement.verdict.cause) == ("warning", "name-not-resolved")
    assert "hosts file" in judgement.verdict.summary
    assert any("192.0.2.99" in item.says for item in judgement.verdict.evidence)


async def test_a_name_that_is_missing_is_looked_for_in_the_hosts_file(tmp_path: Path) -> None:
    trace = await run(tmp_path, MissingName(name="ex1.contoso.lab"), effort="default")
    assert ("hosts", "") in seen(trace)
    assert probe.judge(trace).verdict.cause == "name-not-resolved"


async def test_a_healthy_target_is_asked_no_more_than_needed(tmp_path: Path) -> None:
    assert list(seen(await run(tmp_path, effort="default"))) == [("dns", "")]


@pytest.mark.parametrize("source", ["connect-option", "literal"])
def test_it_is_not_wanted_where_no_name_was_looked_up(source: str) -> None:
    assert not names.wanted(traces.trace(Resolve(name="x", source=source, addresses=("192.0.2.1",))))
