import json
from typing import Any, get_args

import pytest

from probe.trace import Recorder, Trace, trace_from_json, trace_to_json
from probe.trace.facts import KINDS, Connect, Ehlo, Facts, Greeting, Outcome, Quit, Resolve
from probe.trace.jsonable import JsonMismatch
from tests.support.traces import healthy, reading


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_steps_are_numbered_by_kind_and_timed() -> None:
    clock = Clock()
    recorder = Recorder(clock)
    clock.now = 100.25
    start_ms = recorder.elapsed_ms()
    clock.now = 100.75
    first = recorder.add(Quit(), Outcome.OK, start_ms=start_ms, sent=("QUIT",), received=("221 bye",))
    second = recorder.add(Quit(), Outcome.TIMEOUT, start_ms=750.0)
    assert (first.id, first.kind, first.start_ms, first.duration_ms) == ("quit-1", "quit", 250.0, 500.0)
    assert (first.sent, first.received) == (("QUIT",), ("221 bye",))
    assert (second.id, second.outcome) == ("quit-2", Outcome.TIMEOUT)


def test_steps_come_in_the_order_in_which_they_began() -> None:
    recorder = Recorder(Clock())
    recorder.add(Greeting(), Outcome.OK, start_ms=2.0)
    recorder.add(Resolve(name="ex1", source="dns"), Outcome.OK, start_ms=0.0)
    recorder.add(Quit(), Outcome.OK, start_ms=2.0)
    assert [step.id for step in recorder.steps()] == ["resolve-1", "greeting-1", "quit-1"]


def test_steps_of_a_kind_and_clocks() -> None:
    trace = healthy()
    assert [step.facts.tls for step in trace.of(Ehlo)] == ["none", "x-anonymoustls"]
    readings = list(trace.clocks())
    assert readings[0][1] == reading("dc1.contoso.lab:88", 0.0)
    assert {step.kind for step, _ in readings} == {"kdc", "greeting"}


def saved(trace: Trace) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(trace_to_json(trace)))
    return document


def test_a_saved_trace_is_the_same_trace() -> None:
    assert trace_from_json(saved(healthy())) == healthy()


def test_a_newer_trace_of_the_same_schema_can_be_read() -> None:
    document = saved(healthy()) | {"weather": "fine"}
    document["steps"][0]["detail"]["mood"] = 1
    document["steps"][0]["colour"] = "red"
    assert trace_from_json(document) == healthy()


def test_every_kind_of_step_has_its_own_word() -> None:
    assert {kind.KIND: kind for kind in KINDS.values()} == KINDS
    assert set(KINDS.values()) == set(get_args(Facts))


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("schema",), "exps.trace/2", r"\$.schema: 'exps.trace/1' is due"),
        (("schema",), "exps.report/1", r"\$.schema"),
        (("schema",), None, r"\$.schema"),
        (("steps",), {}, r"\$.steps: a list is due"),
        (("steps", 1), 7, r"\$.steps\[1\]: an object is due"),
        (("steps", 0, "kind"), "weather", r"\$.steps\[0\].kind: one of bug, connect, .* is due"),
        (("steps", 0, "kind"), ["resolve"], r"\$.steps\[0\].kind"),
        (("steps", 0, "outcome"), "fine", r"\$.steps\[0\].outcome: ok or refused"),
        (("steps", 0, "detail"), None, r"\$.steps\[0\].detail: an object is due"),
        (("steps", 0, "detail", "name"), 7, r"\$.steps\[0\].detail.name"),
        (("steps", 0, "start_ms"), "soon", r"\$.steps\[0\].start_ms"),
        (("steps", 0, "sent"), ["EHLO", 1], r"\$.steps\[0\].sent\[1\]"),
        (("target",), [], r"\$.target: an object is due"),
        (("request", "skew_limit_s"), None, r"\$.request.skew_limit_s"),
        (("unfinished",), "no", r"\$.unfinished"),
    ],
)
def test_a_damaged_trace_says_where(path: tuple[Any, ...], value: Any, says: str) -> None:
    document = saved(healthy())
    *way, last = path
    place: Any = document
    for key in way:
        place = place[key]
    place[last] = value
    with pytest.raises(JsonMismatch, match=says):
        trace_from_json(document)


@pytest.mark.parametrize("document", [None, [], "exps.trace/1", 7, {}])
def test_what_is_no_trace_at_all(document: Any) -> None:
    with pytest.raises(JsonMismatch, match=r"\$.schema"):
        trace_from_json(document)


def test_a_step_of_another_kinds_facts_is_refused() -> None:
    document = saved(healthy())
    document["steps"][0]["kind"] = Connect.KIND
    with pytest.raises(JsonMismatch, match=r"\$.steps\[0\].detail.address: a value is due"):
        trace_from_json(document)
