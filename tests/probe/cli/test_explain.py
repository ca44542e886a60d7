"""`exps explain`: codes, names and lines as administrators meet them (PROTOCOL texts, events, queues)."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from probe import causes
from probe.cli import exps
from probe.codes.kerberos import KRB_ERRORS
from probe.codes.win32 import WIN32_ERRORS
from probe.codes.windows import NT_STATUSES, SSPI_STATUSES
from probe.explain import tables as explain_tables
from probe.explain.events import EVENTS
from probe.explain.lookup import catalogue, explain, nearest, vocabulary
from probe.explain.matching import fold
from probe.explain.phrases import PHRASES
from tests.support.command_line import run_exps


def _codes(text: str) -> list[str]:
    return [item.code for item in explain(text)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("machine-key-stale", "machine-key-stale"),
        ("Machine Key Stale", "machine-key-stale"),
        ("41", "41"),
        ("0x29", "41"),
        ("KRB_AP_ERR_MODIFIED", "41"),
        ("krb_ap_err_modified", "41"),
        ("S_PRINCIPAL_UNKNOWN", "7"),
        ("LogonDenied", "LogonDenied"),
        ("logondenied", "LogonDenied"),
        ("SEC_E_LOGON_DENIED", "LogonDenied"),
        ("0x8009030C", "LogonDenied"),
        ("-2146893044", "LogonDenied"),
        ("2148074252", "LogonDenied"),
        ("0xc0000133", "0xC0000133"),
        ("STATUS_TIME_DIFFERENCE_AT_DC", "0xC0000133"),
        ("4.7.0", "4.7.0"),
        ("454", "4.7.0"),
        ("1035", "1035"),
    ],
)
def test_one_code(text: str, code: str) -> None:
    assert _codes(text) == [code]


EVENT = (
    "Inbound authentication failed with error {} for Receive connector Default EX1. The authentication"
    " mechanism is ExchangeAuth. The source IP address of the client who tried to authenticate to Microsoft"
    " Exchange is [10.4.7.0]."
)

OUTBOUND = (
    "Outbound authentication failed with error TargetUnknown for Send connector Intra-Organization SMTP"
    " Send Connector. The authentication mechanism is Gssapi. The target is SMTPSVC/ex1.contoso.lab."
)
QUEUE = (
    "[{LRT=};{LED=451 4.4.395 Target host responded with error. -> 454 4.7.0 Temporary authentication"
    " failure};{FQDN=ex1.contoso.lab};{IP=10.4.7.0}]"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("454 4.7.0 Temporary authentication failure", ["4.7.0"]),
        ("454 Temporary authentication failure", ["4.7.0"]),
        (
            '451 4.4.0 Primary target IP address responded with: "454 4.7.0 Temporary authentication failure."',
            ["4.7.0", "4.4.0"],
        ),
        (
            QUEUE,
            ["4.7.0", "4.4.395"],
        ),
        (EVENT.format("UnexpectedExchangeAuthBlob"), ["UnexpectedExchangeAuthBlob", "1035"]),
        (EVENT.format("SomethingNew"), ["SomethingNew", "1035"]),
        ("Inbound ExchangeAuth negotiation failed because of LogonDenied", ["LogonDenied"]),
        (
            OUTBOUND,
            ["TargetUnknown", "2017"],
        ),
        ("421 4.7.0 Too many errors on this connection, closing transmission channel", ["too many errors"]),
        ("504 5.7.4 Unrecognized authentication type", ["unrecognized authentication type", "5.7.4"]),
        ("Failure Code: 0x7", ["7"]),
        ("The error code was KRB_AP_ERR_TKT_EXPIRED (32)", ["32"]),
        ("SSPI said 0x80090324 here", ["TimeSkew"]),
        ("User Name: NULL, policy NONE", []),
        ("535 5.7.3 Authentication unsuccessful", ["authentication unsuccessful", "5.7.3"]),
    ],
)
def test_lines(text: str, found: list[str]) -> None:
    codes = _codes(text)
    assert len([code for code in codes if code != "inbound exchangeauth negotiation failed"]) == len(found)
    assert all(any(code.startswith(wanted) for code in codes) for wanted in found)
    assert not codes or codes[0].startswith(found[0])


def test_an_unknown_status_of_an_event_is_kept() -> None:
    first = explain(EVENT.format("SomethingNew"))[0]
    assert (first.code, first.known) == ("SomethingNew", False)


def test_every_cause_of_the_tables_is_there_and_every_key_is_known() -> None:
    groups = (
        explain_tables.KRB_CAUSES,
        explain_tables.SSPI_CAUSES,
        explain_tables.NT_CAUSES,
        explain_tables.SMTP_CAUSES,
        explain_tables.WIN32_CAUSES,
    )
    named = {code for group in groups for found in group.values() for code in found}
    named |= {code for phrase in PHRASES for code in phrase.causes}
    named |= {code for event in EVENTS for code in event.causes}
    assert named <= set(causes.codes())
    assert explain_tables.KRB_CAUSES.keys() <= KRB_ERRORS.keys()
    assert explain_tables.SSPI_CAUSES.keys() <= SSPI_STATUSES.keys()
    assert explain_tables.NT_CAUSES.keys() <= NT_STATUSES.keys()
    assert explain_tables.WIN32_CAUSES.keys() <= WIN32_ERRORS.keys()
    assert all(phrase.text == fold(phrase.text) for phrase in PHRASES)
    assert all(words == fold(words) for event in EVENTS for words in event.words)


def test_everything_listed_can_be_asked_for() -> None:
    for kind, items in catalogue().items():
        for item in items:
            assert (kind, item.code) in [(found.kind, found.code) for found in explain(item.code)]
    for name in vocabulary():
        assert explain(name), name


def test_nearest() -> None:
    assert nearest("KRB_AP_ERR_SKEWW")[0] == "KRB_AP_ERR_SKEW"
    assert "clock-skew-receiver" in nearest("clock skew")
    assert nearest("zzzzzzzz") == ()


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    explain(text)
    nearest(text)


def _run(*arguments: str) -> Any:
    return CliRunner().invoke(exps, ["explain", *arguments], standalone_mode=False)


def test_text_of_a_cause_has_all_remedies() -> None:
    output = _run("machine-key-stale").output
    for remedy in causes.load("machine-key-stale").remedies:
        assert remedy.do in output
    assert "nltest /sc_verify:<DOMAIN>" in output
    assert not re.search(r"\{[a-z_]+\}", output)


def test_text_of_a_code_names_what_to_do() -> None:
    result = _run("454", "4.7.0", "Temporary", "authentication", "failure")
    assert result.return_value == 0
    assert "Id=1035" in result.output
    assert "w32tm /resync" in _run("37").output
    assert _run("-2146893044").output.startswith("SSPI status LogonDenied")


LONG = """LastError: 451 4.4.0 Primary target IP address responded with: "454 4.7.0 Temporary authentication failure."
Event 1035: inbound authentication failed with error TimeSkew, mechanism ExchangeAuth, M\u00fcnchen
"""


def test_of_several_lines_one_is_the_answer() -> None:
    output = _run(LONG).output
    assert output.startswith("SSPI status TimeSkew")
    assert output.count("It may come from:") == 1
    assert "\n  event 1035: " in output
    assert "\n  SMTP status 4.7.0: " in output
    found = json.loads(_run("--json", LONG).output)["found"]
    assert [item["beside"] for item in found] == [False, *[True] * (len(found) - 1)]
    assert "beside" not in _run("37").output, "a number that means several things is told in full"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_file_and_standard_input(codec: str, tmp_path: Path) -> None:
    path = tmp_path / "event.txt"
    path.write_bytes(LONG.replace("\n", "\r\n").encode(codec))
    due = _run(LONG).output
    assert _run("--file", str(path)).output == due
    for arguments in (("explain", "-"), ("explain",)):
        result = CliRunner().invoke(exps, arguments, input=path.read_bytes(), standalone_mode=False)
        assert result.output == due


def test_of_a_long_log_both_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "smtp.log"
    path.write_text("a word\n" * 20_000 + "failed because of TimeSkew\n", encoding="utf-8")
    result = run_exps("explain", "--file", str(path))
    assert result.output.startswith("SSPI status TimeSkew")
    assert "the first and last 32768 are read" in result.errors


def test_files_that_cannot_be_explained(tmp_path: Path) -> None:
    for contents, says in ((b"", "empty"), (b"\xff\xfea", "neither UTF-8"), (b"flubber", "is not known")):
        path = tmp_path / "x"
        path.write_bytes(contents)
        result = run_exps("explain", "--file", str(path))
        assert (result.status, result.errors.count("\n")) == (3, 1)
        assert says in result.errors
    assert "--file FILE" in run_exps("explain", "41", "--file", "x").errors


def test_help_teaches() -> None:
    output = CliRunner().invoke(exps, ["explain", "--help"]).output
    for word in (
        "Get-Queue",
        "Get-WinEvent",
        "setspn",
        "klist",
        "standard input",
        "--file",
        "1035",
        "NETLOGON",
    ):
        assert word in output


def test_json() -> None:
    document = json.loads(_run("--json", "37").output)
    assert document["schema"] == "exps.explain/1"
    assert document["found"][0]["causes"][0]["code"] == "clock-skew-receiver"
    assert document["found"][0]["causes"][0]["remedy"][0]["command"].startswith("w32tm")


def test_list() -> None:
    output = _run("--list").output
    assert all(code in output for code in causes.codes())
    assert "KRB_AP_ERR_SKEW" in output
    assert "cause" in json.loads(_run("--list", "--json").output)["list"]


@pytest.mark.parametrize("arguments", [(), ("",), ("flubber",), ("--list", "41"), ("99999",), ("\x1b[31m",)])
def test_unknown_is_one_line(arguments: tuple[str, ...]) -> None:
    result = run_exps("explain", *arguments)
    assert (result.status, result.output) == (3, "")
    assert result.errors.count("\n") == 1
    assert "\x1b" not in result.errors


def test_help_does_not_import_what_the_commands_need() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from probe.cli import exps;"
        "CliRunner().invoke(exps, ['--help']);"
        "print([name for name in sys.modules if name.startswith(('probe.wire', 'probe.explain', 'probe.causes'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
