"""Dumps that xxd, hexdump, od, tshark and curl made, and the layouts of others."""

import contextlib
from base64 import b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.node import MAXIMUM_INPUT
from probe.dissect.paste.dumps import dumps
from probe.dissect.paste.find_tokens import PasteError, find_tokens
from probe.dissect.paste.text import lines_of
from tests.support.foreign_tokens import mit, ntlm, spnego, vector

VECTOR = vector("dumps")
TOKEN = bytes.fromhex(VECTOR["token"])


def _text(octets: bytes) -> str:
    return "".join(chr(octet) if 32 <= octet < 127 else "." for octet in octets)


def _rows(octets: bytes) -> list[tuple[int, bytes]]:
    return [(at, octets[at : at + 16]) for at in range(0, len(octets), 16)]


def _wireshark(octets: bytes) -> str:
    return "\n".join(f"{at:04x}   {row.hex(' '):<47}   {_text(row)}" for at, row in _rows(octets))


def _openssl(octets: bytes) -> str:
    """BIO_dump of OpenSSL: a `-` behind the eighth octet."""
    halves = (
        (at, row, (row[:8].hex(" ") + "-" + row[8:].hex(" ")) if len(row) > 8 else row.hex(" "))
        for at, row in _rows(octets)
    )
    return "\n".join(f"{at:04x} - {shown:<47}   {_text(row)}" for at, row, shown in halves)


def _format_hex_5(octets: bytes) -> str:
    head = (
        "           Path: C:\\t.bin\r\n\r\n           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\r\n\r\n"
    )
    return head + "\r\n".join(
        f"{at:08X}   {row.hex(' ').upper():<47}  {_text(row)}" for at, row in _rows(octets)
    )


def _format_hex_7(octets: bytes) -> str:
    head = "   Label: Byte[] (System.Byte[]) <4F1B3C2A>\n\n          Offset Bytes                 Ascii\n"
    return head + "\n".join(f"{at:016X} {row.hex(' ').upper():<47} {_text(row)}" for at, row in _rows(octets))


def _samba(octets: bytes) -> str:
    return "\n".join(
        f"[{at:04X}] {row[:8].hex(' ').upper()}  {row[8:].hex(' ').upper():<26} {_text(row)}"
        for at, row in _rows(octets)
    )


def _tcpdump(octets: bytes) -> str:
    words = (
        (at, row, " ".join(row[i : i + 2].hex() for i in range(0, len(row), 2))) for at, row in _rows(octets)
    )
    return "\n".join(f"\t0x{at:04x}:  {shown:<39}  {_text(row)}" for at, row, shown in words)


def _java(octets: bytes) -> str:
    return "\n".join(
        f"{at:04X}: {row[:8].hex(' ').upper()}   {row[8:].hex(' ').upper():<24} {_text(row)}"
        for at, row in _rows(octets)
    )


def _windbg(octets: bytes) -> str:
    return "\n".join(
        f"00000012`{0x34FF00 + at:08x}  {row[:8].hex(' ')}-{row[8:].hex(' ')}  {_text(row)}"
        for at, row in _rows(octets)
    )


def _dot_net(octets: bytes) -> str:
    """The network trace of .NET."""
    return "\n".join(
        f"System.Net Information: 0 : [1234] {at:08X} : "
        f"{row[:8].hex('-').upper()} {row[8:].hex('-').upper()} : {_text(row)}"
        for at, row in _rows(octets)
    )


LAYOUTS: dict[str, Callable[[bytes], str]] = {
    "Wireshark": _wireshark,
    "openssl": _openssl,
    "Format-Hex of PowerShell 5": _format_hex_5,
    "Format-Hex of PowerShell 7": _format_hex_7,
    "Samba": _samba,
    "tcpdump -X": _tcpdump,
    "Java": _java,
    "WinDbg": _windbg,
    ".NET": _dot_net,
    "quoted in a mail": lambda octets: "\n".join(f"> {line}" for line in _wireshark(octets).splitlines()),
}
TOKENS = {"challenge": TOKEN, "ap-req": mit("ap_req"), "authenticate": ntlm()["authenticate"]} | spnego()


@pytest.mark.parametrize("program", VECTOR["dumps"])
def test_programs(program: str) -> None:
    (found,) = find_tokens(VECTOR["dumps"][program].encode())
    assert (found.octets, found.line, found.note) == (TOKEN, 1, "")


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str, token: str) -> None:
    (found,) = find_tokens(LAYOUTS[layout](TOKENS[token]).encode())
    assert found.octets == TOKENS[token]


@pytest.mark.parametrize("program", VECTOR["repeated"]["dumps"])
def test_a_star_repeats_the_line_before(program: str) -> None:
    (found,) = find_tokens(VECTOR["repeated"]["dumps"][program].encode())
    assert found.octets.hex() == VECTOR["repeated"]["octets"]


def test_a_packet_with_a_reply_in_it() -> None:
    (found,) = find_tokens(VECTOR["replies"]["tshark -x"].encode())
    assert (found.octets, found.head, found.sender) == (TOKEN, "334", "server")
    assert found.form == "base64 at octet 54 of a hex dump"


def test_a_packet_with_octets_of_a_token_in_it() -> None:
    (found,) = find_tokens(_wireshark(bytes(range(1, 55)) + TOKENS["init"] + b"\0\0").encode())
    assert (found.octets, found.form) == (TOKENS["init"], "at octet 54 of a hex dump")


def _dialogue() -> list[tuple[bool, bytes]]:
    """What a client says and what the server says."""
    challenge, authenticate = (b64encode(ntlm()[name]) for name in ("challenge", "authenticate"))
    return [
        (False, b"AUTH NTLM\r\n"),
        (True, b"334 NTLM supported\r\n"),
        (False, b64encode(ntlm()["negotiate"]) + b"\r\n"),
        (True, b"334 " + challenge + b"\r\n"),
        (False, authenticate + b"\r\n"),
    ]


def _followed() -> str:
    """Wireshark's "Follow" as a hex dump: offsets of each side by itself, the server's set in."""
    rows: list[str] = []
    sent = {False: 0, True: 0}
    for server, octets in _dialogue():
        for at, row in _rows(octets):
            rows.append(
                f"{'    ' * server}{sent[server] + at:08X}  "
                f"{row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}   {_text(row)}"
            )
        sent[server] += len(octets)
    return "\n".join(rows)


def _followed_arrays() -> str:
    """The same as C arrays."""
    return "\n".join(
        f"char peer{int(server)}_{number}[] = {{ /* Packet {number} */\n"
        + ", \n".join(
            ", ".join(f"0x{octet:02x}" for octet in row[:8])
            for row in (octets[at : at + 8] for at in range(0, len(octets), 8))
        )
        + " };"
        for number, (server, octets) in enumerate(_dialogue())
    )


@pytest.mark.parametrize("text", [_followed(), _followed_arrays()], ids=["hex", "C arrays"])
def test_a_followed_stream(text: str) -> None:
    found = find_tokens(text.encode())
    assert [item.octets for item in found] == [
        ntlm()[name] for name in ("negotiate", "challenge", "authenticate")
    ]
    assert [item.sender for item in found] == ["client", "server", "client"]


def test_a_line_of_smtp_in_other_clothes() -> None:
    line = b"334 " + b64encode(ntlm()["challenge"]) + b"\r\n"
    for text in (
        line.hex(),
        line.hex("-").upper(),
        "".join(f"\\x{octet:02x}" for octet in line),
        b64encode(line).decode(),
    ):
        (item,) = find_tokens(text.encode())
        assert (item.head, item.octets, item.sender) == ("334", ntlm()["challenge"], "server")


def test_several_dumps_and_what_stands_between() -> None:
    dumped = [_wireshark(TOKENS[name]) for name in ("init", "response")]
    text = f"the client's:\n{dumped[0]}\n\nthe server's:\n{dumped[1]}\nthat is all"
    first, second = find_tokens(text.encode())
    assert (first.octets, first.line) == (TOKENS["init"], 2)
    assert (second.octets, second.line) == (TOKENS["response"], 4 + len(_rows(TOKENS["init"])))


@pytest.mark.parametrize("rows", [1, 2, 5, 12])
def test_a_dump_that_is_cut(rows: int) -> None:
    (found,) = find_tokens("\n".join(_wireshark(TOKEN).splitlines()[:rows]).encode())
    assert found.octets == TOKEN[: 16 * rows]


def test_junk_behind_is_no_octet() -> None:
    (found,) = find_tokens((VECTOR["dumps"]["xxd"] + "EX1$ klist 00 01\nmore 4e54\n").encode())
    assert found.octets == TOKEN


@pytest.mark.parametrize(
    "text",
    [
        "250 20 00\n251 30 00",
        "2026-11-23 08:00:00",
        "1000 2000 3000\n9000 1000 2000",
        "cafe babe",
        "00000000",
        "*\n*",
    ],
)
def test_what_is_no_dump(text: str) -> None:
    assert not list(dumps(lines_of(text)))


def test_an_offset_far_away_is_bounded() -> None:
    row = "00000000: 4e54 4c4d 5353 5000 0200 0000\n*\n"
    for end in ("ffffffff", "7fffffff: 4e54"):
        for found in dumps(lines_of(row + end)):
            assert len(found.octets) <= MAXIMUM_INPUT


@given(st.text(alphabet="0123456789abcdef:*|. \n\tx-[]>", max_size=300))
def test_any_text(text: str) -> None:
    for found in dumps(lines_of(text)):
        assert found.octets
    with contextlib.suppress(PasteError):
        find_tokens(text.encode())
