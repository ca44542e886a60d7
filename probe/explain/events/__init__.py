"""Events of Windows' logs, and which of them a text speaks of: by number, source or own words (PURE)."""

import re
from collections.abc import Iterator
from functools import cache

from probe.explain.events import exchange, kdc, kerberos, languages, lsasrv, netlogon
from probe.explain.events.shape import Event
from probe.explain.matching import fold, holds, spellings

EVENTS: tuple[Event, ...] = (
    *exchange.EVENTS,
    *kdc.EVENTS,
    *kerberos.EVENTS,
    *netlogon.EVENTS,
    *lsasrv.EVENTS,
)

SOURCES: dict[str, tuple[str, ...]] = {
    "KDC": ("kerberos-key-distribution-center", "key distribution center", "kdcsvc", "kdc"),
    "Kerberos": ("security-kerberos", "kerberos"),
    "NETLOGON": ("netlogon",),
    "LsaSrv": ("lsa (lsasrv)", "lsasrv", "lsa"),
    "MSExchangeTransport": (
        "msexchangetransport",
        "msexchangefrontendtransport",
        "msexchange transport",
        "msexchange frontend transport",
        "msexchangetransportsubmission",
        "msexchangetransportdelivery",
        "exchange",
    ),
    "Time-Service": ("time-service", "w32time"),
    "Security": ("security-auditing", "security auditing", "security"),
}
"""How logs and people write a source, folded; ``Microsoft-Windows-`` may stand before it."""

_BY_ALIAS = {alias: source for source, aliases in SOURCES.items() for alias in aliases}
_ALIAS = "|".join(re.escape(alias) for alias in sorted(_BY_ALIAS, key=len, reverse=True))
_NAMED = re.compile(rf"(?<![\w-])(?:microsoft-windows-)?(?P<source>{_ALIAS})(?![\w-])")
_EVENT_WORDS = (
    "event-id|eventid|eventcode|event code|event no|event number|event id|event|evt|"
    "ereignis-id|ereigniskennung|ereignis|id. de evento|id de evento|id del evento|id evento|id. suceso|"
    "id de suceso|evento|identificacao do evento|id do evento|id de l'evenement|id d'evenement|evenement|"
    "gebeurtenis-id|gebeurtenis|identyfikator zdarzenia|id udalosti|olay kimligi|"
    + "|".join(map(fold, ("イベント id", "イベントid", "イベント", "事件 id", "事件id", "事件")))
)
_NUMBERED = re.compile(
    rf"(?<!\w)(?:{_EVENT_WORDS})(?:\s*(?:is|no\.?|nr\.?))?[^\w.]{{0,4}}(?P<number>[0-9]{{1,5}})(?![\w.]*\d)"
)
_SHORT = 60
_NOTHING_ELSE = 24
"""Characters of a text that is a source and a number, and little beside them."""
_XML = re.compile(r"<eventid[^<>]{0,60}>(?P<number>[0-9]{1,5})<")
_POWERSHELL = re.compile(r"(?<!\w)id\s*[:=]\s*(?P<number>[0-9]{1,5})\b")
_ALONE = "|".join(
    re.escape(alias) for alias in sorted(_BY_ALIAS, key=len, reverse=True) if alias not in ("exchange", "lsa")
)
"""Beside a bare number: `Exchange 2019` is a product."""
_BESIDE = re.compile(
    rf"(?<![\w-])(?:microsoft-windows-)?(?P<source>{_ALONE})[\s:,#/()|-]{{1,4}}"
    rf"(?:(?:{_EVENT_WORDS})\W{{0,4}})?(?P<number>[0-9]{{1,5}})(?![\w.:/]*\d)"
)
_AHEAD = re.compile(
    rf"(?<![\w.:/-])(?P<number>[0-9]{{1,5}})[\s:,/()|-]{{1,4}}(?:(?:from|by|of|source|in)\W{{1,3}})?"
    rf"(?:microsoft-windows-)?(?P<source>{_ALONE})(?![\w-])"
)
_STATED = re.compile(
    r"(?:source|quelle|origen|origine|fonte|provider ?name|provider name)\s*[:=]\s*['\"]?(?P<name>[\w-]+(?: \(\w+\))?)"
)


def by_number(number: int, sources: frozenset[str] = frozenset()) -> tuple[Event, ...]:
    """Events of a number; of the sources that are named, if any is."""
    return tuple(
        event for event in EVENTS if event.number == number and (event.source in sources or not sources)
    )


def sources(folded: str) -> frozenset[str]:
    """The sources that a text names."""
    return frozenset(_BY_ALIAS[matched["source"]] for matched in _NAMED.finditer(folded))


def numbered(folded: str) -> Iterator[Event]:
    """Events that a text names by number."""
    stated = [matched["name"] for matched in _STATED.finditer(folded)]
    named = sources(" ".join(stated)) or sources(folded)
    foreign = any(not _NAMED.search(name) for name in stated)
    for pattern in (_BESIDE, _AHEAD):
        for matched in pattern.finditer(folded):
            # `Kerberos 4` in a sentence is a version of the protocol.
            if len(folded) <= _NOTHING_ELSE or matched["source"] != "kerberos" or "event" in matched[0]:
                yield from by_number(int(matched["number"]), frozenset({_BY_ALIAS[matched["source"]]}))
    if foreign:
        return
    patterns = (_NUMBERED, _XML, _POWERSHELL) if named else (_NUMBERED, _XML)
    for pattern in patterns:
        for matched in pattern.finditer(folded):
            number = int(matched["number"])
            # In a long text a source's name may be a word of the event; in a short one, or behind `Source:`, it is not.
            loose = not stated and len(folded) > _SHORT
            yield from by_number(number, named) or (by_number(number) if loose else ())


def spoken(folded: str) -> Iterator[Event]:
    """Events whose own words a text holds, at most one of a source: the first of the table."""
    told: set[str] = set()
    for event in EVENTS:
        if event.source not in told and any(holds(folded, words) for words in _words(event)):
            told.add(event.source)
            yield event


@cache
def _words(event: Event) -> tuple[str, ...]:
    """In all languages, folded."""
    others = languages.WORDS.get((event.source, event.number), ())
    return (*event.words, *(spelling for words in others for spelling in spellings(words)))


def asked(folded: str) -> tuple[int, ...]:
    """The numbers of events that a text names, known or not."""
    patterns = (_NUMBERED, _XML, _BESIDE, _AHEAD)
    return tuple(int(matched["number"]) for pattern in patterns for matched in pattern.finditer(folded))


def near(folded: str) -> tuple[str, ...]:
    """Events close to one that is not known: of the same source, or else the next numbers."""
    numbers, named = asked(folded), sources(folded)
    if not numbers:
        return ()
    like = [event for event in EVENTS if event.source in named] or list(EVENTS)
    like.sort(key=lambda event: abs(event.number - numbers[0]))
    return tuple(f"{event.source} {event.number}" for event in like[:4])
