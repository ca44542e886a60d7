"""The choice among measurements: what is open, what it costs, what may still be refused."""

from dataclasses import dataclass, field, replace

import pytest

from probe.diagnosis.verdict import Certainty, Judgement, Overall, Verdict
from probe.measurements import registry
from probe.run.plan import MAXIMUM_REFUSALS, choose
from probe.settings.options import EFFORTS
from probe.trace import Trace
from tests.support.traces import asked, failing

RUN = failing()


def verdict(cause: str, certainty: Certainty = Certainty.POSSIBLE) -> Verdict:
    return Verdict(cause=cause, title="", side="", certainty=certainty, summary="")


def judgement(
    cause: str = "machine-key-stale",
    *others: str,
    certainty: Certainty = Certainty.POSSIBLE,
    status: Overall = Overall.FAILURE,
) -> Judgement:
    return Judgement(
        status=status, verdict=verdict(cause, certainty), alternatives=tuple(map(verdict, others))
    )


@dataclass(frozen=True, kw_only=True)
class Fake:
    """A measurement that only the plan sees."""

    name: str
    decides: frozenset[str] = field(default_factory=lambda: frozenset({"machine-key-stale"}))
    cost: int = 10
    refusals: int = 1
    wants: bool = True

    def wanted(self, trace: Trace, /) -> bool:
        del trace
        return self.wants


def chosen(
    *choices: Fake, judged: Judgement | None = None, effort: str = "default", made: tuple[str, ...] = ()
) -> str | None:
    run = replace(RUN, request=asked(effort=effort))
    found = choose(run, judged or judgement(), choices, made=made)
    return None if found is None else found.name


def test_the_cheapest_one_comes_first_and_the_name_decides_between_equals() -> None:
    assert chosen(Fake(name="dear", cost=20), Fake(name="cheap", cost=5)) == "cheap"
    assert chosen(Fake(name="b"), Fake(name="a")) == "a"


def test_what_was_made_is_not_made_again_and_what_is_not_wanted_not_at_all() -> None:
    assert chosen(Fake(name="a"), Fake(name="b"), made=("a",)) == "b"
    assert chosen(Fake(name="a", wants=False)) is None
    assert chosen() is None


def test_only_what_decides_something_that_is_open() -> None:
    other = Fake(name="other", decides=frozenset({"illegal-message"}))
    assert chosen(other) is None
    assert chosen(other, judged=judgement("machine-key-stale", "illegal-message")) == "other"
    assert chosen(other, judged=judgement("undetermined", status=Overall.UNKNOWN)) == "other"


@pytest.mark.parametrize(
    "judged",
    [
        judgement(certainty=Certainty.CERTAIN),
        judgement("healthy", certainty=Certainty.CERTAIN, status=Overall.OK),
        judgement("kdc-tcp-blocked", status=Overall.WARNING),
    ],
)
def test_a_settled_run_ends_by_default_and_goes_on_when_thorough(judged: Judgement) -> None:
    assert chosen(Fake(name="a"), judged=judged) is None
    assert chosen(Fake(name="a"), judged=judged, effort="thorough") == "a"
    assert chosen(Fake(name="a", decides=frozenset()), judged=judged, effort="thorough") == "a"


def test_quick_measures_nothing() -> None:
    assert chosen(Fake(name="a", refusals=0), effort="quick") is None
    assert chosen(Fake(name="a"), judged=judgement("undetermined"), effort="quick") is None


def test_refusals_are_counted_over_all_that_was_made() -> None:
    limit = MAXIMUM_REFUSALS["default"]
    many, one, free = Fake(name="many", refusals=limit), Fake(name="one"), Fake(name="free", refusals=0)
    assert chosen(many, one) == "many"
    assert chosen(many, one, made=("many",)) is None
    assert chosen(many, one, free, made=("many",)) == "free"
    assert chosen(Fake(name="more", refusals=limit + 1)) is None
    assert chosen(Fake(name="more", refusals=limit + 1), effort="thorough") == "more"


def test_every_effort_has_its_number_of_refusals() -> None:
    assert set(MAXIMUM_REFUSALS) == set(EFFORTS)
    assert MAXIMUM_REFUSALS["quick"] == 0
    assert MAXIMUM_REFUSALS["default"] < MAXIMUM_REFUSALS["thorough"]


def test_the_registry_holds_what_the_plan_needs() -> None:
    names = [measurement.name for measurement in registry()]
    assert len(names) == len(set(names)) > 5
    assert sum(measurement.refusals for measurement in registry()) <= MAXIMUM_REFUSALS["thorough"]
    for measurement in registry():
        assert measurement.title
        assert measurement.decides
        assert measurement.cost > 0
        assert 0 <= measurement.refusals <= 2
