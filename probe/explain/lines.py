"""What stands in a pasted text of one or many lines, the most telling first (PURE)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from probe.codes import lookup as names
from probe.codes.kerberos import KRB_ERRORS
from probe.codes.win32 import WIN32_ERRORS
from probe.explain import advice, entries, events, mechanism, phrases, tables
from probe.explain.entries import Explanation
from probe.explain.events.shape import Event
from probe.explain.matching import fold

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
# With 0x, or without where it can be nothing else; a trailing h or L is C's and assembler's.
_HEX = re.compile(r"(?<![\w-])(?:0[xX]([0-9A-Fa-f]{8})|(8009[0-9A-Fa-f]{4}|[cC]000[0-9A-Fa-f]{4}))[hHlL]?\b")
# HRESULTs, NTSTATUS and MIT's numbers as .NET and GSSAPI programs print them: large and negative; or unsigned.
_LARGE = re.compile(r"(?<![\w.-])(?:-[12][0-9]{9}|214[67][0-9]{6}|25296[0-9]{5}|322[0-9]{7})\b")
# Not the middle of an IP address or of a version.
_ENHANCED = re.compile(r"(?<![\w.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\w)")
_VERSION = re.compile(r"\b(?:version|release|build|ver|v)\W{1,3}\Z", re.IGNORECASE)
"""In front of what looks like an enhanced status code and is none."""
_STATUS = re.compile(
    r"(?:failed (?:with error|because of|with)|security status) (?P<name>[A-Za-z][A-Za-z0-9_]{1,80})",
    re.IGNORECASE,
)
_LOGS_ON = re.compile(r"authenti|negotia|security status", re.IGNORECASE)
"""What fails with a status of SSPI, whose name may be one that is not known here; a query of DNS has others."""
_STATUS_SPAN = 160
_KRB_CODE = re.compile(
    r"(?:(?:failure|result|error)[ -]?code|krb[-_ ]?err(?:or)?|kerberos error|kdc error)\W{1,3}(?:is )?"
    r"(?P<number>0[xX][0-9A-Fa-f]{1,2}|[0-9]{1,3})(?![\w.]*\d)",
    re.IGNORECASE,
)
_WIRESHARK = re.compile(r"\beRR-[A-Z0-9-]{2,40} \((?P<number>[0-9]{1,3})\)")
"""How Wireshark names an error-code."""
_AUDITED = re.compile(r"(?<!\d)(?:4768|4769|4771)(?!\d)")
_AUDIT_CODE = re.compile(r"(?<![\w-])(?P<number>0[xX][0-9A-Fa-f]{1,2})\b")
_AUDIT_SPAN = 60
"""Characters of somebody's own summary of an audited ticket, such as `4771 0x18`; the event itself has more numbers."""
_OTHERS_CODE = re.compile(r"ldap|\b(?:tls|ssl|schannel)\b", re.IGNORECASE)
_OTHERS_SPAN = 40
"""In front of an error's code that is LDAP's or an alert of TLS."""
_WIN32_CODE = re.compile(
    r"(?:error|status|result|code|failed|winerror|fehler|erreur|errore|erro|エラー|错误|錯誤)"
    r"[^\w-]{0,4}(?:code[^\w-]{0,3}|= ?)?"
    r"(?P<number>[0-9]{3,5})(?![\w.:]*\d)",
    re.IGNORECASE,
)
_PAIR = re.compile(r"(?<![\w.-])(?P<number>[0-9]{1,5})[ /(]{1,3}0[xX](?P<hex>[0-9A-Fa-f]{1,4})\b")
_SYSTEM_ERROR = re.compile(
    r"(?:system ?error|win32 ?error)(?: code)?\W{1,3}(?P<number>[0-9]{1,5})\b", re.IGNORECASE
)
_IN_PARENTHESES = re.compile(r"\((?P<number>[0-9]{4,5})\)")
_SHORT_HEX = re.compile(r"(?<![\w-])0[xX](?P<hex>[0-9A-Fa-f]{3,4})\b")
_LDAP_DATA = re.compile(r"\bdata (?P<hex>[0-9a-f]{3})\b, v")  # Active Directory's LDAP bind
_OF_LDAP = 0x80090308
"""Stands before every refused LDAP bind; the reason is behind `data`."""
_KERBEROS = re.compile(
    r"\b(?:krb\w*|kerberos|kdc|gss\w*|kinit|kvno|[at][gs]s?-re[pq]|spnego)\b", re.IGNORECASE
)
_BARE_ERROR = re.compile(
    r"\b(?:error|err|errno)(?: code)?[ :=#(]{1,3}(?P<number>0[xX][0-9A-Fa-f]{1,2}|[0-9]{1,2})\b(?![\w.:]*\d)",
    re.IGNORECASE,
)
"""Counts where the text speaks of Kerberos."""
_REPLY = re.compile(r"(?:^|[\s:\"'=>,])(?P<code>[45][0-9]{2})[ -](?P<words>[^\d\W][^\n]{2,80})")
_NOT_EXCHANGE = re.compile(
    r"(?<![\d.])(?P<code>[245]\.(?!7\.0)\d{1,3}\.\d{1,3}) temporary authentication (?:failure|error)"
)
"""Exchange's words, and a code that Exchange does not put before them."""
_WORDS_BEHIND = re.compile(r"4\.7\.0[\s:;-]*[^\d\W]")
_OUT_OF_DATE = "ticket is likely out of date"
_OLD_TICKET = ("ticket-stale", "replication-diverged", "machine-key-stale")
"""MIT compares the ticket's version of the key with the keytab's: here the keytab has a newer one."""
_BANNER = "esmtp mail service ready"
_VAGUE = frozenset(
    {
        ("Win32 error", "5"),
        ("NTSTATUS", "0xC0000022"),
        ("NTSTATUS", "0xC000006D"),
        ("Kerberos error", "60"),
        ("SSPI status", "InternalError"),
        ("text", "unspecified gss failure"),
        ("text", "generic failure"),
        ("text", _BANNER),
        ("text", "inbound exchangeauth negotiation failed"),
        ("text", "inbound negotiate failed"),
    }
)
"""Codes that say that something is wrong and not what."""


def in_text(text: str) -> tuple[Explanation, ...]:
    """Everything that a text holds: whose words they are, why, which event, what is vague, and the replies."""
    folded = fold(text)
    lines = "\n".join(map(fold, text.splitlines()))
    flat = " ".join(text.split())
    named = _named_events(folded)
    codes = list(_judged(_codes(flat), folded, frozenset(event.number for event in named)))
    said = list(_said(folded, codes))
    phrased = list(phrases.phrases(folded, lines))
    whose, spoken = (
        [entries.phrase(one) for one in phrased if one.first is first] for first in (True, False)
    )
    happened = list(_events(named, codes))
    replies = [] if whose else list(_replies(flat, lines, said=said, told=bool(phrased or happened or codes)))
    closer = bool(whose) or any(item.causes for item in spoken)
    symptom = [] if closer else [item for item in said if item.kind == "SMTP status"]
    found = [*whose, *(item for item in (*codes, *said, *spoken) if item.kind != "SMTP status"), *happened]
    found.sort(key=_rank)
    return tuple(_telling([*found, *symptom, *replies]))


def _rank(item: Explanation) -> int:
    """Stable: what points at causes before events, those before what is vague or fine."""
    if (item.kind, item.code) in _VAGUE:
        return 2
    if item.kind == "event":
        return 1
    return 0 if item.causes or not _fine(item) else 2


def _fine(item: Explanation) -> bool:
    return not item.causes and (item.advice[:1] == (advice.NOTHING,) or item.code == _BANNER)


def _telling(found: list[Explanation]) -> Iterable[Explanation]:
    """Without what is in order, where something is not; without what is vague, where something is clear."""
    if any(mechanism.a_password(item) for item in found):
        return [item for item in found if item.kind == "event" or mechanism.a_password(item)]
    clear = any(item.causes and (item.kind, item.code) not in _VAGUE for item in found)
    wrong = clear or any(item.causes or item.code == "4.7.0" for item in found)
    return [
        item
        for item in found
        if not (wrong and _fine(item)) and not (clear and (item.kind, item.code) in _VAGUE)
    ]


def _judged(codes: Iterable[Explanation], folded: str, numbers: frozenset[int]) -> Iterator[Explanation]:
    """A receiver's refusal seen with its mechanism, and a status seen with the side that notes it."""
    outbound, inbound = mechanism.sides(folded, numbers)
    mechanisms = frozenset[str]() if outbound else mechanism.named(folded)
    for item in codes:
        noted = mechanism.noted_by(item, sender=outbound) if outbound or inbound else item
        yield mechanism.judged(noted, mechanisms)


def _codes(text: str) -> Iterator[Explanation]:
    """Statuses and numbers, in the order of what they are worth."""
    for matched in _STATUS.finditer(text):
        name = matched["name"]
        logs_on = _LOGS_ON.search(_before(text, matched, _STATUS_SPAN) + matched[0]) is not None
        if names.sspi_status(name).known or (logs_on and sum(map(str.isupper, name)) > 1):
            yield entries.sspi(name)
    for word in dict.fromkeys(_WORD.findall(text)):
        if word.count("_") or sum(map(str.isupper, word)) > 1 or word.casefold() in entries.COMPOUNDS:
            yield from entries.name(word) if word.casefold() not in entries.ORDINARY else ()
    yield from _kerberos_codes(text)
    for matched in _HEX.finditer(text):
        value = int(matched[1] or matched[2], 16)
        if value >= 0x10000 and not (value == _OF_LDAP and _LDAP_DATA.search(text)):
            yield from entries.number(value)
    for large in _LARGE.findall(text):
        yield from entries.number(int(large))
    yield from _win32(text)


def _kerberos_codes(text: str) -> Iterator[Explanation]:
    """Error-codes of KRB-ERROR by number, where they can be nothing else."""
    errors = [_WIRESHARK, _KRB_CODE]
    if _KERBEROS.search(text):
        errors.append(_BARE_ERROR)
    if len(text) <= _AUDIT_SPAN and _AUDITED.search(text):
        errors.append(_AUDIT_CODE)
    for matched in (matched for pattern in errors for matched in pattern.finditer(text)):
        code = integer(matched["number"])
        foreign = _OTHERS_CODE.search(_before(text, matched, _OTHERS_SPAN))
        if code in KRB_ERRORS and code and not foreign:
            yield entries.krb_error(code)


def _win32(text: str) -> Iterator[Explanation]:
    numbers = [
        *(
            int(matched["number"])
            for matched in _PAIR.finditer(text)
            if int(matched["number"]) == int(matched["hex"], 16)
        ),
        *(int(matched["number"]) for matched in _SYSTEM_ERROR.finditer(text)),
        *(int(matched["number"]) for matched in _WIN32_CODE.finditer(text)),
        *(int(matched["number"]) for matched in _IN_PARENTHESES.finditer(text)),
        *(int(matched[1], 16) for matched in _HEX.finditer(text) if matched[1]),
        *(
            int(matched["hex"], 16)
            for pattern in (_SHORT_HEX, _LDAP_DATA)
            for matched in pattern.finditer(text)
        ),
    ]
    yield from (entries.win32(number) for number in numbers if number in WIN32_ERRORS)


def _said(folded: str, codes: list[Explanation]) -> Iterator[Explanation]:
    """What words stand for, unless a code beside them says the same."""
    told = {item.causes[0] for item in codes if item.causes}
    for code in phrases.kerberos_errors(folded):
        item = entries.krb_error(code)
        yield replace(item, causes=_OLD_TICKET) if _OUT_OF_DATE in folded else item
    others = _NOT_EXCHANGE.search(folded)
    if others is not None:
        yield entries.unknown_reply(others["code"])
    for saying in phrases.sayings(folded):
        item = entries.saying(saying)
        if others is not None and item.code == "4.7.0":
            continue
        if not item.causes or item.causes[0] not in told:
            yield item


def _named_events(folded: str) -> list[Event]:
    """By number, and by their own words where no number of the same source is named."""
    numbered = list(events.numbered(folded))
    sources = {event.source for event in numbered}
    return [*numbered, *(event for event in events.spoken(folded) if event.source not in sources)]


def _events(named: list[Event], codes: list[Explanation]) -> Iterator[Explanation]:
    """What is known of events.

    A status in an event's text is its reason: then what the event by itself may come from counts no more.
    """
    told = any(item.causes and (item.kind, item.code) not in _VAGUE for item in codes)
    for event in named:
        item = entries.event(event, reason_told=bool(codes))
        yield replace(item, causes=()) if told else item


def _replies(text: str, lines: str, *, said: list[Explanation], told: bool) -> Iterator[Explanation]:
    """The codes of replies; 4.7.0 only as far as its words are Exchange's."""
    symptom = any(item.code == "4.7.0" for item in said)
    found = [
        matched[0] for matched in _ENHANCED.finditer(text) if not _VERSION.search(_before(text, matched, 12))
    ]
    # The innermost reply is the last one in a queue's LastError, and the one that matters.
    for code in dict.fromkeys(reversed(found)):
        if code != "4.7.0":
            yield entries.enhanced(code)
        elif not told and not symptom:
            yield entries.unknown_reply(code) if _WORDS_BEHIND.search(lines) else entries.enhanced(code)
    if found or told or said:
        return
    leading = re.match(r"([245][0-9]{2})(?:[ -]|$)", text)
    if matched := _REPLY.search(lines):
        yield entries.unknown_reply(matched["code"])
    elif leading and int(leading[1]) in tables.REPLY_CODES:
        yield entries.enhanced(tables.REPLY_CODES[int(leading[1])])


def _before(text: str, matched: re.Match[str], size: int) -> str:
    """What stands in front of a match, ``size`` characters at most."""
    return text[max(matched.start() - size, 0) : matched.start()]


def integer(text: str) -> int:
    """A number as people write it."""
    return int(text, 16) if text[:2].lower() == "0x" else int(text)
