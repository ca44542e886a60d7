import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probe.diagnosis.verdict import exit_status, judge
from probe.report.json import report
from probe.trace import Trace, trace_to_json
from probe.trace.facts import Outcome
from tests.support.exps import Exps
from tests.support.traces import failing, healthy, refused, step


def save(folder: Path, document: Any) -> str:
    path = folder / "trace.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("trace", [healthy(), failing(), replace(failing(), unfinished=True)])
def test_the_same_verdict_as_the_live_run(exps: Exps, tmp_path: Path, trace: Trace) -> None:
    judgement = judge(trace)
    result = exps("diagnose", save(tmp_path, trace_to_json(trace)), "--json")
    assert json.loads(result.out) == json.loads(json.dumps(report(trace, judgement)))
    assert json.loads(result.out)["schema"] == "exps.report/1"
    assert (result.status, result.err) == (exit_status(judgement.status), "")


def test_for_a_reader(exps: Exps, tmp_path: Path) -> None:
    result = exps("diagnose", save(tmp_path, trace_to_json(healthy())))
    assert result.status == 0
    assert "ex1.contoso.lab" in result.out
    assert result.err == ""


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("", "not a trace of exps"),
        ("{", "not a trace of exps"),
        ("[" * 100_000, "not a trace of exps"),
        ("null", r"$.schema: 'exps.trace/1' is due"),
        ({"schema": "exps.report/1"}, r"$.schema: 'exps.trace/1' is due"),
        ({"schema": "exps.trace/1"}, "$.target: a value is due"),
        ({**trace_to_json(healthy()), "duration_ms": "long"}, "$.duration_ms: float is due, str came"),
        (
            {**trace_to_json(healthy()), "duration_ms": 10**400},
            "$.duration_ms: a number that a float can hold",
        ),
        ({**trace_to_json(healthy()), "steps": [{"kind": "weather"}]}, "$.steps[0].kind: one of bug"),
        ("1" * 10_000, "not a trace of exps"),
    ],
)
def test_a_bad_trace_gets_one_line_with_file_and_place(
    exps: Exps, tmp_path: Path, document: Any, says: str
) -> None:
    path = save(tmp_path, document)
    complaint = exps("diagnose", path).complaint
    assert complaint.startswith(f"exps: {path}: ")
    assert says in complaint


def test_octets_that_are_no_text(exps: Exps, tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    path.write_bytes(b"\xff\xfe\x00{")
    assert f"{path}: not a trace of exps" in exps("diagnose", str(path)).complaint


@pytest.mark.parametrize("path", ["/no/such/trace", "/"])
def test_a_trace_that_cannot_be_read(exps: Exps, path: str) -> None:
    assert exps("diagnose", path).complaint.startswith(f"exps: {path}: ")


def test_a_strangers_trace_cannot_steer_the_terminal(exps: Exps, tmp_path: Path) -> None:
    document: Any = json.loads(json.dumps(trace_to_json(failing(step(refused(), Outcome.REFUSED)))))
    evil = "\x1b]0;owned\x07\x9b31m\u202eabc"
    document["target"]["name"] = document["request"]["ehlo_name"] = evil
    for item in document["steps"]:
        item["sent"], item["received"] = [evil], [evil]
        for key, value in item["detail"].items():
            if isinstance(value, str):
                item["detail"][key] = evil
        if item["detail"].get("reply"):
            item["detail"]["reply"]["lines"] = [evil]
    result = exps("diagnose", save(tmp_path, document))
    assert result.status in (2, 3)
    assert result.err == ""
    assert not set("\x1b\x07\x9b\u202e") & set(result.out)


@pytest.mark.parametrize("offset", [float("inf"), float("-inf"), float("nan"), 1e300])
def test_a_clock_that_is_none(exps: Exps, tmp_path: Path, offset: float) -> None:
    document: Any = trace_to_json(healthy())
    for item in document["steps"]:
        if item["detail"].get("clock"):
            item["detail"]["clock"]["offset_s"] = offset
            item["detail"]["clock"]["uncertainty_s"] = offset
    path = save(tmp_path, document)
    for result in (exps("diagnose", path), exps("diagnose", path, "--json")):
        assert (result.status in (0, 1, 2, 3), result.err) == (True, "")


@pytest.mark.parametrize("seconds", [-1e300, 1e300, 253402300800])
def test_a_moment_that_no_calendar_has(exps: Exps, tmp_path: Path, seconds: float) -> None:
    document = trace_to_json(healthy()) | {"started": seconds}
    path = save(tmp_path, document)
    assert exps("diagnose", path, "--json").err == ""
    assert exps("diagnose", path).err == ""
