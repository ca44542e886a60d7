"""Every scenario end to end, and what every check says of it.

The golden matrix shows each change of a check's mind in review. After a change that is meant::

    UPDATE_GOLDEN=1 python -m pytest tests/test_scenarios.py
"""

import json
import os
from functools import cache
from pathlib import Path

import pytest

import probe
from simulator import scenario
from simulator.cli.tables import known_causes
from simulator.run.runner import Result, run

GOLDEN = Path(__file__).parent / "golden" / "matrix.json"
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"


@cache
def result_of(name: str) -> Result:
    return run(scenario.load(scenario.find(name), causes=known_causes()))


def golden() -> dict[str, dict[str, str]]:
    matrix: dict[str, dict[str, str]] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return matrix


@pytest.mark.parametrize("name", scenario.names())
def test_it_comes_out_as_expected(name: str) -> None:
    result = result_of(name)
    assert result.passed, "\n".join(result.reasons) + "\n" + probe.report_text(result.trace, result.judgement)


@pytest.mark.parametrize("name", scenario.names())
def test_a_saved_trace_gets_the_same_verdict(name: str) -> None:
    live = result_of(name)
    saved = json.loads(json.dumps(probe.trace_to_json(live.trace)))
    read = probe.trace_from_json(saved)
    assert probe.report_json(read, probe.judge(read)) == live.report


@pytest.mark.parametrize("name", scenario.names())
def test_no_secret_is_in_the_trace(name: str) -> None:
    written = json.dumps(probe.trace_to_json(result_of(name).trace))
    assert "not the password" not in written  # credentials-rejected's
    # The longest base64 that a trace may hold is none: tokens are written down by their length.
    assert not [word for word in written.split('"') if len(word) > 200 and word.isascii() and " " not in word]


@pytest.mark.skipif(UPDATE, reason="the golden matrix is being written")
@pytest.mark.parametrize("name", scenario.names())
def test_every_check_says_what_it_said_before(name: str) -> None:
    assert result_of(name).checks() == golden().get(name), "see this file's first lines"


@pytest.mark.skipif(UPDATE, reason="the golden matrix is being written")
def test_the_golden_matrix_has_these_scenarios_and_no_others() -> None:
    assert tuple(sorted(golden())) == scenario.names()


@pytest.mark.skipif(not UPDATE, reason="UPDATE_GOLDEN=1 writes the golden matrix")
def test_write_the_golden_matrix() -> None:
    matrix = {name: dict(sorted(result_of(name).checks().items())) for name in scenario.names()}
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps(matrix, indent=1) + "\n", encoding="utf-8")
