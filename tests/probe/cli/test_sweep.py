"""The command: its files, its table and its exit status."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probe.cli.sweep import LEFT_OUT, command
from probe.run import sweep
from probe.settings.options import ProbeOptions
from probe.tickets.client.results import Problem, TicketError
from probe.tickets.client.transport import KdcEndpoint
from probe.trace import Target, Trace
from tests.support.command_line import ROOT
from tests.support.exps import Exps
from tests.support.traces import connect, failing, healthy, trace

RATE = ("--rate", "100/s")
SILENT = trace(connect())


class Recorded:
    """Stands for each run: what it was asked for, and the trace that a name gives."""

    def __init__(self, traces: Mapping[str, Trace]) -> None:
        self.traces = traces
        self.asked: list[ProbeOptions] = []

    async def __call__(self, options: ProbeOptions) -> Trace:
        self.asked.append(options)
        target = Target(name=options.name, host=options.name, port=options.port)
        return replace(self.traces.get(options.name, healthy()), target=target)

    @property
    def names(self) -> list[str]:
        return [options.name for options in self.asked]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    fake = Recorded({"bad": failing(), "unknown": SILENT})
    original = sweep.sweep
    monkeypatch.setattr(sweep, "sweep", lambda targets, **more: original(targets, examine=fake, **more))
    return fake


def written(folder: Path, text: str) -> str:
    path = folder / "targets.txt"
    path.write_text(text)
    return str(path)


def reports(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_targets_are_lines_and_results_are_a_table(exps: Exps, recorded: Recorded, tmp_path: Path) -> None:
    targets = written(tmp_path, "# all\nmail1  # the first\n\n  bad:2525\r\nMAIL1:25\n")
    result = exps("sweep", targets, *RATE, "--no-ntlm", "--realm", "contoso.com")
    assert result.status == 2
    assert [(asked.name, asked.port) for asked in recorded.asked] == [("mail1", 25), ("bad", 2525)]
    assert {(asked.realm, asked.ask_ntlm) for asked in recorded.asked} == {("CONTOSO.COM", False)}
    rows = [line.split() for line in result.out.splitlines()]
    assert rows[0] == ["target", "status", "cause", "certainty", "ms"]
    assert rows[1][:4] == ["mail1:25", "ok", "healthy", "certain"]
    assert rows[2][:2] == ["bad:2525", "failure"]
    assert sorted(line.split()[0] for line in result.err.splitlines()) == ["bad:2525", "mail1:25"]


def test_each_targets_realm_is_its_own_where_none_is_named(
    exps: Exps, recorded: Recorded, tmp_path: Path
) -> None:
    exps("sweep", written(tmp_path, "ex1.contoso.com\nex1.fabrikam.com\n"), *RATE)
    assert [asked.realm for asked in recorded.asked] == ["CONTOSO.COM", "FABRIKAM.COM"]
    assert len({asked.ehlo_name for asked in recorded.asked}) == 1


def test_the_realm_is_settled_before_the_kdcs_are_sorted_by_it(
    exps: Exps, recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who logs on has a realm; the targets' own domains say nothing about whose KDC an option names."""

    async def once(options: ProbeOptions) -> object:
        return replace(options.credentials, secret=None, cache=b"the ticket")

    monkeypatch.setattr(sweep, "log_on_once", once)
    result = exps(
        *("sweep", written(tmp_path, "m1.fabrikam.com\nm2.fabrikam.com\nm3.contoso.com\n"), *RATE),
        *("--user", "alice@contoso.com", "--password-file", "-"),
        *("--kdc", "dc0", "--kdc", "contoso.com=dc1", "--kdc", "fabrikam.com=dc7"),
        stdin=b"secret\n",
    )
    assert result.status == 0
    assert [asked.realm for asked in recorded.asked] == ["CONTOSO.COM"] * 3
    assert [asked.kdcs for asked in recorded.asked] == [(KdcEndpoint("dc0"), KdcEndpoint("dc1"))] * 3
    others = [dict(asked.other_kdcs) for asked in recorded.asked]
    assert others == [{"FABRIKAM.COM": (KdcEndpoint("dc7"),)}] * 3


def test_without_credentials_each_targets_realm_sorts_the_kdcs(
    exps: Exps, recorded: Recorded, tmp_path: Path
) -> None:
    kdcs = ("--kdc", "contoso.com=dc1", "--kdc", "fabrikam.com=dc7")
    exps("sweep", written(tmp_path, "m1.contoso.com\nm2.fabrikam.com\n"), *RATE, *kdcs)
    assert [(asked.kdcs, set(asked.other_kdcs)) for asked in recorded.asked] == [
        ((KdcEndpoint("dc1"),), {"FABRIKAM.COM"}),
        ((KdcEndpoint("dc7"),), {"CONTOSO.COM"}),
    ]


@pytest.mark.parametrize(
    ("targets", "status"),
    [("good", 0), ("good\nunknown", 3), ("bad\nunknown\ngood", 2)],
    ids=["healthy", "unknown", "failure"],
)
def test_the_exit_status_is_the_worst(
    exps: Exps, recorded: Recorded, tmp_path: Path, targets: str, status: int
) -> None:
    assert exps("sweep", written(tmp_path, targets), *RATE).status == status
    assert recorded.names == targets.split()


def test_a_report_a_line_and_no_target_twice(exps: Exps, recorded: Recorded, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    assert exps("sweep", written(tmp_path, "bad\n"), *RATE, "--out", str(out)).status == 2
    out.write_bytes(out.read_bytes() + b'{"schema": "exps.rep')  # as a killed sweep leaves it
    again = exps("sweep", written(tmp_path, "good\nBAD\n"), *RATE, "--out", str(out), "--resume")
    assert (again.status, recorded.names) == (2, ["bad", "good"]), "what was found before counts"
    assert [report["schema"] for report in reports(out)] == ["exps.report/1"] * 2
    assert [report["target"]["name"] for report in reports(out)] == ["bad", "good"]
    assert [line.split()[0] for line in again.out.splitlines()] == ["target", "good:25", "bad:25"]
    nothing_left = exps("sweep", written(tmp_path, "good\n"), *RATE, "--out", str(out), "--resume")
    assert (nothing_left.status, nothing_left.err, recorded.names) == (0, "", ["bad", "good"])


def test_results_are_not_mixed(exps: Exps, recorded: Recorded, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    out.write_text("{}\n")
    targets = written(tmp_path, "good")
    assert "has results already" in exps("sweep", targets, "--out", str(out)).complaint
    complaint = exps("sweep", targets, "--out", str(out), "--resume").complaint
    assert complaint == f"exps: {out}: line 1: no report of exps sweep"
    assert out.read_text() == "{}\n"
    assert not recorded.asked


@pytest.mark.parametrize(
    ("targets", "arguments", "says"),
    [
        ("mail1\n# x\na b\n", [], "targets.txt: line 3: TARGET: 'a b' is no HOST"),
        ("# nothing\n", [], "targets.txt: no targets"),
        ("mail1", ["--rate", "0"], "--rate: '0' is no number above 0"),
        ("mail1", ["--rate", "nan"], "--rate: 'nan'"),
        ("mail1", ["--rate", "5/min"], "--rate: '5/min'"),
        ("mail1", ["--concurrency", "0"], "'--concurrency': 0 is not in the range"),
        ("mail1", ["--resume"], "--resume needs --out FILE"),
        ("mail1", ["--out", "/no/such/folder/out"], "/no/such/folder/out: No such file"),
        ("mail1", ["--inject", "replay"], "No such option"),
        ("mail1", ["--user", "a@B.C"], "--user needs --password-file"),
    ],
)
def test_bad_input_is_one_line(
    exps: Exps, recorded: Recorded, tmp_path: Path, targets: str, arguments: list[str], says: str
) -> None:
    assert says in exps("sweep", written(tmp_path, targets), *arguments).complaint
    assert not recorded.asked


def test_standard_input_is_read_once(exps: Exps, recorded: Recorded, tmp_path: Path) -> None:
    assert exps("sweep", "-", *RATE, stdin=b"\xef\xbb\xbfgood\n").status == 0
    assert recorded.names == ["good"]
    both = exps("sweep", "-", "--user", "a@B.C", "--password-file", "-", stdin=b"good\n")
    assert "cannot both be standard input" in both.complaint
    assert "not UTF-8" in exps("sweep", "-", stdin=b"\xff\n").complaint


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_targets_as_powershell_and_editors_write_them(
    exps: Exps, recorded: Recorded, codec: str, line_end: str
) -> None:
    table = ["", "Fqdn           ", "----           ", "good           # Gr\u00f6\u00dfe", "GOOD:25", ""]
    result = exps("sweep", "-", *RATE, stdin=line_end.join(table).encode(codec))
    assert (result.status, recorded.names) == (0, ["good"])
    assert ("read as Windows-1252" in result.err) == (codec == "cp1252")


def test_names_are_not_guessed(exps: Exps) -> None:
    told = exps("sweep", "-", stdin="good\nm\u00fcnchen.de\n".encode("cp1252")).complaint
    assert "standard input: line 2: not UTF-8, but Windows-1252 as it seems" in told
    assert "no targets" in exps("sweep", "-", stdin=b"Name\n----\n").complaint


def test_ntlm_would_try_the_password_at_every_target(exps: Exps, recorded: Recorded, tmp_path: Path) -> None:
    arguments = ("--user", "a@B.C", "--password-file", "-", "--mechanism", "ntlm")
    result = exps("sweep", written(tmp_path, "m1\nm2"), *arguments, stdin=b"secret\n")
    assert "--mechanism ntlm would try the password at every target" in result.complaint
    assert not recorded.asked


def test_every_target_gets_what_one_log_on_gave(
    exps: Exps, recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    async def once(options: ProbeOptions) -> object:
        tried.append(options.credentials)
        return replace(options.credentials, secret=None, cache=b"the ticket")

    monkeypatch.setattr(sweep, "log_on_once", once)
    arguments = ("--user", "alice@contoso.com", "--password-file", "-")
    targets = written(tmp_path, "m1.fabrikam.com\nm2\nm3\n")
    assert exps("sweep", targets, *RATE, *arguments, stdin=b"secret\n").status == 0
    assert len(tried) == 1
    assert len(recorded.asked) == 3
    seen = {(asked.credentials.cache, asked.credentials.secret, asked.realm) for asked in recorded.asked}
    assert seen == {(b"the ticket", None, "CONTOSO.COM")}
    assert {asked.credentials.source for asked in recorded.asked} == {"password"}


def test_a_refused_log_on_ends_it_with_a_line(
    exps: Exps, recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def once(options: ProbeOptions) -> object:
        raise TicketError(Problem.CREDENTIALS_REJECTED)

    monkeypatch.setattr(sweep, "log_on_once", once)
    arguments = ("--user", "alice@contoso.com", "--password-file", "-")
    complaint = exps("sweep", written(tmp_path, "m1"), *arguments, stdin=b"secret\n").complaint
    assert complaint == "exps: alice@CONTOSO.COM: credentials-rejected; no target was examined"
    assert not recorded.asked


def test_it_takes_what_a_probe_takes_but_for_what_is_for_one_target() -> None:
    names = {option.name for option in command.params}
    assert {"native", "keytab", "timeout", "no_ntlm"} <= names
    assert not names & set(LEFT_OUT)


def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    out, program = tmp_path / "results.jsonl", (sys.executable, "-m", "probe", "sweep")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(30)
        targets = written(tmp_path, f"127.0.0.1:1\n127.0.0.1:{silent.getsockname()[1]}\n")
        process = subprocess.Popen(
            [*program, targets, "--concurrency", "1", "--rate", "100", "--out", str(out)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        connection, _ = silent.accept()  # with one at a time, the first is done by now
        with connection:
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=8)  # and not the ten seconds of a time-out
    assert process.returncode == 130
    assert [report["target"]["port"] for report in reports(out)] == [1]
    assert [line.split()[0] for line in output.splitlines()] == ["target", "127.0.0.1:1"]
    assert errors.splitlines()[-1] == "interrupted"
    assert "Traceback" not in errors
