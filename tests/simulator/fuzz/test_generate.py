from collections import Counter
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from simulator.cli.tables import known_causes
from simulator.fuzz.draws import weights
from simulator.fuzz.parts import parts, without
from simulator.run.fuzz import draw
from simulator.scenario import load
from simulator.scenario.values import Scenario
from simulator.scenario.write import to_toml

LABS = 600


@cache
def drawn() -> tuple[Scenario, ...]:
    return tuple(draw(3, index) for index in range(LABS))


def test_the_same_seed_draws_the_same_lab() -> None:
    for index in range(40):
        assert to_toml(draw(7, index)) == to_toml(draw(7, index))


def test_another_seed_or_index_draws_another() -> None:
    texts = {to_toml(draw(seed, index)).split("\n", 1)[1] for seed in (1, 2) for index in range(20)}
    assert len(texts) > 35


def test_a_seed_means_the_same_labs_on_every_machine() -> None:
    # Of our own making: it changes with the generator, and with nothing else. Whoever changes that, knows by this that
    # the seeds of all notes mean other labs from now on.
    text = "".join(to_toml(draw(1, index)) for index in range(20))
    assert sha256(text.encode()).hexdigest()[:16] == "3a5d06c4e4b516cf"


def test_what_is_written_reads_as_what_was_drawn(tmp_path: Path) -> None:
    for lab in drawn()[:100]:
        path = tmp_path / f"{lab.name}.toml"
        path.write_text(to_toml(lab), encoding="utf-8")
        assert load(path, causes=known_causes()) == lab


def test_every_kind_of_fault_comes() -> None:
    assert {fault.KIND for lab in drawn() for fault in lab.faults} == set(weights())


@pytest.mark.parametrize(("faults", "percent"), [(0, 10), (1, 40), (2, 30), (3, 14), (4, 6)])
def test_most_labs_have_one_fault_or_two(faults: int, percent: int) -> None:
    found = Counter(len(lab.faults) for lab in drawn())
    assert 100 * found[faults] / LABS == pytest.approx(percent, abs=6)


def test_labs_differ_in_everything_else() -> None:
    labs = drawn()
    assert {len(lab.kdcs) for lab in labs} == {1, 2, 3, 4, 5}
    assert {lab.probe.credentials for lab in labs} == {"keytab", "password", "ccache", "none"}
    mechanisms = {"auto", "exchangeauth", "exps-gssapi", "auth-gssapi", "ntlm", "none"}
    assert {lab.probe.mechanism for lab in labs} == mechanisms
    assert {lab.probe.tls for lab in labs} == {"auto", "x-anonymoustls", "starttls", "none"}
    assert {lab.connectors[0].extended_protection for lab in labs} == {"none", "allow", "require"}
    assert {bool(lab.trusts) for lab in labs} == {True, False}
    assert any(lab.realm_of("EX1") != lab.realm for lab in labs)


def test_a_lab_without_its_parts_has_nothing_left_to_blame() -> None:
    for lab in drawn()[:100]:
        mended = without(lab, parts(lab))
        assert not mended.faults
        assert not parts(mended)
