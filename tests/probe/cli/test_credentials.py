"""What matters here is what people are told; readers of keytabs and caches have tests of their own."""

import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from probe.cli.credentials import MAX_PASSWORD_BYTES, load_credentials
from probe.cli.errors import BadInput
from probe.cli.settings import ProbeSettings
from probe.tickets.secret import KeytabKeys, Password
from probe.wire.kerberos import PrincipalName
from tests.support.exps import Exps
from tests.support.mit_receiver import cached, credential

# EX2$@CONTOSO.LAB, kvno 3, aes256, key 00..1f, laid out after MIT's doc/formats/keytab_file_format.rst.
ENTRY = (
    (1).to_bytes(2, "big")
    + b"\x00\x0bCONTOSO.LAB"
    + b"\x00\x04EX2$"
    + (1).to_bytes(4, "big")
    + (0).to_bytes(4, "big")
    + b"\x03"
    + (18).to_bytes(2, "big")
    + b"\x00\x20"
    + bytes(range(32))
)
KEYTAB = b"\x05\x02" + len(ENTRY).to_bytes(4, "big") + ENTRY
SECRET = "correct horse battery staple"


def write(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def refusal(given: ProbeSettings, configured_realm: str = "") -> str:
    with pytest.raises(BadInput) as caught:
        load_credentials(given, configured_realm)
    assert SECRET not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    "contents",
    [
        SECRET.encode(),
        f"{SECRET}\n".encode(),
        f"{SECRET}\r\nand more\r\n".encode(),
        b"\xef\xbb\xbf" + SECRET.encode(),
        SECRET.encode("utf-16"),
        f"\ufeff{SECRET}\r\nand more\r\n".encode("utf-16-le"),
        f"\ufeff{SECRET}\r\nand more\r\n".encode("utf-16-be"),
    ],
)
def test_the_first_line_is_the_password(tmp_path: Path, contents: bytes) -> None:
    file = str(write(tmp_path, contents))
    credentials, realm = load_credentials(ProbeSettings(user="alice@contoso.lab", password_file=file), "")
    assert (credentials.source, credentials.principal, realm) == (
        "password",
        PrincipalName.parse("alice"),
        "CONTOSO.LAB",
    )
    assert credentials.secret == Password(SECRET)
    assert SECRET not in repr(credentials)


def test_a_password_may_have_spaces_at_its_ends(tmp_path: Path) -> None:
    file = str(write(tmp_path, b"  a b \n"))
    credentials, realm = load_credentials(ProbeSettings(user="alice", password_file=file), "Mixed.Realm")
    assert credentials.secret == Password("  a b ")
    assert realm == "Mixed.Realm", "krb5.conf's realm is as it is written there"


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        (b"", "the first line has no password"),
        (b"\nsecond line\n", "the first line has no password"),
        (b"caf\xe9\n", "is not UTF-8 text, but Windows-1252 as it seems"),
        (b"caf\x81\n", "neither UTF-8 nor UTF-16 text"),
        (b"\xff\xfea", "neither UTF-8 nor UTF-16 text"),
        (b"\xff\xfe\r\0\n\0a\0", "the first line has no password"),
        (b"x" * (MAX_PASSWORD_BYTES + 1), "longer than 4096 octets"),
    ],
)
def test_a_password_file_that_has_none(tmp_path: Path, contents: bytes, says: str) -> None:
    file = write(tmp_path, contents)
    message = refusal(ProbeSettings(user="alice@A.LAB", password_file=str(file)))
    assert says in message
    assert "xe9" not in message, "not even an octet of it"
    assert str(file) in message or "longer" in message


@pytest.mark.parametrize(
    ("stdin", "says"),
    [(b"", "standard input: the first line has no password"), (b"\xff\xfe\n", "standard input: .* UTF-8")],
)
def test_standard_input_that_has_none(exps: Exps, stdin: bytes, says: str) -> None:
    result = exps("probe", "ex1.contoso.lab", "--user", "alice@A.LAB", "--password-file", "-", stdin=stdin)
    assert re.search(says, result.complaint)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_pipe_with_utf_16_may_stay_open(monkeypatch: pytest.MonkeyPatch, codec: str) -> None:
    class Open(io.BytesIO):
        """A pipe whose writer waits behind the first line."""

        def read(self, size: int | None = -1, /) -> bytes:
            assert size == 1, "more would wait"
            return super().read(size)

    secret = "\u0a0a pass \u010a"  # with octets that look like a line end
    said = f"\ufeff{secret}\r\nnot this\r\n".encode(codec)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Open(said)))
    credentials, _ = load_credentials(ProbeSettings(user="alice@A.LAB", password_file="-"), "")
    assert credentials.secret == Password(secret)


def test_a_password_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(f"{SECRET}\nnot this\n".encode()))
    monkeypatch.setattr(sys, "stdin", pipe)
    credentials, _ = load_credentials(ProbeSettings(user="alice@A.LAB", password_file="-"), "")
    assert credentials.secret == Password(SECRET)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"user": "alice@A.LAB"}, "--user needs --password-file FILE"),
        ({"user": "alice", "password_file": "f"}, "give --realm, or USER@REALM"),
        ({"password_file": "f"}, "--password-file needs --user"),
        ({"principal": "EX2$"}, "--principal needs --keytab"),
        ({"user": "alice", "keytab": Path("k")}, "--user and --keytab exclude each other"),
        ({"user": "alice", "ccache": Path("c")}, "--user and --ccache exclude each other"),
        ({"keytab": Path("k"), "ccache": Path("c")}, "--keytab and --ccache exclude each other"),
        (
            {"user": "alice@A.LAB", "password_file": "/no/such/file"},
            "/no/such/file: No such file or directory",
        ),
        ({"keytab": Path("/no/such/file")}, "/no/such/file: No such file or directory"),
        ({"ccache": Path("/")}, "/: Is a directory"),
    ],
)
def test_what_does_not_go_together(given: dict[str, Any], says: str) -> None:
    assert says in refusal(ProbeSettings(**given))


def test_no_credentials_are_fine() -> None:
    credentials, realm = load_credentials(ProbeSettings(), "A.LAB")
    assert (credentials.source, credentials.secret, realm) == ("none", None, "A.LAB")


@pytest.mark.parametrize("principal", [None, "EX2$", "ex2$@contoso.lab", "EX2$@CONTOSO.LAB"])
def test_a_keytab(tmp_path: Path, principal: str | None) -> None:
    file = write(tmp_path, KEYTAB)
    credentials, realm = load_credentials(ProbeSettings(keytab=file, principal=principal), "OTHER.LAB")
    assert (credentials.source, str(credentials.principal), realm) == ("keytab", "EX2$", "CONTOSO.LAB")
    assert isinstance(credentials.secret, KeytabKeys)
    assert credentials.secret.keys[0][1].contents == bytes(range(32))
    assert bytes(range(32)).hex() not in repr(credentials)


@pytest.mark.parametrize("octets", [0, 1, 2 + 4 + 10, len(KEYTAB) - 1])
def test_a_truncated_keytab(tmp_path: Path, octets: int) -> None:
    file = write(tmp_path, KEYTAB[:octets])
    assert str(file) in refusal(ProbeSettings(keytab=file))


@pytest.mark.parametrize("contents", [b"\x05\x02", b"not a keytab at all", b"\x04\x04" + bytes(40)])
def test_what_is_no_keytab(tmp_path: Path, contents: bytes) -> None:
    file = write(tmp_path, contents)
    assert str(file) in refusal(ProbeSettings(keytab=file))


def test_a_principal_that_the_keytab_has_not(tmp_path: Path) -> None:
    message = refusal(ProbeSettings(keytab=write(tmp_path, KEYTAB), principal="EX9$"))
    assert "EX9$@CONTOSO.LAB is not in the keytab, which has EX2$@CONTOSO.LAB" in message


def test_a_cache(tmp_path: Path) -> None:
    file = write(tmp_path, cached(credential()).cache)
    credentials, realm = load_credentials(ProbeSettings(ccache=file), "OTHER.LAB")
    assert (credentials.source, str(credentials.principal), realm) == ("ccache", "alice", "CONTOSO.LAB")
    assert credential().session_key.contents.hex() not in repr(credentials)


@pytest.mark.parametrize("octets", [0, 1, 3, 20, 100])
def test_a_truncated_cache(tmp_path: Path, octets: int) -> None:
    file = write(tmp_path, cached(credential()).cache[:octets])
    assert str(file) in refusal(ProbeSettings(ccache=file))


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root reads everything, so that a test cannot take the permission away.
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = write(tmp_path, KEYTAB)
    monkeypatch.setattr(Path, "open", denied)
    assert refusal(ProbeSettings(keytab=file)) == f"{file}: Permission denied"
