import importlib.machinery
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "compare-behaviour"
SCENARIO = "tls-failed-refused"
"""One whose run takes a moment."""


def compare(before: Path, after: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    pythons = ("--python", sys.executable, "--python", sys.executable)
    command = [sys.executable, str(SCRIPT), str(before), str(after), *pythons, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A copy of this checkout, to change something in."""
    for folder in ("probe", "simulator", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_checkout_behaves_like_itself() -> None:
    done = compare(ROOT, ROOT, SCENARIO)
    assert (done.stdout, done.returncode) == ("1 scenarios compared, 0 differ\n", 0), done.stderr


def test_a_changed_word_is_shown_where_it_appears(changed: Path) -> None:
    words = changed / "probe" / "report" / "text.py"
    text = words.read_text(encoding="utf-8")
    assert '"What to do"' in text
    words.write_text(text.replace('"What to do"', '"What you do"'), encoding="utf-8")
    done = compare(ROOT, changed, SCENARIO, "--attempts", "1")
    lines = done.stdout.splitlines()
    # One attempt: what a busy machine makes differ besides is not what this is about.
    assert lines[:2] == [f"--- before/{SCENARIO}", f"+++ after/{SCENARIO}"], done.stderr
    assert {"-What to do", "+What you do"} <= set(lines)
    assert (lines[-1], done.returncode) == ("1 scenarios compared, 1 differ", 1)


def test_a_scenario_that_only_one_side_has_differs(changed: Path) -> None:
    (changed / "scenarios" / f"{SCENARIO}.toml").unlink()
    done = compare(ROOT, changed, SCENARIO)
    assert done.stdout.splitlines() == [
        f"{SCENARIO}: is a scenario of {ROOT} only",
        "1 scenarios compared, 1 differ",
    ], done.stderr
    assert done.returncode == 1


def test_a_side_without_an_interpreter_is_bad_usage(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), str(ROOT), str(tmp_path), "--python", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "there is no such file" in done.stderr


# What is made alike, and what is not.


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("compare_behaviour", str(SCRIPT))
    spec = importlib.util.spec_from_loader("compare_behaviour", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["compare_behaviour"] = module  # its dataclass looks itself up there
    loader.exec_module(module)
    return module


@pytest.fixture
def alike(script: ModuleType) -> Any:
    ready = {
        "connectors": [{"name": "EX1", "port": 45001, "smb": 45002}],
        "kdcs": [{"name": "DC1", "port": 20001}],
        "dns": {"host": "127.0.0.1", "port": 45003},
    }
    step = {"id": "kdc-7", "kind": "kdc", "detail": {"kdc": "127.0.0.1:20001", "sent_octets": 143}}
    output = script.json.dumps({"steps": [step]})
    return script.Alike({"folder": "/tmp/x1", "ready": ready, "probe": {"output": output}})


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("127.0.0.1:20001 answers", "127.0.0.1:<DC1 port> answers"),
        ("127.0.0.1:51234 asks", "127.0.0.1:<port> asks"),
        ("port 45002", "port <EX1 smb>"),
        ("see [kdc-7]", "see [kdc of 127.0.0.1:<DC1 port>]"),
        ("ready at Tue, 1 Dec 2026 00:08:18 +0000", "ready at <date>"),
        ("password set 2026-11-25 17:12:36 UTC", "password set <date> UTC"),
        ("+0.1 s ± 0.3 s", "0s ± 0s"),
        ("10 min 3 s behind", "10 min behind"),
        ("key b2439ab03a674a02", "key <digest>"),
        ("/tmp/x1/state", "<folder>/state"),
        ("454 4.7.0 Temporary authentication failure", "454 4.7.0 Temporary authentication failure"),
        ("kvno 3, aes256", "kvno 3, aes256"),
        ("10 min behind", "10 min behind"),
    ],
)
def test_what_a_text_has_in_common_with_another_run(alike: Any, text: str, same: str) -> None:
    assert alike.text(text) == same


def test_a_few_octets_are_no_difference_and_many_are(script: ModuleType) -> None:
    before = ["TGS-REQ, 649 octets", '"sent_octets": 143,']
    assert script.settled(before, ["TGS-REQ, 648 octets", '"sent_octets": 150,']) == before
    assert script.settled(before, ["TGS-REQ, 700 octets", '"sent_octets": 143,'])[0] != before[0]


def test_a_session_is_compared_in_its_order_and_requests_in_none(alike: Any) -> None:
    def entry(kind: str, **detail: str) -> dict[str, Any]:
        return {"at": 1.0, "kind": kind, "party": "EX1", "detail": detail}

    said = [entry("smtp-in", session="1", line="EHLO a"), entry("smtp-out", session="1", line="250 b")]
    asked = [entry("kdc-request", server="x"), entry("kdc-request", server="y")]
    lines = list(alike.ledger([*map(dict, said), *asked]))
    assert lines[2] == "-- session"
    assert ["EHLO a" in lines[3], "250 b" in lines[4]] == [True, True]
