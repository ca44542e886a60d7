"""Dumps as the programs print them (written down from their output for these octets), and the marks of transcripts."""

import pytest

from probe.dissect.paste.find_tokens import find_tokens

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
    assert [item.octets for item in find_tokens(text.encode())] == [OCTETS]


TYPE_2 = "TlRMTVNTUAACAAAADgAOADgAAAAFgoqiAQIDBAUGBwgAAAAAAAAAAFwAXABGAAAACgA5OAAAAA9D"


@pytest.mark.parametrize(
    ("line", "head", "sender"),
    [
        ("<-  334 {}", "334", "server"),
        (" ~> AUTH NTLM {}", "AUTH NTLM", "client"),
        (r"reply: b'334 {}\r\n'", "334", "server"),
        (r"send: 'AUTH NTLM {}\r\n'", "AUTH NTLM", "client"),
        (r"reply: retcode (334); Msg: b'{}'", "334", "server"),
        ("Nov 23 08:00:00 mx postfix/smtp[411]: < ex1.contoso.lab[192.0.2.10]:25: 334 {}", "334", "server"),
        ("postfix/smtpd[9]: > unknown[192.0.2.9]: 334 {}", "334", "server"),
        ("  SMTP<< 334 {}", "334", "server"),
        ("  SMTP>> AUTH NTLM {}", "AUTH NTLM", "client"),
        ("C: AUTH NTLM {}", "AUTH NTLM", "client"),
        ("< 334 {}", "334", "server"),
        (
            r"2026-11-23T08:00:00.000Z,EX1\Default EX1,08D4A1,7,192.0.2.10:25,192.0.2.9:51234,>,334 {},",
            "334",
            "server",
        ),
        ("WWW-Authenticate: Negotiate {}", "WWW-Authenticate: Negotiate", "server"),
        ("> Authorization: Negotiate {}", "Authorization: Negotiate", "client"),
        ("334 {}", "334", "server"),
    ],
)
def test_a_line_with_its_marks(line: str, head: str, sender: str) -> None:
    (found,) = find_tokens(f"\r\n{line.format(TYPE_2)}\r\n".encode())
    assert (found.head, found.sender) == (head, sender)
    assert len(found.octets) == 57


def test_a_wrapped_token_is_one_and_a_second_token_is_another() -> None:
    (one,) = find_tokens(f"334 {TYPE_2}\nAE8ATgBUAE8AUwBP\nAAI".encode())
    assert len(one.octets) == 71
    assert len(find_tokens(f"334 {TYPE_2}\nTlRMTVNTUAADAAAAGAAYAHIAAAA=".encode())) == 2
