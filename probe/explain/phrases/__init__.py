"""Texts as programs write them, and which of them a pasted text holds (PURE).

`exchange`, `servers`, `kerberos` and `tools` have words with a meaning of their own; `windows` and `languages` have
words that stand for a code.
"""

import re
from collections.abc import Iterator
from functools import cache

from probe.explain.matching import holds, spellings
from probe.explain.phrases import exchange, kerberos, languages, servers, tools, windows
from probe.explain.phrases.shape import Phrase, Saying

PHRASES: tuple[Phrase, ...] = (
    *servers.PHRASES,
    *exchange.PHRASES,
    *tools.PHRASES,
    *tools.DCDIAG,
    *kerberos.MIT_PHRASES,
    *kerberos.FOREIGN_PHRASES,
)
SAYINGS: tuple[Saying, ...] = (*windows.SAYINGS, *languages.sayings())
WORDS: tuple[tuple[str, int], ...] = (*kerberos.KERBEROS_WORDS, *kerberos.FOREIGN_WORDS)


def phrases(folded: str, lines: str) -> Iterator[Phrase]:
    """The phrases that a text holds; ``lines``: the text folded line by line, for the patterns."""
    for phrase in PHRASES:
        if (
            re.search(phrase.pattern, lines)
            if phrase.pattern
            else holds(folded, phrase.text, alone=phrase.alone)
        ):
            yield phrase


def sayings(folded: str) -> Iterator[Saying]:
    """The messages that stand for a code."""
    for saying in SAYINGS:
        if any(holds(folded, spelling, alone=saying.alone) for spelling in _spellings(saying.text)):
            yield saying


def kerberos_errors(folded: str) -> Iterator[int]:
    """Error-codes of KRB-ERROR that MIT's, Heimdal's or Java's words stand for."""
    for pattern, code in WORDS:
        if re.search(rf"(?<!\w)(?:{pattern})", folded):
            yield code


@cache
def _spellings(text: str) -> tuple[str, ...]:
    return spellings(text)
