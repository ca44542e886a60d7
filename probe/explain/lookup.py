"""A code, a status or a pasted text -> what it means and which causes it points at (PURE)."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace

from probe import causes
from probe.codes.kerberos import KRB_ERRORS
from probe.codes.smtp import ENHANCED_STATUSES
from probe.codes.win32 import WIN32_ERRORS
from probe.codes.windows import NT_STATUSES, SSPI_STATUSES
from probe.explain import entries, events, lines
from probe.explain.entries import Explanation
from probe.explain.matching import fold
from probe.explain.phrases import PHRASES, SAYINGS

MAXIMUM_TEXT = 64 * 1024
"""Characters of a pasted text that are read: the first half and the last, where a log is longer."""
MAXIMUM_EXPLANATIONS = 12

_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]{1,8}|-?[0-9]{1,10}|[0-9A-Fa-f]{8}")
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ERROR_AND_NUMBER = re.compile(
    r"(?:(?:kerberos|krb5?|kdc|gss|krb-error)\W{0,3})?(?:error|err)(?:\s?code)?\W{0,3}(?P<number>0[xX][0-9A-Fa-f]{1,8}|-?[0-9]{1,10})",
    re.IGNORECASE,
)
_WRAPPING = " \t\"'`\u201c\u201d\u2018\u2019[](){}<>.,;:!"
"""What stands around a code that was cut out of a sentence or a log."""
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+(?=\S)", re.MULTILINE)
"""How mail quotes a line."""


def explain(text: str) -> tuple[Explanation, ...]:
    """Everything known of what was asked, the most telling first; empty when nothing is."""
    text = bounded(text)
    first: dict[tuple[str, str, str], Explanation] = {}
    whole = " ".join(text.split()).strip(_WRAPPING)
    exact = list(_exactly(whole))
    for item in exact or lines.in_text(_QUOTED.sub("", text)):
        first.setdefault((item.kind, item.code, item.title if item.kind == "event" else ""), item)
    found = tuple(first.values())[:MAXIMUM_EXPLANATIONS]
    return found if exact else (*found[:1], *(replace(item, beside=True) for item in found[1:]))


def bounded(text: str) -> str:
    """A text of MAXIMUM_TEXT characters at most, without its middle."""
    half = MAXIMUM_TEXT // 2
    return text if len(text) <= MAXIMUM_TEXT else f"{text[: half - 1]}\n{text[-half:]}"


def nearest(text: str) -> tuple[str, ...]:
    """Codes and names that are written much like what was asked, or of the same source, or of the same words."""
    folded = fold(bounded(text))
    wanted = folded[:80]
    by_fold = {name.casefold(): name for name in vocabulary()}
    close = difflib.get_close_matches(wanted, by_fold, n=4, cutoff=0.6)
    words = frozenset(word for word in re.split(r"[^a-z0-9]+", wanted) if len(word) > 3)
    holding = [name for name in by_fold if words and all(word in name for word in words)]
    alike = [*close, *holding] or _sharing(folded, by_fold)
    return tuple(dict.fromkeys((*events.near(folded), *(by_fold[name] for name in alike))))[:6]


def _sharing(folded: str, by_fold: dict[str, str]) -> list[str]:
    """Texts that have most words in common with the one asked, two at least."""
    words = frozenset(word for word in re.split(r"[^a-z0-9]+", folded) if len(word) > 3)
    shared = {name: len(words & frozenset(re.split(r"[^a-z0-9]+", name))) for name in by_fold if " " in name}
    best = sorted(shared, key=lambda name: -shared[name])[:3]
    return [name for name in best if shared[name] > 1]


def vocabulary() -> tuple[str, ...]:
    """All names and codes that can be asked for."""
    return (
        *causes.codes(),
        *(entry[0] for entry in KRB_ERRORS.values()),
        *SSPI_STATUSES,
        *(entry[1] for entry in SSPI_STATUSES.values() if entry[1]),
        *(f"0x{entry[0]:08X}" for entry in SSPI_STATUSES.values() if entry[0]),
        *(entry[0] for entry in NT_STATUSES.values()),
        *(f"0x{number:08X}" for number in NT_STATUSES),
        *(entry[0] for entry in WIN32_ERRORS.values()),
        *ENHANCED_STATUSES,
        *(f"{event.source} {event.number}" for event in events.EVENTS),
        *(phrase.text for phrase in PHRASES),
        *(saying.text for saying in SAYINGS),
    )


def catalogue() -> dict[str, tuple[Explanation, ...]]:
    """Everything that can be explained, by kind."""
    return {
        "cause": tuple(entries.cause(code) for code in causes.codes()),
        "Kerberos error": tuple(entries.krb_error(code) for code in KRB_ERRORS),
        "SSPI status": tuple(entries.sspi(name) for name in SSPI_STATUSES),
        "NTSTATUS": tuple(entries.nt_status(number) for number in NT_STATUSES),
        "Win32 error": tuple(entries.win32(number) for number in WIN32_ERRORS),
        "SMTP status": tuple(entries.enhanced(code) for code in ENHANCED_STATUSES),
        "event": tuple(entries.event(event) for event in events.EVENTS),
        "text": tuple(entries.phrase(phrase) for phrase in PHRASES),
    }


def _exactly(text: str) -> Iterator[Explanation]:
    """What the whole text is the code of."""
    cause = text.casefold().replace("_", "-").replace(" ", "-")
    if cause in causes.codes():
        yield entries.cause(cause)
    elif _NUMBER.fullmatch(text):
        yield from _digits(text)
    elif matched := _ERROR_AND_NUMBER.fullmatch(text):
        yield from entries.number(lines.integer(matched["number"]))
    elif _ENHANCED.fullmatch(text):
        yield entries.enhanced(text)
    else:
        yield from _spelt(text)


def _spelt(text: str) -> Iterator[Explanation]:
    """A name as a whole, also with blanks in it: ``time skew``, ``S PRINCIPAL UNKNOWN``."""
    for spelling in dict.fromkeys((text, re.sub(r"[ _-]", "", text), text.replace(" ", "_"))):
        short = entries.KRB_BY_SHORT.get(spelling.casefold())
        found = list(entries.name(spelling)) if short is None else [entries.krb_error(short)]
        if found:
            yield from found
            return


def _digits(text: str) -> Iterator[Explanation]:
    """A bare number: also an event's. Eight digits may be a hexadecimal one whose 0x was left behind."""
    bare = len(text) == 8 and text[:2].lower() != "0x"
    found = [] if bare and not text.isdecimal() else list(entries.number(lines.integer(text)))
    yield from found or (entries.number(int(text, 16)) if bare else ())
    if text.isdecimal():
        yield from (entries.event(event) for event in events.by_number(int(text)))
