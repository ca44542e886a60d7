"""`exps decode` with tokens of MIT's programs and pyspnego."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from probe.cli import exps
from probe.tickets.files.keytab import Keytab, KeytabEntry, write
from probe.wire.crypto import Key
from probe.wire.kerberos import PrincipalName
from tests.support.command_line import run_exps
from tests.support.foreign_tokens import mit, ntlm, vector

AP_REQ = b64encode(mit("ap_req")).decode()
SECRETS = list(vector("mit_exchange")["keys"].values())


@pytest.fixture
def keytab(tmp_path: Path) -> Path:
    key = Key(18, bytes.fromhex(vector("mit_exchange")["keys"]["service"]))
    entry = KeytabEntry(principal=PrincipalName.parse("EX1$"), realm="CONTOSO.LAB", kvno=1, key=key)
    path = tmp_path / "ex1.keytab"
    path.write_bytes(write(Keytab(entries=(entry,))))
    return path


def _run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(exps, ["decode", *arguments], input=stdin, standalone_mode=False)


def _json(*arguments: str, stdin: bytes = b"") -> Any:
    result = _run("--json", *arguments, stdin=stdin)
    assert (result.return_value, result.exception) == (0, None)
    return json.loads(result.output)


def test_text() -> None:
    result = _run(AP_REQ)
    assert result.return_value == 0
    lines = result.output.splitlines()
    assert lines[0] == "base64, 690 octets"
    assert '    59     39      [2] sname: "SMTPSVC/ex1.contoso.lab"' in result.output
    assert "Damaged" not in result.output
    assert max(map(len, lines)) < 200


def test_an_unquoted_line_of_smtp() -> None:
    result = _run("334", b64encode(ntlm()["challenge"]).decode())
    assert result.output.startswith("server, 334: base64, ")
    assert "MsvAvTimestamp: 2026-11-24 03:44:53.1234567 UTC" in result.output


@pytest.mark.parametrize("stdin", [mit("ap_req"), AP_REQ.encode(), mit("ap_req").hex().encode() + b"\r\n"])
def test_standard_input(stdin: bytes) -> None:
    document = _json("-", stdin=stdin)
    assert document["complete"] is True
    assert document["tokens"][0]["tree"]["name"] == "AP-REQ"


def test_keytab(keytab: Path) -> None:
    result = _run("--keytab", str(keytab), AP_REQ)
    assert "decrypted EncTicketPart: with the key of EX1$@CONTOSO.LAB kvno 1" in result.output
    assert "[5] ctime: 2026-11-23 21:51:56 UTC" in result.output
    assert "AD-WIN2K-PAC" in result.output
    assert not [secret for secret in SECRETS if secret in result.output]


def test_secrets_only_when_asked_for(keytab: Path) -> None:
    shown = _run("--keytab", str(keytab), "--include-secrets", AP_REQ).output
    assert vector("mit_exchange")["keys"]["service_session"] in shown
    assert vector("mit_exchange")["keys"]["service"] not in shown


def test_damage() -> None:
    result = _run(AP_REQ[:200])
    assert result.return_value == 0
    assert "Damaged, in 2 places:" in result.output
    document = _json(AP_REQ[:200])
    assert document["complete"] is False
    assert document["tokens"][0]["problems"][0]["offset"] == 0


def test_a_dialogue_opens_the_answer_too(keytab: Path) -> None:
    dialogue = f"X-EXPS GSSAPI {AP_REQ}\n334 {b64encode(mit('ap_rep')).decode()}\n235 2.7.0 Done\n"
    result = _run("--keytab", str(keytab), "-", stdin=dialogue.encode())
    assert "decrypted EncAPRepPart: with the ticket's session key" in result.output


def test_lines_and_senders_are_shown() -> None:
    dialogue = f"C: X-EXPS GSSAPI\nS: 334 GSSAPI supported\nC: {AP_REQ}\nS: 334 {b64encode(mit('ap_rep')).decode()}\n"
    shown = _run("-", stdin=dialogue.encode()).output
    assert "line 3, client, X-EXPS GSSAPI: base64, 690 octets" in shown
    assert "line 4, server, 334: base64, " in shown
    first, second = _json("-", stdin=dialogue.encode())["tokens"]
    assert (first["line"], first["line_number"], first["sender"]) == ("X-EXPS GSSAPI", 3, "client")
    assert first["kind"] == "Kerberos AP-REQ"
    assert (second["line"], second["line_number"], second["sender"]) == ("334", 4, "server")
    assert _json(AP_REQ)["tokens"][0]["line_number"] is None


def test_of_several_tokens_each_is_named_first(tmp_path: Path) -> None:
    path = tmp_path / "dialogue.txt"
    path.write_text(
        f"C: AUTH GSSAPI {AP_REQ}\r\nS: 334 {b64encode(mit('ap_rep')[:90]).decode()}\r\n", "utf-16"
    )
    shown = _run("--file", str(path)).output.splitlines()
    assert shown[:4] == [
        "2 tokens:",
        "  line 1, client, AUTH GSSAPI: base64, 690 octets: Kerberos AP-REQ",
        "  line 2, server, 334: base64, 90 octets: Kerberos AP-REP, cut",
        "",
    ]
    assert "The token is cut: 49 of 139 octets are missing." in shown
    assert _json("--file", str(path))["tokens"][1]["cut"] == "49 of 139 octets are missing"
    assert "2 tokens" not in _run(AP_REQ).output


def test_a_pipe_needs_no_dash() -> None:
    assert _run(stdin=AP_REQ.encode()).output == _run(AP_REQ).output
    assert "not both" in run_exps("decode", AP_REQ, "--file", "x").errors
    assert "empty" in run_exps("decode").errors


@pytest.mark.parametrize(
    "text", ["760c300aa003020105a103020116", "76 0C 30 0A A0 03 02 01 05 A1 03 02 01 16"]
)
def test_a_message_that_is_no_log_on_is_named(text: str) -> None:
    assert "KRB-CRED" in _run("-", stdin=text.encode()).output


def test_a_password_is_not_shown() -> None:
    # AUTH PLAIN of alice with a password; what is not a token is refused and not repeated.
    result = run_exps("decode", "AUTH PLAIN AGFsaWNlAEh1bnRlcjIhIQ==")
    assert result.status == 3
    assert "Hunter" not in result.output + result.errors
    assert b"Hunter2!!".hex() not in result.output + result.errors


@pytest.mark.parametrize(
    "arguments",
    [("hello",), ("no token here",), ("334 NTLM supported",), ("",), ("!!!",), ("YWJjZGVmZ2hpamts",), ()],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...]) -> None:
    result = run_exps("decode", *arguments)
    assert (result.status, result.output) == (3, "")
    assert result.errors.count("\n") == 1
    assert result.errors.startswith("exps: ")


@pytest.mark.parametrize("contents", [b"", b"\x05\x02\x00", b"no keytab", None])
def test_bad_keytab_is_one_line_that_names_it(tmp_path: Path, contents: bytes | None) -> None:
    path = tmp_path / "bad.keytab"
    if contents is not None:
        path.write_bytes(contents)
    result = run_exps("decode", "--keytab", str(path), AP_REQ)
    assert (result.status, result.errors.count("\n")) == (3, 1)
    assert "bad.keytab" in result.errors


def test_a_peer_cannot_steer_the_terminal() -> None:
    evil = mit("ap_req").replace(b"ex1.contoso.lab", b"ex1\x1b[31m\r\n\x9blab")
    result = run_exps("decode", evil.hex())
    assert result.status == 0
    assert "\x1b" not in result.output
    assert "ex1\\x1b[31m\\r\\n" in result.output
    assert "\x9b" not in result.output


def test_a_terminal_without_unicode() -> None:
    evil = mit("ap_req").replace(b"ex1.contoso.lab", "ex1.cont\u00f6\u20ac.l".encode())
    result = run_exps("decode", evil.hex(), env={"PYTHONIOENCODING": "ascii"})
    assert (result.status, result.errors) == (0, "")
    assert "cont\\xf6\\u20ac" in result.output
