"""The program as a whole: exit status and streams, where a process of its own matters."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probe import run
from probe.cli import COMMANDS
from probe.settings.options import ProbeOptions
from probe.trace import Trace
from tests.support.command_line import ROOT, run_exps
from tests.support.exps import Exps
from tests.support.hostile import BANNER, CLEAR_OFFER

SECRET = "correct horse battery staple"


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(30)
        yield server


def port_of(server: socket.socket) -> int:
    return int(server.getsockname()[1])


def receive(server: socket.socket, replies: list[bytes], heard: list[bytes]) -> threading.Thread:
    """Serve one connection in a thread: the banner, then a reply to each line."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(BANNER)
            for reply in replies:
                heard.append(lines.readline())
                connection.sendall(reply)
            heard.append(lines.read())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return thread


def test_without_a_command_there_is_help_and_status_3(exps: Exps) -> None:
    result = exps()
    assert (result.status, result.out) == (3, "")
    assert "Usage: exps [OPTIONS] COMMAND [ARGS]..." in result.err
    assert all(name in result.err for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["porbe"], "No such command 'porbe'"),
        (["--bogus"], "No such option '--bogus'"),
        (["diagnose"], "Missing argument 'TRACE'"),
    ],
)
def test_bad_usage_is_one_line(exps: Exps, arguments: list[str], says: str) -> None:
    complaint = exps(*arguments).complaint
    assert says in complaint
    assert "--help)" in complaint


def test_version_and_help(exps: Exps) -> None:
    version, help_text = exps("--version"), exps("-h")
    assert (version.status, help_text.status) == (0, 0)
    assert version.out.startswith("exps, version ")
    assert "0 healthy, 1 warning, 2 failure" in " ".join(help_text.out.split())


def test_a_bug_is_not_a_warning(exps: Exps, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(options: ProbeOptions) -> Trace:
        raise ZeroDivisionError(options.name)

    monkeypatch.setattr(run, "run_probe", broken)
    result = exps("probe", "mail1.contoso.com")
    assert (result.status, result.out) == (3, "")  # 1 would be "warning" to a monitoring system
    assert "ZeroDivisionError" in result.err


@pytest.mark.parametrize("error", [KeyboardInterrupt, EOFError])
def test_an_interrupted_run(exps: Exps, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    def interrupted(options: ProbeOptions) -> Trace:
        raise error(options.name)

    monkeypatch.setattr(run, "run_probe", interrupted)
    result = exps("probe", "mail1.contoso.com")
    assert (result.status, result.err.strip(), result.out) == (130, "interrupted", "")


# --- In a process of its own ----------------------------------------------------------------------------------


def test_one_json_object_and_no_secret(tmp_path: Path) -> None:
    heard: list[bytes] = []
    trace = tmp_path / "trace.json"
    with listening() as server, listening() as closed:
        thread = receive(server, [CLEAR_OFFER, b"221 bye\r\n"], heard)
        kdc = port_of(closed)
        closed.close()
        arguments = ("--connect", f"127.0.0.1:{port_of(server)}", "--kdc", f"127.0.0.1:{kdc}")
        credentials = ("--user", "alice@CONTOSO.LAB", "--password-file", "-")
        ended = run_exps(
            *("probe", "ex1.contoso.lab", *arguments, *credentials, "--json", "--trace", str(trace)),
            *("--ehlo", "ex2.contoso.lab", "--timeout", "5", "--no-ntlm"),
            stdin=f"{SECRET}\n",
        )
        thread.join(10)
    assert heard == [b"EHLO ex2.contoso.lab\r\n", b"QUIT\r\n", b""]
    report = ended.report()
    assert report["schema"] == "exps.report/1"
    assert (report["target"]["address"], report["tool"]["name"]) == ("127.0.0.1", "exps")
    assert report["verdict"]["cause"] == "kdc-unreachable"
    assert ended.status == 2
    assert json.loads(trace.read_text("utf-8"))["schema"] == "exps.trace/1"
    for word in (SECRET, SECRET.split(maxsplit=1)[0]):
        assert word not in ended.output + ended.errors + trace.read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("probe", "no such host!"),
        ("probe", "mail1", "--keytab", "/no/such/keytab"),
        ("probe", "mail1", "--ccache", __file__),
        ("diagnose", __file__),
        ("probe", "mail1", "--user", "alice@A.LAB", "--password-file", os.devnull),
    ],
)
def test_bad_input_has_status_3_one_line_and_no_traceback(arguments: tuple[str, ...]) -> None:
    ended = run_exps(*arguments)
    assert (ended.status, ended.output) == (3, "")
    assert ended.errors.startswith("exps: ")
    assert ended.errors.count("\n") == 1


@pytest.mark.skipif(
    sys.platform == "win32", reason="Ctrl-C reaches a process group there, this test included"
)
@pytest.mark.parametrize("banner", [b"", BANNER])
def test_ctrl_c_is_130_and_clean(banner: bytes) -> None:
    command = [sys.executable, "-m", "probe", "probe", "ex1.contoso.lab", "--connect"]
    with listening() as server:
        process = subprocess.Popen(
            [*command, f"127.0.0.1:{port_of(server)}", "--realm", ""],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        connection, _ = server.accept()
        with connection:
            connection.settimeout(30)
            connection.sendall(banner)
            if banner:
                assert connection.recv(100).startswith(b"EHLO ")
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=5)  # and not the ten seconds of a time-out
            assert connection.recv(100) == b"", "closed, without a word"
    assert (process.returncode, output, errors.split()) == (130, b"", [b"interrupted"])


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "probe", "probe", "127.0.0.1:1", "--timeout", "2"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(30)
    assert errors == b""


def test_a_console_with_an_old_code_page() -> None:
    ended = run_exps("probe", "127.0.0.1:1", "--timeout", "2", env={"PYTHONIOENCODING": "cp437"})
    assert ended.errors == ""
    assert ended.status in (2, 3)
    assert "127.0.0.1" in ended.output
