import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.trace.facts import SmtpReply
from probe.trace.wording import clean, etype, reply_line


def test_unknown_etypes_stay_numbers() -> None:
    assert (etype(18), etype(4711), etype(None)) == ("aes256", "etype 4711", "no etype")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (None, "no reply"),
        (SmtpReply(code=454), "454"),
        (SmtpReply(code=454, enhanced="4.7.0", lines=("Temporary", "more")), "454 4.7.0 Temporary"),
        (SmtpReply(code=454, enhanced="4.7.0", lines=("4.7.0 Temporary",)), "454 4.7.0 Temporary"),
        (SmtpReply(code=454, lines=("454 4.7.0 Temporary",)), "454 4.7.0 Temporary"),
        (SmtpReply(code=7, lines=("odd",)), "007 odd"),
    ],
)
def test_reply_line(reply: SmtpReply | None, said: str) -> None:
    assert reply_line(reply) == said


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x9b31m", "\\x9b31m"),
        ("\ud800", "\\ud800"),
        ("Gr\u00fc\u00dfe \u2192 ok", "Gr\u00fc\u00dfe \u2192 ok"),
    ],
)
def test_clean_shows_what_would_steer_a_terminal(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@given(st.text())
def test_clean_text_is_printable(text: str) -> None:
    assert clean(text).isprintable()
    assert clean(clean(text)) == clean(text)
