import json
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator import scenario
from simulator.cli import lab
from simulator.cli.fuzz import fuzz_labs
from simulator.fuzz.score import Kind
from simulator.run.fuzz import FuzzOptions, Played, draw

command = import_module("simulator.cli.fuzz")
"""The module: in its package its name is the command's."""


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(lab, ["fuzz", *arguments])


def kinds(*each: tuple[Kind, ...]) -> list[Played]:
    return [
        Played(index=index, scenario=draw(1, index), kinds=found, fired=frozenset({0}))
        for index, found in enumerate(each)
    ]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> list[Played]:
    """Labs whose result is known beforehand, by their index."""
    labs = kinds((Kind.RIGHT,), (Kind.UNDETERMINED,), (Kind.WRONG, Kind.CERTAIN_UNTRUE), (Kind.RIGHT,))
    monkeypatch.setattr(command, "play_index", lambda _options, index: labs[index])
    return labs


def run(*indices: int, keep: Path | None = None, as_json: bool = False, everything: bool = False) -> int:
    return fuzz_labs(indices, FuzzOptions(seed=1), jobs=1, keep=keep, as_json=as_json, everything=everything)


@pytest.mark.usefixtures("known")
def test_the_status_is_two_where_an_invariant_does_not_hold() -> None:
    assert run(0, 1, 3) == 0
    assert run(0, 1, 2, 3) == 2


@pytest.mark.usefixtures("known")
def test_a_line_a_miss_and_the_score_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    run(0, 1, 2, 3)
    out = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in out[:2]] == ["#1 undetermined", "#2 wrong, certain-untrue"]
    assert out[-1] == (
        "score: 2 of 4 right (50.0 %), 1 undetermined or a tie, 1 certain and untrue, 1 that break an invariant"
    )


@pytest.mark.usefixtures("known")
def test_one_lab_is_told_whatever_it_came_to(capsys: pytest.CaptureFixture[str]) -> None:
    run(0, everything=True)
    assert capsys.readouterr().out.startswith("#0 right:")


@pytest.mark.usefixtures("known")
def test_each_miss_is_kept_as_a_scenario_that_loads(tmp_path: Path) -> None:
    run(0, 1, 2, 3, keep=tmp_path / "misses")
    kept = sorted((tmp_path / "misses").iterdir())
    assert [path.name for path in kept] == ["fuzz-1-1.toml", "fuzz-1-2.toml"]
    assert [scenario.load(path).faults != () for path in kept]


@pytest.mark.usefixtures("known")
def test_json_is_one_object_with_every_lab(capsys: pytest.CaptureFixture[str]) -> None:
    run(0, 1, 2, 3, as_json=True)
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert (document["seed"], document["effort"]) == (1, "default")
    assert [one["index"] for one in document["labs"]] == [0, 1, 2, 3]
    assert document["score"]["violations"] == 1
    assert "#2 wrong" in captured.err


def test_what_is_interrupted_tells_what_is_known(
    known: list[Played], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def play(_options: FuzzOptions, index: int) -> Played:
        if index == 3:
            raise KeyboardInterrupt
        return known[index]

    monkeypatch.setattr(command, "play_index", play)
    assert run(0, 1, 2, 3) == 2
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1].startswith("score: 1 of 3 right")
    assert "interrupted" in captured.err


def test_progress_is_told_every_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    progress = command.Progress(4, clock=lambda: now[0])
    labs = kinds((Kind.RIGHT,), (Kind.RIGHT,), (Kind.RIGHT,), (Kind.RIGHT,))
    for moment, count in ((4.0, 1), (12.0, 2), (13.0, 3), (30.0, 4)):
        now[0] = moment
        progress.tell(labs[:count])
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("2 of 4 labs, 12 s left; score: 2 of 2 right (100.0 %), 0 undetermined")


def test_labs_side_by_side_come_to_the_same_as_one_after_the_other() -> None:
    found = [
        sorted((one.index, one.kinds) for one in command.play_all(range(3), FuzzOptions(seed=2), jobs=jobs))
        for jobs in (1, 2)
    ]
    assert found[0] == found[1]


def test_help_teaches() -> None:
    text = invoke("--help").output
    for due in ("exps lab fuzz --runs 300 --seed 7 --keep misses", "--only 41", "Exit status 0", "--twice"):
        assert due in text


def test_a_lab_from_the_command_line() -> None:
    result = invoke("--seed", "1", "--only", "0", "--jobs", "1")
    assert result.exit_code in (0, 2)
    assert result.output.startswith("#0 ")
    assert result.output.splitlines()[-1].startswith("score: ")


def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = invoke("--only", "0", "--keep", str(tmp_path / "file" / "misses"))
    assert result.exit_code == 3
    assert "Traceback" not in result.output
