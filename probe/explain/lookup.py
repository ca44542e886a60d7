"""A code, a status or a pasted line -> what it means and which causes it points at (PURE)."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from probe import causes
from probe.codes import lookup as names
from probe.codes.kerberos import KRB_ERRORS
from probe.codes.smtp import ENHANCED_STATUSES
from probe.codes.windows import NT_STATUSES, SSPI_STATUSES
from probe.explain import advice, tables
from probe.explain.phrases import KERBEROS_PHRASES, KERBEROS_WORDS, PHRASES, Phrase

MAXIMUM_TEXT = 16 * 1024
"""Characters of a pasted text that are read."""
MAXIMUM_EXPLANATIONS = 12

_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]{1,8}|-?[0-9]{1,10}|[0-9A-Fa-f]{8}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
# With 0x, or without where it can be nothing else; a trailing h or L is C's and assembler's.
_HEX = re.compile(r"(?<![\w-])(?:0[xX]([0-9A-Fa-f]{8})|(8009[0-9A-Fa-f]{4}|[cC]000[0-9A-Fa-f]{4}))[hHlL]?\b")
# HRESULTs and MIT's error numbers as .NET and GSSAPI programs print them: large and negative.
_SIGNED = re.compile(r"(?<![\w.-])-[12][0-9]{9}\b")
# Not the middle of an IP address or of a version.
_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_STATUS = re.compile(
    r"failed (?:with error|because of|with) (?P<name>[A-Za-z][A-Za-z0-9_]{1,80})", re.IGNORECASE
)
_KRB_CODE = re.compile(
    r"(?:(?:failure|result|error)[ -]?code|krb[-_ ]?error|kerberos error)\W{1,3}"
    r"(?P<number>0[xX][0-9A-Fa-f]{1,2}|[0-9]{1,3})\b",
    re.IGNORECASE,
)
_ERROR_AND_NUMBER = re.compile(
    r"(?:(?:kerberos|krb5?|kdc|gss|krb-error)\W{0,3})?(?:error|err)(?:\s?code)?\W{0,3}(?P<number>0[xX][0-9A-Fa-f]{1,8}|-?[0-9]{1,10})",
    re.IGNORECASE,
)
_MIT_BASE = -1765328384
"""ERROR_TABLE_BASE_krb5: MIT adds the error-code of a KRB-ERROR to it (com_err table `krb5`); 128 codes."""
_WRAPPING = " \t\"'`\u201c\u201d\u2018\u2019[](){}<>.,;:!"
"""What stands around a code that was cut out of a sentence or a log."""
_ORDINARY = frozenset({"ok", "unsupported"})
"""Names of statuses that are words, too: in a line they count only as a status' name."""
_EVENT = re.compile(r"\bevent(?:\s*id)?\W{0,3}(?P<number>[0-9]{1,5})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One code and what is known of it."""

    kind: str
    """`cause`, `Kerberos error`, `SSPI status`, `NTSTATUS`, `SMTP status`, `event` or `text`."""
    code: str
    title: str
    meaning: str
    citation: str = ""
    causes: tuple[str, ...] = ()
    """Codes of causes that it may come from, the likeliest first."""
    advice: tuple[str, ...] = ()
    known: bool = True


def explain(text: str) -> tuple[Explanation, ...]:
    """Everything known of what was asked, the most telling first; empty when nothing is."""
    text = " ".join(text[:MAXIMUM_TEXT].split())
    first: dict[tuple[str, str], Explanation] = {}
    for item in list(_exactly(text.strip(_WRAPPING))) or _in_line(text):
        first.setdefault((item.kind, item.code), item)
    return tuple(first.values())[:MAXIMUM_EXPLANATIONS]


def nearest(text: str) -> tuple[str, ...]:
    """Codes and names that are written much like what was asked."""
    wanted = text[:80].casefold()
    by_fold = {name.casefold(): name for name in vocabulary()}
    close = difflib.get_close_matches(wanted, by_fold, n=4, cutoff=0.6)
    words = [word for word in re.split(r"[^a-z0-9]+", wanted) if len(word) > 3]
    holding = [name for name in by_fold if words and all(word in name for word in words)]
    return tuple(by_fold[name] for name in dict.fromkeys((*close, *holding)))[:6]


def vocabulary() -> tuple[str, ...]:
    """All names and codes that can be asked for."""
    return (
        *causes.codes(),
        *(entry[0] for entry in KRB_ERRORS.values()),
        *SSPI_STATUSES,
        *(entry[1] for entry in SSPI_STATUSES.values() if entry[1]),
        *(entry[0] for entry in NT_STATUSES.values()),
        *ENHANCED_STATUSES,
        *(phrase.text for phrase in (*PHRASES, *KERBEROS_PHRASES)),
    )


def catalogue() -> dict[str, tuple[Explanation, ...]]:
    """Everything that can be explained, by kind."""
    return {
        "cause": tuple(_cause(code) for code in causes.codes()),
        "Kerberos error": tuple(_krb_error(code) for code in KRB_ERRORS),
        "SSPI status": tuple(_sspi(name) for name in SSPI_STATUSES),
        "NTSTATUS": tuple(_nt_status(number) for number in NT_STATUSES),
        "SMTP status": tuple(_enhanced(code) for code in ENHANCED_STATUSES),
        "event": tuple(_event(number) for number in tables.EVENTS),
        "text": tuple(_phrase(phrase) for phrase in (*PHRASES, *KERBEROS_PHRASES)),
    }


# --- one code ----------------------------------------------------------------------------------------


def _exactly(text: str) -> Iterator[Explanation]:
    """What the whole text is the code of."""
    cause = text.casefold().replace("_", "-").replace(" ", "-")
    if cause in causes.codes():
        yield _cause(cause)
    elif _NUMBER.fullmatch(text):
        yield from _digits(text)
    elif matched := _ERROR_AND_NUMBER.fullmatch(text):
        yield from _number(_integer(matched["number"]))
    elif matched := _EVENT.fullmatch(text):
        yield from _one_event(int(matched["number"]))
    elif _ENHANCED.fullmatch(text):
        yield _enhanced(text)
    else:
        yield from _spelt(text)


def _spelt(text: str) -> Iterator[Explanation]:
    """A name as a whole, also with blanks in it: ``time skew``, ``S PRINCIPAL UNKNOWN``."""
    for spelling in dict.fromkeys((text, text.replace(" ", "_"), re.sub(r"[ _-]", "", text))):
        short = _KRB_BY_SHORT.get(spelling.casefold())
        found = list(_name(spelling)) if short is None else [_krb_error(short)]
        if found:
            yield from found
            return


def _digits(text: str) -> Iterator[Explanation]:
    """A bare number. Eight digits may be a hexadecimal one whose 0x was left behind."""
    bare = len(text) == 8 and text[:2].lower() != "0x"
    found = [] if bare and not text.isdecimal() else list(_number(_integer(text)))
    yield from found or (_number(int(text, 16)) if bare else ())


def _number(number: int) -> Iterator[Explanation]:
    if 0 <= number - _MIT_BASE < 128:
        number -= _MIT_BASE
    if number in KRB_ERRORS:
        yield _krb_error(number)
    status = names.sspi_status(number)
    if status.known:
        yield _sspi(status.name)
    if names.nt_status(number).known:
        yield _nt_status(number)
    if number in tables.REPLY_CODES:
        yield _enhanced(tables.REPLY_CODES[number])
    yield from _one_event(number)


def _one_event(number: int) -> Iterator[Explanation]:
    if number in tables.EVENTS:
        yield _event(number)


_KRB_BY_NAME = {entry[0].casefold(): code for code, entry in KRB_ERRORS.items()}
_KRB_BY_NAME |= {name.casefold(): code for name, code in tables.KRB_FORMER_NAMES.items()}
_KRB_BY_SHORT = {name.split("_err_", 1)[-1]: code for name, code in reversed(_KRB_BY_NAME.items())}
"""Without KDC_ERR_ or KRB_AP_ERR_: for a whole question only, in a line NONE or POLICY may mean anything."""
_COMPOUNDS = frozenset(name.casefold() for name in SSPI_STATUSES) - _ORDINARY
"""`logondenied` in small letters is no English word."""
_NT_BY_NAME = {entry[0].casefold(): number for number, entry in NT_STATUSES.items()}


def _name(word: str) -> Iterator[Explanation]:
    """A name as a whole: of a Kerberos error, of an SSPI status, of an NTSTATUS."""
    folded = word.casefold()
    error = _KRB_BY_NAME.get(folded.removeprefix("krb5"))  # MIT: KRB5KDC_ERR_..., KRB5KRB_AP_ERR_...
    if error is not None:
        yield _krb_error(error)
    if names.sspi_status(word).known:
        yield _sspi(names.sspi_status(word).name)
    symbol = folded.removeprefix("nt_")  # Samba writes NT_STATUS_...
    number = _NT_BY_NAME.get(symbol, _NT_BY_NAME.get(f"status_{symbol}"))
    if number is not None:
        yield _nt_status(number)


def _cause(code: str) -> Explanation:
    cause = causes.load(code)
    return Explanation(
        kind="cause",
        code=code,
        title=f"{cause.title} (side: {cause.side})",
        meaning=causes.fill(cause.explanation, {}),
        citation="; ".join(cause.references),
        causes=(code,),
        advice=() if cause.remedies or cause.next_measurements else (advice.NOTHING,),
    )


def _krb_error(code: int) -> Explanation:
    name = names.krb_error(code)
    return Explanation(
        kind="Kerberos error",
        code=str(code),
        title=name.name,
        meaning=name.meaning,
        citation=name.citation,
        causes=tables.KRB_CAUSES.get(code, ()),
        advice=advice.KRB_ADVICE.get(code, ()),
        known=name.known,
    )


def _sspi(text: str) -> Explanation:
    name = names.sspi_status(text)
    number = "" if name.number is None else f" 0x{name.number:08X}"
    return Explanation(
        kind="SSPI status",
        code=name.name,
        title=f"{name.symbol}{number}".strip(),
        meaning=name.meaning,
        citation=name.citation,
        causes=tables.SSPI_CAUSES.get(name.name, ()),
        advice=advice.SSPI_ADVICE.get(name.name, ()),
        known=name.known,
    )


def _nt_status(number: int) -> Explanation:
    name = names.nt_status(number)
    unsigned = number & 0xFFFFFFFF
    return Explanation(
        kind="NTSTATUS",
        code=f"0x{unsigned:08X}",
        title=name.name,
        meaning=name.meaning,
        citation=name.citation,
        causes=tables.NT_CAUSES.get(unsigned, ()),
        advice=advice.NT_ADVICE.get(unsigned, ()),
        known=name.known,
    )


def _enhanced(code: str) -> Explanation:
    name = names.enhanced_status(code)
    return Explanation(
        kind="SMTP status",
        code=code,
        title="",
        meaning=name.meaning,
        citation=name.citation,
        causes=tables.SMTP_CAUSES.get(code, ()),
        advice=advice.SMTP_ADVICE.get(code, ()),
        known=name.known,
    )


def _event(number: int, *, its_text: bool = False) -> Explanation:
    """`its_text`: the question was the event's own text, so its reason is told already."""
    event = tables.EVENTS[number]
    return Explanation(
        kind="event",
        code=str(number),
        title=event.where,
        meaning=event.meaning,
        causes=event.causes,
        advice=tuple(line for line in event.advice if not (its_text and line == advice.READ_THE_EVENT)),
    )


def _phrase(phrase: Phrase) -> Explanation:
    return Explanation(
        kind="text",
        code=phrase.text,
        title="",
        meaning=phrase.meaning,
        causes=phrase.causes,
        advice=phrase.advice,
    )


# --- a line ------------------------------------------------------------------------------------------


def _in_line(text: str) -> Iterator[Explanation]:
    """What stands in a line: statuses of Kerberos and Windows first, for they say why; SMTP's say that."""
    for matched in _STATUS.finditer(text):
        name = matched["name"]
        if names.sspi_status(name).known or sum(map(str.isupper, name)) > 1:
            yield _sspi(name)
    for word in dict.fromkeys(_WORD.findall(text)):
        if word.count("_") or sum(map(str.isupper, word)) > 1 or word.casefold() in _COMPOUNDS:
            yield from _name(word) if word.casefold() not in _ORDINARY else ()
    for matched in _KRB_CODE.finditer(text):
        code = _integer(matched["number"])
        if code in KRB_ERRORS:
            yield _krb_error(code)
    for matched in _HEX.finditer(text):
        yield from _number(int(matched[1] or matched[2], 16))
    for signed in _SIGNED.findall(text):
        yield from _number(int(signed))
    spoken = list(_phrases(text.casefold()))
    yield from spoken
    # A text that says more than "454 4.7.0" makes the code's own meaning, "anything", a hindrance.
    yield from (item for item in _of_smtp(text, bare=not spoken) if item.code != "4.7.0" or not spoken)
    yield from _of_events(text, text.casefold())


def _integer(text: str) -> int:
    return int(text, 16) if text[:2].lower() == "0x" else int(text)


def _phrases(folded: str) -> Iterator[Explanation]:
    for pattern, code in KERBEROS_WORDS:
        if re.search(pattern, folded):
            yield _krb_error(code)
    yield from (_phrase(phrase) for phrase in (*PHRASES, *KERBEROS_PHRASES) if phrase.text in folded)


def _of_smtp(text: str, *, bare: bool) -> Iterator[Explanation]:
    """The codes of a reply; ``bare``: also what a reply code without an enhanced one stands for."""
    # The innermost reply is the last one in a queue's LastError, and the one that matters.
    for code in reversed(_ENHANCED.findall(text)):
        yield _enhanced(code)
    leading = re.match(r"([245][0-9]{2})[ -]", text)
    if bare and leading and not _ENHANCED.search(text) and int(leading[1]) in tables.REPLY_CODES:
        yield _enhanced(tables.REPLY_CODES[int(leading[1])])
    if "temporary authentication failure" in text.casefold():
        yield _enhanced("4.7.0")


def _of_events(text: str, folded: str) -> Iterator[Explanation]:
    for matched in _EVENT.finditer(text):
        yield from _one_event(int(matched["number"]))
    for phrase, number in (("inbound authentication failed", 1035), ("outbound authentication failed", 2017)):
        if phrase in folded:
            yield _event(number, its_text=True)
