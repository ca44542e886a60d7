"""Every scenario end to end, and what every check says of it.

The golden files show each change of a check's mind in review. After a change that is meant: `make golden`, or
`make golden NAME=<scenario>` for one.
"""

import json

import pytest

import probe
from simulator import scenario
from simulator.run.runner import Result
from tests.support import golden_scenarios
from tests.support.golden_table import updating
from tests.support.scenario_runs import Runs

Results = Runs[Result]


@pytest.mark.parametrize("name", scenario.names())
def test_it_comes_out_as_expected(name: str, scenario_results: Results) -> None:
    result = scenario_results[name]
    assert result.passed, "\n".join(result.reasons) + "\n" + probe.report_text(result.trace, result.judgement)


@pytest.mark.parametrize("name", scenario.names())
def test_a_saved_trace_gets_the_same_verdict(name: str, scenario_results: Results) -> None:
    live = scenario_results[name]
    saved = json.loads(json.dumps(probe.trace_to_json(live.trace)))
    read = probe.trace_from_json(saved)
    assert probe.report_json(read, probe.judge(read)) == live.report


@pytest.mark.parametrize("name", scenario.names())
def test_no_secret_is_in_the_trace(name: str, scenario_results: Results) -> None:
    written = json.dumps(probe.trace_to_json(scenario_results[name].trace))
    assert "not the password" not in written  # credentials-rejected's
    # The longest base64 that a trace may hold is none: tokens are written down by their length.
    assert not [word for word in written.split('"') if len(word) > 200 and word.isascii() and " " not in word]


@pytest.mark.parametrize("name", scenario.names())
def test_every_check_says_what_it_said_before(name: str, scenario_results: Results) -> None:
    row = golden_scenarios.row_of(scenario_results[name])
    if updating():
        golden_scenarios.keep(name, row)
    assert row == golden_scenarios.kept(name), f"make golden NAME={name}, and read the difference"


def test_there_is_a_golden_file_of_every_scenario_and_no_other() -> None:
    if updating():
        for name in {*golden_scenarios.names()} - {*scenario.names()}:
            golden_scenarios.forget(name)
    assert golden_scenarios.names() == scenario.names()
