"""Ground truth: what came in, what went out, which fault fired, and what the receiver would log.

The probe never sees the ledger; only tests, `exps lab` and a teacher compare the two. The ledger does no
IO: it hands each entry to the sinks that it was given (a JSON-lines file, a list in a test).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Scalar = str | int | float | bool | None
Detail = Mapping[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. ``at`` is true time (UTC seconds since the epoch), not a party's clock."""

    at: float
    kind: str
    """``smtp-connect``, ``smtp-in``, ``smtp-out``, ``smtp-close``, ``tls``, ``auth``, ``tarpit``,
    ``kdc-request``, ``kdc-reply``, ``fault`` or ``event``; of a sending server ``send-...``, see
    `simulator.logs.protocol_log`."""
    party: str
    """The connector, server or KDC that it happened at."""
    detail: Detail = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """A flat JSON object; ``detail`` comes last."""
        return {"at": round(self.at, 6), "kind": self.kind, "party": self.party, "detail": dict(self.detail)}


class Ledger:
    """Keeps entries, at most ``limit`` of them (the oldest go), and passes each to the sinks."""

    def __init__(self, *, clock: Callable[[], float], limit: int = 100_000) -> None:
        self._clock = clock
        self._limit = limit
        self._sinks: list[Callable[[Entry], None]] = []
        self.entries: list[Entry] = []

    def subscribe(self, sink: Callable[[Entry], None]) -> None:
        """Call ``sink`` with every entry from now on."""
        self._sinks.append(sink)

    def add(self, kind: str, party: str, **detail: Scalar) -> Entry:
        """Write an entry down and pass it on."""
        entry = Entry(at=self._clock(), kind=kind, party=party, detail=detail)
        self.entries.append(entry)
        if len(self.entries) > self._limit:
            del self.entries[: self._limit // 10]
        for sink in self._sinks:
            sink(entry)
        return entry

    def fired(self, fault: str, party: str, **detail: Scalar) -> None:
        """The declared fault ``fault`` changed something at ``party``."""
        self.add("fault", party, fault=fault, **detail)

    def event_1035(self, *, server: str, connector: str, error: str, mechanism: str, address: str) -> None:
        """The receiver's application log: MSExchangeTransport, SmtpReceive, event 1035.

        Source: the event's text as published with Microsoft KB 979174.
        """
        message = (
            f"Inbound authentication failed with error {error} for Receive connector {connector}. "
            f"The authentication mechanism is {mechanism}. The source IP address of the client who tried to "
            f"authenticate to Microsoft Exchange is [{address}]."
        )
        self.add(
            "event",
            server,
            id=1035,
            source="MSExchangeTransport",
            category="SmtpReceive",
            error=error,
            connector=connector,
            mechanism=mechanism,
            address=address,
            message=message,
        )

    def event_1020(self, *, server: str, connector: str, account: str, mechanism: str, address: str) -> None:
        """The receiver's application log: MSExchangeTransport, SmtpReceive, event 1020.

        Source: the event's text as published by Microsoft (Exchange 2010, SmtpReceiveAuthorizationRejected).
        """
        message = (
            f"The account '{account}' provided valid credentials, but is not authorized to use the server; "
            "failing authentication."
        )
        self.add(
            "event",
            server,
            id=1020,
            source="MSExchangeTransport",
            category="SmtpReceive",
            error="NotAuthorized",
            account=account,
            connector=connector,
            mechanism=mechanism,
            address=address,
            message=message,
        )

    def event_2017(self, *, server: str, connector: str, error: str, mechanism: str, target: str) -> None:
        """The sender's application log: MSExchangeTransport, SmtpSend, event 2017; ``target`` is the SPN.

        Source: the event's text as published, PROTOCOL notes of the project, section 1.
        """
        message = (
            f"Outbound authentication failed with error {error} for Send connector {connector}. "
            f"The authentication mechanism is {mechanism}. The target is {target}."
        )
        self.add(
            "event",
            server,
            id=2017,
            source="MSExchangeTransport",
            category="SmtpSend",
            error=error,
            connector=connector,
            mechanism=mechanism,
            target=target,
            message=message,
        )

    def of(self, kind: str, party: str | None = None) -> list[Entry]:
        """The kept entries of one kind, of one party or of all."""
        return [entry for entry in self.entries if entry.kind == kind and party in (None, entry.party)]
