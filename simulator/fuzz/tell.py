"""What labs by chance came to, for people, for programs, and as scenario files (PURE)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from simulator.fuzz.score import VIOLATIONS, Kind, Said
from simulator.fuzz.truth import Truth
from simulator.scenario.values import Expect, ExpectedEvent, Scenario
from simulator.scenario.write import fault_line, to_toml


class Result(Protocol):
    """`simulator.run.fuzz.Played`."""

    @property
    def index(self) -> int: ...  # noqa: D102

    @property
    def scenario(self) -> Scenario: ...  # noqa: D102

    @property
    def kinds(self) -> tuple[Kind, ...]: ...  # noqa: D102

    @property
    def said(self) -> Said | None: ...  # noqa: D102

    @property
    def again(self) -> Said | None: ...  # noqa: D102

    @property
    def thorough(self) -> Said | None: ...  # noqa: D102

    @property
    def truth(self) -> Truth | None: ...  # noqa: D102

    @property
    def fired(self) -> frozenset[int]: ...  # noqa: D102

    @property
    def smtp(self) -> str: ...  # noqa: D102

    @property
    def event(self) -> ExpectedEvent | None: ...  # noqa: D102

    @property
    def logons(self) -> int: ...  # noqa: D102

    @property
    def problem(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The last line."""

    labs: int
    right: int
    open: int
    certain_untrue: int
    violations: int

    def __str__(self) -> str:
        percent = 100 * self.right / self.labs if self.labs else 0.0
        return (
            f"score: {self.right} of {self.labs} right ({percent:.1f} %), {self.open} undetermined or a tie, "
            f"{self.certain_untrue} certain and untrue, {self.violations} that break an invariant"
        )


def score_of(played: Iterable[Result]) -> Score:
    """The figures of all labs; a violation counts once a lab."""
    found = list(played)
    kinds = [set(one.kinds) for one in found]
    return Score(
        labs=len(found),
        right=sum(each == {Kind.RIGHT} for each in kinds),
        open=sum(bool(each & {Kind.OPEN, Kind.UNDETERMINED, Kind.TIE}) for each in kinds),
        certain_untrue=sum(Kind.CERTAIN_UNTRUE in each for each in kinds),
        violations=sum(bool(each & VIOLATIONS) for each in kinds),
    )


def line(one: Result) -> str:
    """One lab: its number, what it came to, the lab, the truth, the verdict."""
    faults = "; ".join(map(fault_line, one.scenario.faults)) or "no fault"
    told = f"#{one.index} {', '.join(one.kinds)}: {faults} [{_lab(one.scenario)}]"
    if one.truth is not None:
        told += f" -> truth: {_truth(one.truth)}"
    if one.said is not None:
        told += f"; verdict: {_verdict(one.said)}"
    for label, said in (("at the second time", one.again), ("thorough", one.thorough)):
        if said is not None and said != one.said:
            told += f"; {label}: {_verdict(said)}"
    return told + (f"\n{one.problem}" if one.problem else "")


def _lab(scenario: Scenario) -> str:
    settings, connector = scenario.probe, scenario.connectors[0]
    home = scenario.realm_of(connector.server)
    words = [
        f"{len(scenario.kdcs)} DC" + (f", receiver in {home}" if home != scenario.realm else ""),
        f"{settings.credentials} {settings.principal}"
        if settings.credentials != "none"
        else "no credentials",
        f"{settings.mechanism} over {settings.tls}",
        f"Exchange {connector.profile}",
    ]
    if connector.extended_protection != "none":
        words.append(f"extended protection {connector.extended_protection}")
    return ", ".join(words)


def _truth(truth: Truth) -> str:
    true = ", ".join(sorted(truth.true)) or "nothing"
    if truth.passes:
        return f"mail passes, {true} is true"
    diagnoses = " or ".join(
        f"{' with '.join(names)} ({' / '.join(sorted(causes)) or 'no code'})"
        for names, causes in zip(truth.diagnoses, truth.causes, strict=True)
    )
    return f"stopped by {diagnoses}; {true} is true"


def _verdict(said: Said) -> str:
    beside = ", ".join(f"{cause} {certainty}" for cause, certainty in said.beside)
    return f"{said.status}, {said.cause} {said.certainty}" + (f"; beside: {beside}" if beside else "")


def totals(played: Sequence[Result]) -> list[str]:
    """The tables: by kind, by number of faults, by fault."""
    kinds = Counter(kind for one in played for kind in one.kinds)
    lines = ["", "labs by what they came to:"]
    lines += [f"  {kind:28} {number:5}" for kind, number in kinds.most_common()]
    lines += ["right by number of faults:", *_rates(played, lambda one: (str(len(one.scenario.faults)),))]
    lines += ["right by fault:", *_rates(played, lambda one: {fault.KIND for fault in one.scenario.faults})]
    return lines


def _rates(played: Sequence[Result], keys: Callable[[Result], Iterable[str]]) -> list[str]:
    labs, right = Counter[str](), Counter[str]()
    for one in played:
        for key in keys(one):
            labs[key] += 1
            right[key] += set(one.kinds) == {Kind.RIGHT}
    return [f"  {key:28} {right[key]:5} of {labs[key]}" for key in sorted(labs)]


def to_json(one: Result) -> dict[str, Any]:
    """One lab as data."""
    truth = one.truth
    return {
        "index": one.index,
        "kinds": list(map(str, one.kinds)),
        "faults": list(map(fault_line, one.scenario.faults)),
        "fired": sorted(one.fired),
        "truth": None
        if truth is None
        else {
            "passes": truth.passes,
            "diagnoses": [
                {"parts": list(names), "causes": sorted(causes)}
                for names, causes in zip(truth.diagnoses, truth.causes, strict=True)
            ],
            "true": sorted(truth.true),
        },
        "verdict": _said(one.said),
        "again": _said(one.again),
        "thorough": _said(one.thorough),
        "logons": one.logons,
        "problem": one.problem,
    }


def _said(said: Said | None) -> dict[str, Any] | None:
    if said is None:
        return None
    return {
        "status": said.status,
        "cause": said.cause,
        "certainty": said.certainty,
        "summary": said.summary,
        "beside": [{"cause": cause, "certainty": certainty} for cause, certainty in said.beside],
    }


def scenario_file(one: Result) -> str:
    """A miss as a scenario: what is expected is the truth, and the story says what came instead.

    Reply and event are those that came, so that `exps lab run` says nothing but what is wrong with the verdict.
    """
    expect = Expect(cause="undetermined")
    if one.truth is not None and one.truth.passes:
        expect = Expect(cause="healthy")
    elif one.truth is not None:
        right = tuple(sorted(one.truth.stopping)) or ("undetermined",)
        expect = Expect(cause=right[0], certainty="likely", truth=right)
    expect = replace(expect, smtp=one.smtp, event=one.event)
    faults = tuple(
        fault if number in one.fired else replace(fault, may_not_fire=True)
        for number, fault in enumerate(one.scenario.faults)
    )
    return to_toml(replace(one.scenario, faults=faults, story=line(one), expect=expect))
