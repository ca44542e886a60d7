import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from simulator import scenario
from simulator.cli import demo, lab

GOOD = 'title = "t"\nstory = "s"\n[expect]\ncause = "healthy"\nsmtp = "235"\n[lesson]\nexplain = "e"\n'


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(lab, arguments)


def refused(*arguments: str) -> str:
    """The one line of a refusal, which must be status 3 and no traceback."""
    result = invoke(*arguments)
    assert result.exit_code == 3
    assert "Traceback" not in result.output
    (line,) = result.output.splitlines()
    return line


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "good.toml").write_text(GOOD)
    (tmp_path / "other.toml").write_text(GOOD.replace("healthy", "spn-missing"))
    return tmp_path


def test_list_has_every_scenario_with_title_and_cause() -> None:
    result = invoke("list")
    assert result.exit_code == 0
    lines = {line.split()[0]: line for line in result.output.splitlines()[1:]}
    assert tuple(lines) == scenario.names()
    assert "The receiver's clock is ten minutes slow" in lines["clock-skew-receiver"]
    assert lines["clock-skew-receiver"].split()[-1] == "clock-skew-receiver"
    assert "\x1b" not in result.output


def test_show_tells_story_fault_expectation_and_lesson() -> None:
    output = invoke("show", "clock-skew-receiver").output
    for due in (
        "EX1 was moved to another virtualization host",
        "fault    clock-skew: on = EX1, offset = -600.0",
        "cause    clock-skew-receiver (certain)",
        "reply    454 4.7.0",
        "event    1035 ",
        "its banner shows its clock to everybody",
        "  > w32tm /stripchart /computer:ex1",
    ):
        assert due in output


def test_an_unknown_scenario_is_one_line_with_the_nearest_name() -> None:
    for command in ("up", "show", "run"):
        assert (
            refused(command, "spn-mising")
            == 'Error: unknown scenario "spn-mising"; did you mean "spn-missing"?'
        )


def test_a_scenario_with_an_unknown_key_is_one_line_with_file_and_key(files: Path) -> None:
    bad = files / "bad.toml"
    bad.write_text(GOOD + "colour = 1\n")
    for command in ("up", "show", "run"):
        assert (
            refused(command, str(bad)) == f"Error: {bad}: lesson.colour: unknown key; allowed: check, explain"
        )


def test_an_unknown_cause_is_refused(files: Path) -> None:
    bad = files / "bad.toml"
    bad.write_text(GOOD.replace('"healthy"', '"helthy"'))
    assert refused("run", str(bad)).endswith('expect.cause: unknown cause "helthy"; did you mean "healthy"?')


@pytest.mark.parametrize(
    ("arguments", "due"),
    [
        (("--smtp", "127.0.0.1"), "--smtp: '127.0.0.1' is no address: write 127.0.0.1:2525"),
        (("--kdc", "127.0.0.1:x"), "--kdc: '127.0.0.1:x' is no address"),
        (("--smtp", "0.0.0.0:0"), "0.0.0.0:0 is not loopback"),
    ],
)
def test_up_refuses_addresses_that_it_cannot_use(arguments: tuple[str, str], due: str) -> None:
    assert due in refused("up", "healthy", *arguments)


def test_up_says_that_a_port_is_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        line = refused("up", "healthy", "--state", str(tmp_path), "--kdc", address, "--smtp", "127.0.0.1:0")
    assert line == f"Error: domain controller DC1: cannot listen on {address}: the port is in use"


def test_run_prints_a_table_and_ends_with_0(files: Path) -> None:
    result = invoke("run", str(files / "good.toml"))
    assert result.exit_code == 0
    header, row, total = result.output.splitlines()
    assert header.split() == ["scenario", "expected", "got", "certainty", "passed", "ms"]
    assert row.split()[:5] == ["good", "healthy", "healthy", "certain", "yes"]
    assert total == "1 of 1 came out as expected"


def test_run_ends_with_2_and_the_reason_when_something_else_came_out(files: Path) -> None:
    result = invoke("run", str(files / "good.toml"), str(files / "other.toml"))
    assert result.exit_code == 2
    assert "other: the verdict is healthy, spn-missing was due" in result.output
    assert "1 of 2 came out as expected" in result.output


def test_run_writes_json_and_junit(files: Path) -> None:
    junit = files / "junit.xml"
    paths = [str(files / name) for name in ("good.toml", "other.toml")]
    result = invoke("run", *paths, "--json", "--junit", str(junit))
    assert result.exit_code == 2
    document = json.loads(result.output)
    assert [(item["scenario"], item["expected"], item["got"], item["passed"]) for item in document] == [
        ("good", "healthy", "healthy", True),
        ("other", "spn-missing", "healthy", False),
    ]
    assert {"certainty", "ms"} <= document[0].keys()
    suite = ElementTree.fromstring(junit.read_text(encoding="utf-8"))  # noqa: S314 - our own file
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.get("name") for case in suite] == ["good", "other"]
    assert [case.find("failure") is not None for case in suite] == [False, True]


def test_run_prints_a_matrix(files: Path) -> None:
    output = invoke("run", str(files / "good.toml"), "--matrix").output
    assert "good " in output
    assert "clock-skew-receiver" in output
    matrix = json.loads(invoke("run", str(files / "good.toml"), "--matrix", "--json").output)
    assert matrix["checks"]["good"]["clock-skew-receiver"] == "pass"
    assert matrix["confusion"] == {"healthy": {"healthy": 1}}
    assert (matrix["figures"]["right_first"], matrix["figures"]["wrong_certain"]) == (1, [])
    assert "right cause first: 1 of 1 (100.0 %)" in output


def test_run_says_where_it_cannot_write(files: Path) -> None:
    line = refused("run", str(files / "good.toml"), "--junit", str(files / "no" / "junit.xml"))
    assert line.endswith("junit.xml: No such file or directory")


def test_run_wants_a_name_or_all() -> None:
    result = invoke("run")
    assert result.exit_code != 0
    assert "name a scenario, or say --all" in result.output


def test_demo_shows_four_scenarios_and_ends_with_0() -> None:
    result = CliRunner().invoke(demo)
    assert result.exit_code == 0, result.output
    for due in (
        "1 of 4: A healthy receive connector",
        "4 of 4: The receiver cannot read what it gets",
        "C ────▶ S",
        "Inbound authentication failed with error IllegalMessage for Receive connector Default EX1.",
        "IllegalMessage means that the receiver could not make sense of the bytes",
        "All four came out as expected",
    ):
        assert due in result.output


@pytest.fixture
def started(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    arguments = (
        "lab",
        "up",
        "healthy",
        "--state",
        str(tmp_path / "S"),
        "--smtp",
        "127.0.0.1:0",
        "--kdc",
        "127.0.0.1:0",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "probe", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": ""},
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_up_says_ready_and_ends_cleanly_on_a_signal(
    started: "subprocess.Popen[str]", number: signal.Signals
) -> None:
    assert started.stdout is not None
    word, _, text = started.stdout.readline().partition(" ")
    assert word == "READY"
    ready = json.loads(text)
    connector = ready["connectors"][0]
    with socket.create_connection((connector["host"], connector["port"]), timeout=5) as client:
        assert client.recv(4) == b"220 "
        begun = time.monotonic()
        started.send_signal(number)
        output, errors = started.communicate(timeout=10)
    assert (started.returncode, output, errors) == (0, "", "")
    assert time.monotonic() - begun < 10
