"""Lines with a style, made of text that may come from a hostile peer (PURE)."""

import textwrap
from dataclasses import dataclass

from probe.trace.wording import clean

_ASCII = str.maketrans(
    {
        "→": ">",
        "▶": ">",
        "◀": "<",
        "─": "-",
        "│": "|",
        "✗": "X",
        "✓": "+",
        "±": "~",
        "≠": "#",
        "·": ".",
        "…": "~",
        "•": "*",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a report. ``style`` is a style of rich; the text holds no control characters."""

    text: str
    style: str = ""


def line(text: str, style: str = "") -> Line:
    """A line of text from anywhere: whatever could steer the terminal is made visible."""
    return Line(text=clean(text).rstrip(), style=style)


def shorten(text: str, width: int) -> str:
    """``text`` in at most ``width`` characters."""
    text = clean(text)
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def wrapped(
    text: str, width: int, *, indent: str = "", hang: str | None = None, style: str = ""
) -> list[Line]:
    """``text`` in lines of at most ``width``; a word that is longer is cut."""
    hanging = " " * len(indent) if hang is None else hang
    parts = textwrap.wrap(
        clean(text), max(width, 20), initial_indent=indent, subsequent_indent=hanging, break_on_hyphens=False
    )
    return [Line(text=part, style=style) for part in parts] or [Line(text=indent.rstrip(), style=style)]


def to_ascii(text: str) -> str:
    """``text`` for a terminal that cannot show our arrows (a Windows console with an old code page)."""
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")
