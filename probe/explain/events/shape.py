"""What is known of an event of Windows' logs (PURE)."""

from typing import NamedTuple


class Event(NamedTuple):
    """One event: by whom, where, what it means, the causes that it points at (likeliest first), what to do."""

    source: str
    """As administrators say it: KDC, Kerberos, NETLOGON, LsaSrv, MSExchangeTransport, Time-Service, Security."""
    number: int
    where: str
    meaning: str
    causes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Parts of the event's own text, folded; ` ... ` stands for what differs from case to case."""
    citation: str = ""
