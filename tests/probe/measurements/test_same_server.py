"""Further connections to the lab: to one server, and through a balancer."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import probe
from probe.measurements import same_server as looks
from probe.net.endpoint import Endpoint
from probe.trace import Trace
from probe.trace.facts import Look, Outcome
from simulator.faults import Fault
from simulator.lab import Lab
from simulator.run.runner import probe_options
from simulator.scenario import find, load
from tests.support import traces
from tests.support.traces import asked, ehlo, greeting, reply, step, trace


async def run(folder: Path, scenario: str, *, faults: Sequence[Fault] | None = None, **options: Any) -> Trace:
    loaded = load(find(scenario))
    loaded = loaded if faults is None else replace(loaded, faults=tuple(faults))
    async with Lab(loaded, folder) as lab:
        return await probe.run_probe(replace(probe_options(lab), **options))


async def test_a_balancer_is_seen_by_the_keys(tmp_path: Path) -> None:
    trace = await run(tmp_path, "wrong-server-balancer")
    seen = [step.facts for step in trace.of(Look)]
    assert len(seen) == looks.AGAIN
    assert {look.advertised_name for look in seen} == {"ex1.contoso.lab"}
    assert {look.tls for look in seen} == {"x-anonymoustls"}
    assert len({look.public_key_sha256 for look in seen}) == 2
    assert probe.judge(trace).verdict.cause == "wrong-server-answers"


async def test_a_balancer_is_seen_by_the_names(tmp_path: Path) -> None:
    faults = [fault for fault in load(find("wrong-server-balancer")).faults if fault.KIND == "balanced"]
    trace = await run(tmp_path, "wrong-server-balancer", faults=faults, effort="thorough")
    names = {look.facts.advertised_name for look in trace.of(Look)}
    assert names == {"ex1.contoso.lab", "ex3.contoso.lab"}
    finding = next(f for f in probe.judge(trace).findings if f.check == "wrong-server-answers")
    assert (finding.status, finding.breaks) == ("suspect", False)


async def test_one_server_is_the_same_each_time(tmp_path: Path) -> None:
    trace = await run(tmp_path, "healthy", effort="thorough")
    seen = [step.facts for step in trace.of(Look)]
    assert len(seen) == 3
    assert len({look.public_key_sha256 for look in seen}) == 1
    assert all(look.clock is not None and not look.error for look in seen)
    assert probe.judge(trace).status == "ok"


async def test_every_other_address_gets_one_look(tmp_path: Path) -> None:
    scenario = load(find("healthy"))
    async with Lab(scenario, tmp_path) as lab:
        options = replace(probe_options(lab), effort="thorough")
        assert options.connect is not None
        localhost = replace(options, connect=Endpoint("localhost", options.connect.port), nameserver=None)
        trace = await probe.run_probe(localhost)
    outcomes = {step.facts.address: step.outcome for step in trace.of(Look)}
    assert outcomes.pop("127.0.0.1") is Outcome.OK
    # Where this host has IPv6, localhost has a second address, and the lab does not listen there.
    assert set(outcomes.values()) <= {Outcome.REFUSED, Outcome.CLOSED}


@pytest.mark.parametrize(
    ("run_before", "due"),
    [
        (traces.failing(), True),
        (traces.healthy(), False),
        (trace(*traces.opening(), traces.handshake(), request=asked(effort="thorough")), True),
        (trace(ehlo(), request=asked(effort="thorough")), False),
        (trace(greeting(), ehlo()), False),
        (
            trace(
                greeting(),
                ehlo(),
                step(traces.refused(reply(454), peer_error=traces.error(41)), Outcome.REFUSED),
            ),
            False,
        ),
    ],
)
def test_it_is_wanted_after_a_refusal_that_nobody_explains(run_before: Trace, due: bool) -> None:
    assert looks.wanted(run_before) is due
