"""The README's command with a keytab alone, on a host whose own name no KDC knows: a healthy receiver stays healthy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probe.tickets.files import keytab
from tests.support.command_line import run_exps
from tests.support.running_lab import running_lab


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with running_lab("healthy", tmp_path_factory.mktemp("lab")) as said:
        yield said


def probed(ready: dict[str, Any], file: Path, *more: str) -> dict[str, Any]:
    connector, kdc = ready["connectors"][0], ready["kdcs"][0]
    ports = (f"--connect=127.0.0.1:{connector['port']}", f"--kdc=127.0.0.1:{kdc['port']}")
    ended = run_exps("probe", connector["fqdn"], *ports, f"--keytab={file}", "--json", *more)
    report = ended.report()
    assert (ended.status, report["status"], report["verdict"]["cause"]) == (0, "ok", "healthy"), report[
        "verdict"
    ]
    return report


def handshakes(report: dict[str, Any]) -> list[tuple[str, str]]:
    steps = [step for step in report["steps"] if step["kind"] == "handshake"]
    return [(step["detail"]["mechanism"], step["outcome"]) for step in steps]


@pytest.mark.parametrize("effort", [(), ("--quick",), ("--thorough",)])
def test_the_name_comes_from_the_keytab(ready: dict[str, Any], effort: tuple[str, ...]) -> None:
    report = probed(ready, Path(ready["state"]) / "EX2.keytab", *effort)
    assert handshakes(report)[0] == ("EXCHANGEAUTH", "ok")


def test_a_keytab_of_the_account_alone_gives_a_guess_that_happens_to_be_right(
    ready: dict[str, Any], tmp_path: Path
) -> None:
    report = probed(ready, alone(Path(ready["state"]) / "EX2.keytab", tmp_path))
    assert handshakes(report)[0] == ("EXCHANGEAUTH", "ok")


def test_a_guess_that_no_kdc_knows_leaves_exchangeauth_out_with_a_word(ready: dict[str, Any]) -> None:
    report = probed(ready, Path(ready["state"]) / "alice.keytab")
    assert handshakes(report) == [("EXCHANGEAUTH", "skipped"), ("GSSAPI", "ok")]
    (skipped,) = [step for step in report["steps"] if step["outcome"] == "skipped"][:1]
    assert "--ehlo" in skipped["detail"]["problem"]


def alone(file: Path, folder: Path) -> Path:
    """The account's own entries, as `ktpass` and many a script leave them: without the SPNs."""
    held = keytab.read(file.read_bytes())
    kept = [entry for entry in held.entries if len(entry.principal.components) == 1]
    assert 0 < len(kept) < len(held.entries)
    copy = folder / "alone.keytab"
    copy.write_bytes(keytab.write(keytab.Keytab(entries=tuple(kept))))
    return copy
