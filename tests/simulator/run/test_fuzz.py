"""Known labs by ablation, and a short run by chance whose labs are the same every time."""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest

from simulator import scenario as scenarios
from simulator.fuzz.score import Kind
from simulator.fuzz.tell import line, scenario_file
from simulator.run.fast_forward import run_fast
from simulator.run.fuzz import FuzzOptions, Played, play, play_index
from simulator.run.runner import run
from simulator.scenario import parse
from simulator.scenario.values import Scenario

OPTIONS = FuzzOptions(seed=5)
LABS, PROCESSES = 60, 2
END = '[expect]\ncause = "undetermined"\n[lesson]\nexplain = "e"\n'
TWO_DCS = '[[kdc]]\nname = "DC1"\n[[kdc]]\nname = "DC2"\n'


def lab(*faults: str, more: str = "") -> Scenario:
    tables = "".join(f"[[fault]]\n{fault}\n" for fault in faults)
    return parse(f'title = "t"\nstory = "s"\n{more}{tables}{END}', name="x", file="x")


def played(scenario: Scenario, options: FuzzOptions = OPTIONS) -> Played:
    return run_fast(play(scenario, options))


STALE = 'kind = "stale-key"\non = "EX1"'
NO_SPN = 'kind = "missing-spn"\nspn = "SMTPSVC/ex1.contoso.lab"'
BEHIND = 'kind = "clock-skew"\non = "EX1"\noffset = "-10m"'
ALIAS = 'kind = "fqdn-mismatch"\non = "EX1"\nfqdn = "mail.contoso.lab"'
SWALLOWS = 'kind = "kdc-down"\non = "DC1"\nmode = "drop"'
NO_SMB = 'kind = "smb-down"\non = "EX1"'


@pytest.mark.parametrize(
    ("scenario", "diagnoses"),
    [
        (lab(), []),
        (lab(NO_SMB), []),
        (lab(STALE), [["machine-key-stale"]]),
        # Both have to be mended.
        (lab(STALE, BEHIND), [["clock-skew-receiver", "machine-key-stale"]]),
        # What is asked for is another name: the one that is missing is latent.
        (lab(ALIAS, NO_SPN), [["connector-fqdn-mismatch", "spn-missing"]]),
        # The receiver's own leg waits for the first domain controller longer than it may.
        (lab(SWALLOWS, more=TWO_DCS), [["kdc-unreachable", "return-leg-blocked"]]),
        # One that refuses costs nobody any time.
        (lab('kind = "kdc-down"\non = "DC1"', more=TWO_DCS), []),
        (lab('kind = "kdc-down"\non = "DC1"'), [["kdc-unreachable"]]),
        # X-EXPS GSSAPI without channel bindings, where they are required.
        (
            lab(
                NO_SMB,
                more='[[connector]]\nname = "a"\nextended_protection = "require"\n'
                '[probe]\nmechanism = "exps-gssapi"\n',
            ),
            [["bindings-rejected"]],
        ),
    ],
)
def test_what_stops_mail_in_a_lab_that_is_known(scenario: Scenario, diagnoses: list[list[str]]) -> None:
    truth = played(scenario).truth
    assert truth is not None
    assert [sorted(causes) for causes in truth.causes] == diagnoses
    assert truth.passes is (diagnoses == [])


def test_what_comes_with_the_lab_is_scored_as_right() -> None:
    for name in ("healthy", "clock-skew-receiver", "spn-missing-on-one-dc", "return-leg-blocked"):
        found = played(scenarios.load(scenarios.find(name)))
        assert found.kinds == (Kind.RIGHT,), line(found)


def test_where_nobody_logs_on_the_truth_is_the_senders() -> None:
    found = played(lab(STALE, more='[probe]\ncredentials = "none"\n'))
    assert found.truth is not None
    assert found.truth.stopping == {"machine-key-stale"}
    assert Kind.WRONG not in found.kinds


def test_a_miss_keeps_only_the_faults_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    # Any result will do for a miss; this one comes from the clock alone.
    monkeypatch.setattr("simulator.run.fuzz.MISSES", frozenset({Kind.RIGHT}))
    monkeypatch.setattr(
        "simulator.run.fuzz.draw",
        lambda _seed, _index: lab(NO_SMB, BEHIND, 'kind = "own-banner"\non = "EX1"\ntext = "mail"'),
    )
    small = play_index(FuzzOptions(seed=1, minimise=True), 0)
    assert [fault.KIND for fault in small.scenario.faults] == ["clock-skew"]


def test_a_kept_miss_runs_and_differs_in_nothing_but_the_verdict() -> None:
    found = played(lab(STALE, NO_SMB))
    kept = parse(scenario_file(found), name="kept", file="kept")
    assert all(reason.startswith("the verdict is") for reason in run(kept).reasons)


def test_a_lab_that_breaks_is_told_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = lab('kind = "etype"\naccount = "krbtgt"\netypes = [3]', more='[probe]\ncredentials = "ccache"\n')
    monkeypatch.setattr("simulator.run.fuzz.draw", lambda _seed, _index: broken)
    found = play_index(OPTIONS, 0)
    assert found.kinds == (Kind.BROKEN,)
    assert "LabError" in found.problem


@pytest.fixture(scope="module")
def by_chance() -> list[Played]:
    with ProcessPoolExecutor(PROCESSES) as pool:
        return list(pool.map(partial(play_index, OPTIONS), range(LABS)))


def told(found: list[Played]) -> str:
    return "\n".join(map(line, found))


@pytest.mark.parametrize(
    "never",
    [
        Kind.BROKEN,
        Kind.UNSOUND,
        Kind.CERTAIN_UNTRUE,
        Kind.HEALTHY_ACCUSED,
        Kind.FALSE_WARNING,
        Kind.MISSED,
    ],
)
def test_what_must_never_come(by_chance: list[Played], never: Kind) -> None:
    found = [one for one in by_chance if never in one.kinds]
    assert not found, told(found)


def test_most_verdicts_are_right(by_chance: list[Played]) -> None:
    kinds = Counter(kind for one in by_chance for kind in one.kinds)
    misses = [one for one in by_chance if one.missed]
    # A floor, as that of coverage: raise it when the verdict gets better, and lower it for nothing.
    assert len(misses) <= 6, told(misses)
    assert kinds[Kind.WRONG] + kinds[Kind.LATENT_FIRST] <= 2, told(misses)
