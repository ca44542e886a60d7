"""Dumps as the programs print them (written down from their output for these octets), and the marks of transcripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.paste.find_tokens import PasteError, find_tokens
from probe.dissect.paste.marks import bare_lines, octets_of_dump

OCTETS = bytes.fromhex("4e544c4d5353500002000000 0e000e00 3800ab")

DUMPS = {
    "xxd": """00000000: 4e54 4c4d 5353 5000 0200 0000 0e00 0e00  NTLMSSP.........
00000010: 3800 ab                                  8..""",
    "hexdump -C": """00000000  4e 54 4c 4d 53 53 50 00  02 00 00 00 0e 00 0e 00  |NTLMSSP.........|
00000010  38 00 ab                                          |8..|
00000013""",
    "od -A x -t x1": """000000 4e 54 4c 4d 53 53 50 00 02 00 00 00 0e 00 0e 00
000010 38 00 ab
000013""",
    "Wireshark": """0000   4e 54 4c 4d 53 53 50 00 02 00 00 00 0e 00 0e 00   NTLMSSP.........
0010   38 00 ab                                          8..""",
    "Format-Hex": """           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F

00000000   4E 54 4C 4D 53 53 50 00 02 00 00 00 0E 00 0E 00  NTLMSSP.........
00000010   38 00 AB                                         8.«""",
    "C array": """char peer0_0[] = { /* Packet 9 */
0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0x00,
0x02, 0x00, 0x00, 0x00, 0x0e, 0x00, 0x0e, 0x00,
0x38, 0x00, 0xab };""",
    "C string": r'"\x4e\x54\x4c\x4d\x53\x53\x50\x00\x02\x00\x00\x00\x0e\x00\x0e\x00\x38\x00\xab"',
    "BitConverter": "4E-54-4C-4D-53-53-50-00-02-00-00-00-0E-00-0E-00-38-00-AB",
}


@pytest.mark.parametrize("text", DUMPS.values(), ids=DUMPS)
def test_a_dump_gives_its_octets(text: str) -> None:
    assert octets_of_dump(text) == OCTETS


@pytest.mark.parametrize(
    "text", ["", "334 NTLM supported", "TlRMTVNTUAACAAAADgAOADgAAAAFgoqiAQIDBAUGBwg=", "6082055b"]
)
def test_what_is_none(text: str) -> None:
    assert octets_of_dump(text) is None


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        (" -> AUTH NTLM", "AUTH NTLM"),
        ("<-  334 TlRM", "334 TlRM"),
        ("<** 535 5.7.3 Authentication unsuccessful", "535 5.7.3 Authentication unsuccessful"),
        (" ~> AUTH NTLM", "AUTH NTLM"),
        (r"reply: b'334 TlRM\r\n'", "334 TlRM"),
        (r"send: 'AUTH NTLM TlRM\r\n'", "AUTH NTLM TlRM"),
        (r"reply: retcode (334); Msg: b'TlRM'", "334 TlRM"),
        ("Nov 23 08:00:00 mx postfix/smtp[411]: < ex1.contoso.lab[192.0.2.10]:25: 334 TlRM", "334 TlRM"),
        ("postfix/smtpd[9]: > unknown[192.0.2.9]: 334 TlRM", "334 TlRM"),
        ("  SMTP<< 334 TlRM", "334 TlRM"),
        ("  SMTP>> AUTH NTLM", "AUTH NTLM"),
        ("C: AUTH NTLM", "AUTH NTLM"),
        ("< 334 TlRM", "334 TlRM"),
        (
            r"2026-11-23T08:00:00.000Z,EX1\Default EX1,08D4A1,7,192.0.2.10:25,192.0.2.9:51234,>,334 TlRM,",
            "334 TlRM",
        ),
        ("WWW-Authenticate: Negotiate oYGx", "334 oYGx"),
        ("> Authorization: Negotiate YIIF", "334 YIIF"),
        ("334 TlRM", "334 TlRM"),
    ],
)
def test_a_line_without_its_marks(line: str, bare: str) -> None:
    assert bare_lines(f"\r\n{line}\r\n") == [bare]


def test_a_wrapped_token_is_one_and_a_second_token_is_another() -> None:
    first = "TlRMTVNTUAACAAAADgAOADgAAAAFgoqiAQIDBAUGBwgAAAAAAAAAAFwAXABGAAAACgA5OAAAAA9D"
    (one,) = find_tokens(f"334 {first}\nAE8ATgBUAE8AUwBP\nAAI".encode())
    assert len(one.octets) == 71
    assert len(find_tokens(f"334 {first}\nTlRMTVNTUAADAAAAGAAYAHIAAAA=".encode())) == 2


@given(st.text(max_size=400))
def test_no_text_raises_anything_else(text: str) -> None:
    octets_of_dump(text)
    bare_lines(text)
    try:
        find_tokens(text.encode())
    except PasteError:
        return
