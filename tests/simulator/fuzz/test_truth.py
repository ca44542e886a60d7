from collections.abc import Callable, Collection

import pytest

from simulator.faults import Fault
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.fqdn_mismatch import FqdnMismatch
from simulator.faults.missing_spn import MissingSpn
from simulator.faults.pooled_connection import PooledConnection
from simulator.faults.spn_moved import SpnMoved
from simulator.faults.stale_key import StaleKey
from simulator.faults.values import Seconds
from simulator.fuzz.parts import Part, parts
from simulator.fuzz.truth import Removed, Unsound, diagnose, truth_of
from simulator.scenario.values import AccountSetup, Expect, KdcSetup, Lesson, Scenario, default_spns

A, B, C = (Part(name=name) for name in "abc")


def play(found: Collection[Part], passes: Callable[[frozenset[str]], bool]) -> tuple[list[str], list[str]]:
    """The diagnoses, and the sets that were tried; each as the parts' names in a row."""
    ablation, tried = diagnose(tuple(found)), []
    removed = next(ablation)
    try:
        while True:
            tried.append(named(removed))
            removed = ablation.send(passes(frozenset(part.name for part in removed)))
    except StopIteration as end:
        return [named(each) for each in end.value], tried


def named(removed: Removed) -> str:
    return "".join(part.name for part in removed)


def test_mail_that_passes_has_no_diagnosis_and_takes_one_log_on() -> None:
    assert play((A, B, C), lambda _: True) == ([], [""])


def test_one_fault_that_stops_mail_is_the_diagnosis_and_the_others_are_latent() -> None:
    found, tried = play((A, B, C), lambda removed: "b" in removed)
    assert found == ["b"]
    # {a, b}, {b, c} and the whole are supersets, and never tried.
    assert tried == ["", "a", "b", "c", "ac"]


def test_two_that_each_stop_mail_are_one_diagnosis() -> None:
    found, _ = play((A, B, C), lambda removed: {"a", "c"} <= removed)
    assert found == ["ac"]


def test_two_of_which_mending_either_helps_are_two_diagnoses() -> None:
    found, tried = play((A, B), bool)
    assert found == ["a", "b"]
    assert "ab" not in tried


def test_a_lab_that_never_works_shows_nothing() -> None:
    with pytest.raises(Unsound):
        play((A, B), lambda _: False)
    with pytest.raises(Unsound):
        play((), lambda _: False)


def lab(*faults: Fault, kdcs: int = 2) -> Scenario:
    domain = "contoso.lab"
    return Scenario(
        name="x",
        title="t",
        story="s",
        lesson=Lesson(explain="e"),
        expect=Expect(cause="healthy"),
        accounts=(
            AccountSetup(name="EX1$", spns=default_spns("ex1", domain)),
            AccountSetup(name="EX2$", spns=default_spns("ex2", domain)),
            AccountSetup(name="alice"),
        ),
        kdcs=tuple(KdcSetup(name=f"DC{number}") for number in range(1, kdcs + 1)),
        faults=faults,
    )


def truth(scenario: Scenario, *stopping: int) -> tuple[frozenset[str], frozenset[str]]:
    """What may come first, and what is true, where the faults with these numbers are the one diagnosis."""
    found = truth_of(scenario, [tuple(part for part in parts(scenario) if part.number in stopping)])
    return found.stopping, found.true


def test_a_latent_fault_is_true_and_may_not_come_first() -> None:
    stopping, true = truth(lab(StaleKey(on="EX1"), FqdnMismatch(on="EX1", fqdn="mail.contoso.lab")), 1)
    assert stopping == {"connector-fqdn-mismatch"}
    assert true == {"connector-fqdn-mismatch", "machine-key-stale"}


def test_a_latent_clock_lends_its_cause_to_nobody() -> None:
    skewed = lab(
        ClockSkew(on="PROBE", offset=Seconds(600.0)), ClockSkew(on="DC3", offset=Seconds(-4000.0)), kdcs=3
    )
    stopping, true = truth(skewed, 0)
    assert stopping == {"clock-skew-sender"}
    assert true == {"clock-skew-sender", "clock-skew-kdc"}


def test_two_clocks_that_stop_mail_together_are_named_by_what_they_are_together() -> None:
    alike = lab(
        ClockSkew(on="PROBE", offset=Seconds(600.0)), ClockSkew(on="EX1", offset=Seconds(600.0)), kdcs=1
    )
    stopping, _ = truth(alike, 0, 1)
    assert stopping == {"clock-skew-sender", "clock-skew-receiver", "clock-skew-kdc"}


def test_what_hides_the_reason_of_a_refusal_may_come_first() -> None:
    stopping, _ = truth(lab(StaleKey(on="EX1"), PooledConnection(on="EX1")), 0)
    assert stopping == {"machine-key-stale", "too-many-failures"}


def test_a_name_that_is_taken_and_given_elsewhere_has_changed_hands() -> None:
    spn = "SMTPSVC/ex1.contoso.lab"
    stopping, _ = truth(lab(MissingSpn(spn=spn), SpnMoved(spn=spn, account="EX2$", on="DC2")), 0)
    assert stopping == {"spn-missing", "spn-on-wrong-account", "replication-diverged"}
