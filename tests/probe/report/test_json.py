import json
from dataclasses import replace
from typing import Any

import pytest

from probe.checks import registry
from probe.diagnosis.verdict import judge
from probe.report.json import report
from probe.trace import Trace
from probe.trace.facts import Outcome
from tests.support import traces


def written(trace: Trace) -> dict[str, Any]:
    text = json.dumps(report(trace, judge(trace)), allow_nan=False)
    read: dict[str, Any] = json.loads(text)
    return read


VERDICT = {"cause", "side", "certainty", "summary", "evidence", "remedy", "references"}


@pytest.mark.parametrize("trace", [traces.healthy(), traces.failing(), traces.trace()])
def test_the_schema_has_every_key_of_the_design(trace: Trace) -> None:
    report = written(trace)
    assert report["schema"] == "exps.report/1"
    assert set(report) >= {
        *("schema", "tool", "target", "started", "duration_ms", "status", "verdict"),
        *("alternatives", "next_measurements", "steps", "clocks", "findings"),
    }
    assert set(report["tool"]) >= {"name", "version"}
    assert set(report["target"]) >= {"name", "host", "port", "address"}
    assert report["status"] in ("ok", "warning", "failure", "unknown")
    for verdict in (report["verdict"], *report["alternatives"]):
        assert set(verdict) >= VERDICT
        assert verdict["certainty"] in ("certain", "likely", "possible")
        assert all(set(item) == {"step", "says"} for item in verdict["evidence"])
        assert all(set(item) >= {"do", "command", "where"} for item in verdict["remedy"])
    for step in report["steps"]:
        assert set(step) == {"id", "kind", "outcome", "start_ms", "duration_ms", "detail"}
    for clock in report["clocks"]:
        assert set(clock) >= {"who", "source", "offset_s", "uncertainty_s"}
    for finding in report["findings"]:
        assert set(finding) >= {"check", "status", "says", "evidence"}


def test_a_failure() -> None:
    report = written(traces.failing())
    assert (report["status"], report["verdict"]["cause"]) == ("failure", "machine-key-stale")
    assert report["verdict"]["side"] == "receiver"
    assert [other["cause"] for other in report["alternatives"]] == ["illegal-message"]
    assert report["verdict"]["evidence"][0]["step"] == "handshake-1"
    assert len(report["findings"]) == len(registry())


def test_steps_and_clocks() -> None:
    trace = traces.trace(traces.clock(offset=1.23456789), traces.connect())
    report = written(trace)
    assert [step["id"] for step in report["steps"]] == ["kdc-1", "connect-1"]
    assert report["steps"][0]["detail"]["clock"]["offset_s"] == 1.23456789
    assert report["clocks"] == [
        {"who": traces.DC1, "source": "kdc-stime", "offset_s": 1.235, "uncertainty_s": 0.5, "step": "kdc-1"}
    ]


def test_times() -> None:
    report = written(replace(traces.healthy(), duration_ms=1234.56789))
    assert report["started"] == "2023-11-14T22:13:20.000Z"
    assert report["duration_ms"] == 1234.6


@pytest.mark.parametrize("started", [float("nan"), float("inf"), 1e300, -1e300])
def test_a_strange_time_of_a_saved_trace_is_left_out(started: float) -> None:
    assert written(replace(traces.healthy(), started=started))["started"] == ""


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_json_cannot_write_becomes_null(number: float) -> None:
    report = written(replace(traces.trace(traces.clock(offset=number)), duration_ms=number))
    assert report["duration_ms"] is None
    assert report["clocks"][0]["offset_s"] is None
    assert report["steps"][0]["detail"]["clock"]["offset_s"] is None


def test_an_unfinished_run_says_so() -> None:
    assert written(replace(traces.trace(), unfinished=True))["unfinished"] is True


def test_control_characters_are_escaped_by_json_and_kept() -> None:
    raw = traces.greeting(reply=traces.reply(220, "\x1b[31m evil"))
    trace = traces.trace(raw, traces.step(traces.refused(), Outcome.REFUSED))
    assert "\x1b" not in json.dumps(report(trace, judge(trace)))
    assert written(trace)["steps"][0]["detail"]["reply"]["lines"] == ["\x1b[31m evil"]
