import json
from dataclasses import replace

from simulator.faults.kdc_down import KdcDown
from simulator.faults.stale_key import StaleKey
from simulator.fuzz.score import Kind, Said
from simulator.fuzz.tell import line, scenario_file, score_of, to_json, totals
from simulator.fuzz.truth import Truth
from simulator.run.fuzz import Played
from simulator.scenario import parse
from simulator.scenario.values import Expect, ExpectedEvent, Lesson, Scenario

LAB = Scenario(
    name="fuzz-1-4",
    title="A lab by chance",
    story="s",
    lesson=Lesson(explain="e"),
    expect=Expect(cause="undetermined"),
    faults=(StaleKey(on="EX1"), KdcDown(on="DC1", mode="drop")),
)
TRUTH = Truth(
    diagnoses=(("stale-key(...)",),),
    causes=(frozenset({"machine-key-stale"}),),
    true=frozenset({"machine-key-stale", "kdc-unreachable"}),
    near=frozenset(),
    unprovable=frozenset(),
)
SAID = Said(
    status="failure",
    cause="kdc-unreachable",
    certainty="certain",
    summary="nobody answers",
    beside=(("machine-key-stale", "possible"),),
)
MISS = Played(
    index=4,
    scenario=LAB,
    kinds=(Kind.LATENT_FIRST,),
    said=SAID,
    truth=TRUTH,
    fired=frozenset({0}),
    smtp="454",
    event=ExpectedEvent(id=1035, error="LogonDenied"),
    logons=3,
)
RIGHT = Played(index=5, scenario=replace(LAB, faults=()), kinds=(Kind.RIGHT,))


def test_a_line_has_the_lab_the_truth_and_the_verdict() -> None:
    told = line(MISS)
    assert told.startswith(
        '#4 latent-first: stale-key(on="EX1"); kdc-down(on="DC1", mode="drop") [1 DC, keytab '
    )
    assert "truth: stopped by stale-key(...) (machine-key-stale)" in told
    assert "kdc-unreachable, machine-key-stale is true" in told
    assert told.endswith("verdict: failure, kdc-unreachable certain; beside: machine-key-stale possible")


def test_what_another_run_said_is_told_where_it_differs() -> None:
    other = replace(SAID, certainty="likely")
    assert "at the second time: failure, kdc-unreachable likely" in line(replace(MISS, again=other))
    assert "at the second time" not in line(replace(MISS, again=SAID))
    assert "; thorough: failure, kdc-unreachable likely" in line(replace(MISS, thorough=other))


def test_a_lab_that_broke_shows_why() -> None:
    broken = Played(index=1, scenario=LAB, kinds=(Kind.BROKEN,), problem="Traceback")
    assert line(broken).splitlines()[-1] == "Traceback"
    assert to_json(broken)["verdict"] is None


def test_the_score() -> None:
    open_ = replace(MISS, kinds=(Kind.UNDETERMINED,))
    untrue = replace(MISS, kinds=(Kind.RIGHT, Kind.CERTAIN_UNTRUE))
    found = score_of([MISS, RIGHT, RIGHT, open_, untrue])
    assert (found.labs, found.right, found.open, found.certain_untrue, found.violations) == (5, 2, 1, 1, 2)
    assert str(found) == (
        "score: 2 of 5 right (40.0 %), 1 undetermined or a tie, 1 certain and untrue, 2 that break an invariant"
    )
    assert str(score_of([])).startswith("score: 0 of 0 right")


def test_the_tables_are_by_kind_by_number_and_by_fault() -> None:
    told = [" ".join(each.split()) for each in totals([MISS, RIGHT, RIGHT])]
    assert "right 2" in told
    assert "0 2 of 2" in told
    assert "2 0 of 1" in told
    assert "stale-key 0 of 1" in told


def test_a_lab_as_data() -> None:
    document = to_json(MISS)
    assert json.loads(json.dumps(document)) == document
    assert document["truth"]["diagnoses"] == [{"parts": ["stale-key(...)"], "causes": ["machine-key-stale"]}]
    assert document["verdict"]["beside"] == [{"cause": "machine-key-stale", "certainty": "possible"}]


def test_a_kept_miss_is_a_scenario_that_expects_the_truth() -> None:
    read = parse(scenario_file(MISS), name="fuzz-1-4", file="x")
    assert read.expect.cause == "machine-key-stale"
    assert read.expect.true_causes == ("machine-key-stale",)
    assert line(MISS) in read.story
    assert (read.expect.smtp, read.expect.event) == ("454", ExpectedEvent(id=1035, error="LogonDenied"))
    # The domain controller was never asked, and whoever runs the file shall not be told that.
    assert [fault.may_not_fire for fault in read.faults] == [False, True]
