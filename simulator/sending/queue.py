"""A sending server's queue, and what Queue Viewer shows of it (PURE).

The retry schedule is Exchange's default for a Mailbox server:
QueueGlitchRetryCount 4 at QueueGlitchRetryInterval 1 min,
TransientFailureRetryCount 6 at TransientFailureRetryInterval 5 min, then OutboundConnectionFailureRetryInterval 10 min
(Microsoft Learn, "Message retry, resubmit, and expiration intervals"). The styles of LastError are those of published
queues, PROTOCOL notes of the project, sections 1 and 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

Style = Literal["2013", "2016"]
"""``2013``: what 2010 and 2013 write. ``2016``: what 2016 and later do."""
Origin = Literal["target", "connection", "sender"]
"""Who made the failure's line: the target, nobody (the connection failed), or the sending server for itself."""

GLITCH_RETRIES, GLITCH_INTERVAL_S = 4, 60.0
TRANSIENT_RETRIES, TRANSIENT_INTERVAL_S = 6, 300.0
LATER_INTERVAL_S = 600.0

NO_ALTERNATE = (
    "Attempted failover to alternate host, but that did not succeed. "
    "Either there are no alternate hosts, or delivery failed to all alternate hosts."
)


class Status(StrEnum):
    """A queue's status, of those that the lab plays."""

    READY = "Ready"
    RETRY = "Retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message in the queue. ``content`` is header and body with CRLF line ends, as it goes over the wire."""

    identity: int
    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an attempt did not deliver."""

    reply: str
    """The line: the target's, or the one that the sender writes for itself."""
    origin: Origin
    fqdn: str = ""
    """The target's name."""
    address: str = ""
    """The target's IP address; empty when there is none."""
    permanent: bool = False
    """The target will never take this message: it leaves the queue, and its author would be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """One line of Queue Viewer."""

    identity: str
    next_hop_domain: str
    status: Status
    message_count: int
    last_error: str
    next_retry: float | None
    """UTC seconds since the epoch by the server's clock; None while there is nothing to retry."""

    def to_json(self) -> Mapping[str, object]:
        """As ``Get-Queue | ConvertTo-Json`` names things."""
        return {
            "Identity": self.identity,
            "NextHopDomain": self.next_hop_domain,
            "Status": str(self.status),
            "MessageCount": self.message_count,
            "LastError": self.last_error,
            "NextRetryTime": None if self.next_retry is None else _iso(self.next_retry),
        }


class Queue:
    """The messages for one next hop. Bounded: raises OverflowError when it is full."""

    def __init__(self, *, server: str, number: int, next_hop: str, style: Style, limit: int = 1000) -> None:
        self._identity = f"{server}\\{number}"
        self._next_hop = next_hop
        self._style = style
        self._limit = limit
        self._waiting: list[Message] = []
        self._last_identity = 0
        self._failures = 0
        self._last_error = ""
        self._next_retry: float | None = None

    def submit(self, *, sender: str, recipients: tuple[str, ...], content: bytes) -> Message:
        """Take a message over."""
        if len(self._waiting) >= self._limit:
            raise OverflowError(f"{self._limit} messages wait already")
        self._last_identity += 1
        message = Message(identity=self._last_identity, sender=sender, recipients=recipients, content=content)
        self._waiting.append(message)
        return message

    @property
    def waiting(self) -> tuple[Message, ...]:
        """The messages, oldest first."""
        return tuple(self._waiting)

    def delivered(self, message: Message) -> None:
        """The target took it."""
        self._waiting.remove(message)
        self._failures, self._last_error, self._next_retry = 0, "", None

    def failed(self, failure: Failure, *, now: float, message: Message | None = None) -> None:
        """An attempt failed; ``now`` is the server's clock. ``message`` goes if the failure is permanent."""
        self._last_error = last_error(failure, self._style, now=now)
        if failure.permanent and message is not None:
            self._waiting.remove(message)
            return
        self._failures += 1
        self._next_retry = now + retry_interval(self._failures)

    def view(self) -> QueueView:
        """What Queue Viewer shows."""
        stuck = self._next_retry is not None and bool(self._waiting)
        return QueueView(
            identity=self._identity,
            next_hop_domain=self._next_hop,
            status=Status.RETRY if stuck else Status.READY,
            message_count=len(self._waiting),
            last_error=self._last_error,
            next_retry=self._next_retry if stuck else None,
        )


def retry_interval(failures: int) -> float:
    """Seconds until the next attempt after so many failures in a row (1 and more)."""
    if failures <= GLITCH_RETRIES:
        return GLITCH_INTERVAL_S
    return TRANSIENT_INTERVAL_S if failures <= GLITCH_RETRIES + TRANSIENT_RETRIES else LATER_INTERVAL_S


def last_error(failure: Failure, style: Style, *, now: float) -> str:
    """LastError. Whether the target said the line or the sender wrote it for itself does not show in it."""
    line = failure.reply
    if style == "2013":
        return f'451 4.4.0 Primary target IP address responded with: "{line.rstrip(".")}." {NO_ALTERNATE}'
    error = (
        f"451 4.4.397 Error communicating with target host. -> {line}"
        if failure.origin == "connection"
        else f"451 4.4.395 Target host responded with error. -> {line}"
    )
    return f"[{{LRT={_american(now)}}};{{LED={error}}};{{FQDN={failure.fqdn}}};{{IP={failure.address}}}]"


def _american(moment: float) -> str:
    """``11/23/2026 8:00:00 AM``: .NET's general format in the culture en-US, which published queues show."""
    at = datetime.fromtimestamp(moment, UTC)
    half = "AM" if at.hour < 12 else "PM"
    return f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S} {half}"


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
