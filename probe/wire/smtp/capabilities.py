"""What a banner and an EHLO reply say about a receive connector. PURE; never raises on what a peer wrote."""

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from probe.wire.smtp.replies import Reply

EXCHANGE_KEYWORDS = frozenset(
    {"X-EXPS", "X-ANONYMOUSTLS", "X-EXCHANGEAUTH", "XRDST", "XEXCH50", "XSHADOW", "X-OORG"}
)
"""Keywords that only Exchange gives."""

_SOFTWARE = (
    ("exchange", "microsoft esmtp mail service"),
    ("postfix", "postfix"),
    ("exim", "exim"),
    ("dovecot", "dovecot"),
)
_READY_AT = " ready at "
_MASK = re.compile(r"[*X20 .]*")
_MASKED_RUN = re.compile(r"[*X]{4}")
_LEFT_BY_THE_MASK = 4
"""Characters at the end of a masked banner that the device may leave as they were."""
_DATE_LENGTH = 64
"""An RFC 5322 date takes half of that; the library's parser need not see a hostile 128 KiB."""
_MASKED_KEYWORD = re.compile(r"X{3,}[A-Z]?")
"""Cisco's ESMTP inspection overwrites a keyword that it does not allow with X, and leaves the last letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """The 220 line.

    ``date`` is the server's clock in seconds since the Unix epoch (UTC), cut to one second.
    """

    name: str
    software: str
    date: float | None
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """An EHLO reply. ``keywords`` are the lines behind the first, as they came."""

    advertised_name: str
    keywords: tuple[str, ...]
    auth: tuple[str, ...]
    exps: tuple[str, ...]
    exchangeauth_hash: tuple[str, ...]
    starttls: bool
    x_anonymoustls: bool
    is_exchange: bool
    masked: tuple[str, ...]

    def offers(self, verb: str, mechanism: str) -> bool:
        """Whether ``verb`` (``X-EXPS`` or ``AUTH``) lists ``mechanism``."""
        return mechanism.upper() in (self.exps if verb == "X-EXPS" else self.auth)


def parse_banner(reply: Reply) -> Banner:
    """Name, software, clock and signs of masking. A date that is none gives None."""
    text = reply.text.strip()
    words = text.split()
    masked = _is_masked(text)
    lowered = text.lower()
    return Banner(
        name="" if masked or not words else words[0],
        software=next((name for name, mark in _SOFTWARE if mark in lowered), ""),
        date=_date(text),
        masked=masked,
    )


def _is_masked(text: str) -> bool:
    # Two plain scans: one pattern for all of it takes time by the square of a hostile banner's length.
    match = _MASK.match(text)
    prefix = match[0] if match else ""
    return len(text) - len(prefix) <= _LEFT_BY_THE_MASK and _MASKED_RUN.search(prefix) is not None


def _date(text: str) -> float | None:
    """Exchange ends its banner with ``ready at Fri, 5 Aug 2016 16:24:41 -0700``."""
    _, mark, date = text.rpartition(_READY_AT)
    if not mark or len(date) > _DATE_LENGTH:
        return None
    try:
        parsed = parsedate_to_datetime(date.strip())
        return None if parsed.tzinfo is None else parsed.timestamp()
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def parse_ehlo(reply: Reply) -> Capabilities:
    """Keywords and what they list; verbs that are named twice add up (``AUTH=LOGIN`` of old servers too)."""
    keywords = tuple(line.strip() for line in reply.lines[1:])
    lists: dict[str, dict[str, None]] = {}
    for line in keywords:
        verb, *parameters = line.upper().replace("AUTH=", "AUTH ", 1).split() or [""]
        lists.setdefault(verb, {}).update(dict.fromkeys(parameters))
    first = reply.text.split()
    return Capabilities(
        advertised_name=first[0] if first else "",
        keywords=keywords,
        auth=tuple(lists.get("AUTH", ())),
        exps=tuple(lists.get("X-EXPS", ())),
        exchangeauth_hash=tuple(lists.get("X-EXCHANGEAUTH", ())),
        starttls="STARTTLS" in lists,
        x_anonymoustls="X-ANONYMOUSTLS" in lists,
        is_exchange=not EXCHANGE_KEYWORDS.isdisjoint(lists),
        masked=tuple(line for line in keywords if _MASKED_KEYWORD.fullmatch(line.split(" ")[0])),
    )
