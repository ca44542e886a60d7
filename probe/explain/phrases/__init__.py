"""Texts as programs write them, and which of them a pasted text holds (PURE).

`exchange`, `servers`, `policies`, `tls`, `kerberos`, `gss` and `tools` have words with a meaning of their own;
`windows` and `languages` have words that stand for a code.
"""

import re
from collections.abc import Iterator
from functools import cache

from probe.explain.matching import holds, spellings
from probe.explain.phrases import exchange, gss, kerberos, languages, policies, servers, tls, tools, windows
from probe.explain.phrases.shape import Phrase, Saying

PHRASES: tuple[Phrase, ...] = (
    *servers.PHRASES,
    *policies.PHRASES,
    *tls.PHRASES,
    *exchange.PHRASES,
    *tools.PHRASES,
    *tools.DCDIAG,
    *kerberos.MIT_PHRASES,
    *kerberos.FOREIGN_PHRASES,
    *gss.PHRASES,
)
SAYINGS: tuple[Saying, ...] = (*windows.SAYINGS, *languages.sayings())
WORDS: tuple[tuple[str, int], ...] = (*kerberos.KERBEROS_WORDS, *kerberos.FOREIGN_WORDS)


def phrases(folded: str, lines: str) -> Iterator[Phrase]:
    """The phrases that a text holds; ``lines``: the text folded line by line, for the patterns."""
    found = [phrase for phrase in PHRASES if _holds(phrase, folded, lines)]
    for phrase in found:
        # Of two texts that lie in one another the longer one says more.
        if not any(phrase.text in other.text and phrase is not other for other in found):
            yield phrase


def _holds(phrase: Phrase, folded: str, lines: str) -> bool:
    if phrase.pattern and re.search(phrase.pattern, lines):
        return True
    return holds(folded, phrase.text, alone=phrase.alone)


def sayings(folded: str) -> Iterator[Saying]:
    """The messages that stand for a code."""
    for saying in SAYINGS:
        if any(holds(folded, spelling, alone=saying.alone) for spelling in _spellings(saying.text)):
            yield saying


def kerberos_errors(folded: str) -> Iterator[int]:
    """Error-codes of KRB-ERROR that MIT's, Heimdal's or Java's words stand for."""
    for pattern, code in WORDS:
        if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", folded):
            yield code


@cache
def _spellings(text: str) -> tuple[str, ...]:
    return spellings(text)
