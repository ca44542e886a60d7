"""The truth of a lab: what stops mail, found by ablation, and which causes are true (PURE).

`diagnose` is a generator: it yields a set of parts to be taken out, is sent whether the log-on passes without them,
and returns the smallest sets whose removal lets it pass. Supersets of a set that was found are not asked about.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import combinations

from simulator.faults.covers import judge_clocks
from simulator.fuzz.parts import Part, parts, without
from simulator.fuzz.surroundings import logs_on, surroundings_of
from simulator.scenario.values import Scenario

Removed = tuple[Part, ...]
Ablation = Generator[Removed, bool, tuple[Removed, ...]]


class Unsound(Exception):
    """The log-on does not even pass with everything mended: the draw is at fault, and shows nothing."""


def diagnose(found: Sequence[Part]) -> Ablation:
    """The diagnoses; empty where mail passes as it is. Raises Unsound."""
    if (yield ()):
        return ()
    diagnoses: list[Removed] = []
    for size in range(1, len(found) + 1):
        for chosen in combinations(found, size):
            if any(set(map(id, known)) <= set(map(id, chosen)) for known in diagnoses):
                continue
            if (yield chosen):
                diagnoses.append(chosen)
    if not diagnoses:
        raise Unsound
    return tuple(diagnoses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of a lab. Causes are codes of the catalogue."""

    diagnoses: tuple[tuple[str, ...], ...]
    """The names of the parts of each smallest set that stops mail; empty where mail passes."""
    causes: tuple[frozenset[str], ...]
    """The causes that name something of each diagnosis."""
    true: frozenset[str]
    """Everything that is true, the latent things too."""
    near: frozenset[str]
    """What may be warned of as well."""
    unprovable: frozenset[str]
    """What is true and cannot be proven."""
    settled: bool = True
    """Another run of the lab has to come to the same: no two clocks are at the very limit."""
    tried: bool = True
    """The probe logs on as somebody; where it does not, most cannot be seen."""

    @property
    def passes(self) -> bool:
        """Mail passes."""
        return not self.diagnoses

    @property
    def stopping(self) -> frozenset[str]:
        """Every cause that may come first."""
        return frozenset(cause for causes in self.causes for cause in causes)


def truth_of(scenario: Scenario, diagnoses: Sequence[Removed]) -> Truth:
    """What is true, from the diagnoses and from what each fault says of itself."""
    lab = surroundings_of(scenario)
    everything = parts(scenario)
    near = frozenset(cause for fault in scenario.faults for cause in fault.near(lab))
    hiding = frozenset(cause for fault in scenario.faults for cause in fault.hides(lab))
    unprovable = frozenset(cause for fault in scenario.faults for cause in fault.unprovable(lab))
    return Truth(
        diagnoses=tuple(tuple(part.name for part in found) for found in diagnoses),
        causes=tuple(_causes_of(scenario, found, everything) | hiding for found in diagnoses),
        true=_true(scenario, everything),
        near=near,
        unprovable=unprovable,
        settled=not judge_clocks(lab).undecided,
        tried=logs_on(scenario.probe),
    )


def _true(scenario: Scenario, among: Sequence[Part]) -> frozenset[str]:
    """What these parts make true together, in the scenario as it stands."""
    lab = surroundings_of(scenario)
    return frozenset(
        cause for part in among for cause in (part.causes if part.fault is None else part.fault.causes(lab))
    )


def _causes_of(scenario: Scenario, found: Removed, everything: Sequence[Part]) -> frozenset[str]:
    """What a diagnosis is called: what it makes true with the others there, and what it would make true alone.

    Clocks are judged together, so a latent one must not lend its cause to one that stops mail: only what is gone
    with the diagnosis counts.
    """
    numbers = {part.number for part in found}
    alone = without(scenario, [part for part in everything if part.number not in numbers])
    mended = without(scenario, found)
    together, left = _true(scenario, found), _true(mended, parts(mended))
    settings = frozenset(cause for part in found if part.fault is None for cause in part.causes)
    own = _true(alone, [part for part in parts(alone) if part.fault is not None])
    return own | (together - left) | settings | _related(scenario, found, everything)


def _related(scenario: Scenario, found: Removed, everything: Sequence[Part]) -> frozenset[str]:
    """What the others make true that are about the same name: a name that is taken away here and given to another
    there has changed hands, whichever of the two stops mail."""
    names = {_subject(part) for part in found} - {""}
    return _true(scenario, [part for part in everything if _subject(part) in names])


def _subject(part: Part) -> str:
    return str(getattr(part.fault, "spn", "")).lower()
