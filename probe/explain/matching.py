"""Whether a text holds a phrase: accents, case and quotes do not matter, the ends of words do (PURE)."""

import re
import unicodedata
from collections.abc import Iterator

GAP = 320
"""Characters that ` ... ` in a phrase stands for at most: a name, an SPN, a list of encryption types."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"),
        **dict.fromkeys("\u200b\ufeff", ""),
        "\ufffd": "?",
        "\u0131": "i",
        "\u0142": "l",
        "\u00f8": "o",
        "\u0111": "d",
    }
)
"""Signs that are written in several ways, and letters that have no accent to take away."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_IDEOGRAPHS = "\u2e80"
"""From here on scripts write no blanks between words (Unicode: CJK radicals and all behind them)."""
_BEFORE = re.compile(r"(?:^|[.:;,\"'>()\[\]{=|/\t-]\s*|\d[ -]|\A)\Z")
_AFTER = re.compile(r"\s*(?:\Z|[.,:;!\"')\]}<|\r\n-]|\[)")


def fold(text: str) -> str:
    """Small letters without accents, straight quotes, single blanks."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", _repaired(text)).casefold())
    bare = "".join(character for character in spread if not unicodedata.combining(character))
    return " ".join(bare.translate(_PLAIN).split())


def _repaired(text: str) -> str:
    """UTF-8 that somebody's console took for Windows-1252 shows as two signs for a letter: undone."""
    if "\u00c3" not in text:
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def spellings(phrase: str) -> tuple[str, ...]:
    """A phrase folded; also with ``ae`` for German's umlaut, and with the ``?`` that a code page leaves."""
    lossy = "".join(sign if ord(sign) < 128 or sign >= _IDEOGRAPHS else "?" for sign in phrase)
    return tuple(dict.fromkeys((fold(phrase), fold(phrase.translate(_GERMAN)), fold(lossy))))


def holds(folded: str, phrase: str, *, alone: bool = False) -> bool:
    """Whether a folded text has the phrase as whole words; ``alone``: as a sentence or reply of its own.

    ` ... ` in the phrase stands for what differs from case to case.
    """
    return _follow(folded, phrase.split(" ... "), (0, len(folded)), alone=alone)


def _follow(folded: str, parts: list[str], within: tuple[int, int], *, alone: bool) -> bool:
    for start in _places(folded, parts[0], within):
        end = start + len(parts[0])
        if alone and not _apart(folded, start, end):
            continue
        if len(parts) == 1 or _follow(folded, parts[1:], (end, end + GAP), alone=False):
            return True
    return False


def _places(folded: str, part: str, within: tuple[int, int]) -> Iterator[int]:
    """Where a part begins, as whole words."""
    start = folded.find(part, within[0])
    while 0 <= start <= within[1]:
        end = start + len(part)
        if not (_joined(folded[start - 1 : start], part[0]) or _joined(part[-1], folded[end : end + 1])):
            yield start
        start = folded.find(part, start + 1)


def _joined(left: str, right: str) -> bool:
    """Whether two neighbours are of one word."""
    return all((sign.isalnum() or sign == "_") and sign < _IDEOGRAPHS for sign in (left or " ", right or " "))


def _apart(folded: str, start: int, end: int) -> bool:
    return bool(_BEFORE.search(folded[max(start - 4, 0) : start])) and bool(_AFTER.match(folded, end))
