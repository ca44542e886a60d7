"""Lines with the numbers that cat -n, nl, grep -n, bat and editors put before them, and lines that only look so."""

from base64 import b64encode

import pytest

from probe.dissect.paste.find_tokens import find_tokens
from probe.dissect.paste.numbering import without_numbers
from probe.dissect.paste.values import Line
from tests.support.foreign_tokens import ntlm

CHALLENGE = ntlm()["challenge"]
TEXT = b64encode(CHALLENGE).decode()


def _bare(*texts: str) -> list[str]:
    lines = [Line(number=number, text=text) for number, text in enumerate(texts, 1)]
    return [line.text for line in without_numbers(lines)]


@pytest.mark.parametrize(
    "form",
    ["{:6d}\t{}", "{}: {}", "{}:{}", "{}. {}", "{}) {}", "{:3d} | {}", "{:4d}   \u2502 {}", "{:4d}  {}"],
)
@pytest.mark.parametrize("width", [64, 76])
def test_a_wrapped_token_is_found_behind_its_numbers(form: str, width: int) -> None:
    pieces = [TEXT[at : at + width] for at in range(0, len(TEXT), width)]
    numbered = [form.format(number, piece) for number, piece in enumerate(["Hello there", *pieces], 8)]
    (found,) = find_tokens("\n".join(numbered).encode())
    assert (found.octets, found.line, found.note) == (CHALLENGE, 2, "")


def test_grep_leaves_lines_out() -> None:
    assert _bare("12:AUTH NTLM", "15:334 QUJD", "16-QUIT") == ["AUTH NTLM", "334 QUJD", "QUIT"]
    assert _bare("a/smtp.log:12:AUTH NTLM", "a/smtp.log:15:334 QUJD") == ["AUTH NTLM", "334 QUJD"]


def test_hex_behind_numbers() -> None:
    digits = CHALLENGE.hex()
    rows = [digits[at : at + 32] for at in range(0, len(digits), 32)]
    (found,) = find_tokens("\n".join(f"{number:4d}  {row}" for number, row in enumerate(rows, 1)).encode())
    assert found.octets == CHALLENGE


@pytest.mark.parametrize(
    "lines",
    [
        ("250-SIZE", "250-DSN", "250 XRDST"),
        ("334 QUJD", "235 2.7.0 Authentication successful"),
        ("08:59:59 C: QUIT", "09:00:00 S: 221 2.0.0 Bye"),
        ("10:59 C: QUIT", "11:00 S: 221 2.0.0 Bye"),
        ("10: 4e 54 4c 4d 53 53 50 00", "11: 01 02 03 04"),
        ("96, 130, 5", "97, 1, 2"),
        ("4e:54:4c:4d", "53:53:50:00"),
        ("0000: 4e54  NT", "0010: 4c4d  LM"),
        ("1 line alone",),
        ("1 word", "and another"),
    ],
)
def test_what_is_no_number_of_a_line(lines: tuple[str, ...]) -> None:
    assert _bare(*lines) == list(lines)
