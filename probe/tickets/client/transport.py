"""What the Kerberos client asks of the network, as types (PURE); `probe/net/kdc.py` does it with asyncio."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

KERBEROS_PORT = 88
"""RFC 4120 section 7.2.1, both UDP and TCP."""


class Transport(StrEnum):
    """How a request gets to a KDC, RFC 4120 section 7.2."""

    UDP = "udp"
    TCP = "tcp"


class EndpointError(ValueError):
    """A text that names no KDC."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One KDC as it was named to us. ``host`` is a name or an address without brackets."""

    host: str
    port: int = KERBEROS_PORT
    only: Transport | None = None
    """The one transport that the source named for it (``tcp/HOST`` in krb5.conf, an SRV record), or None for
    both.
    """

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def transports(self) -> tuple[Transport, ...]:
        """The transports that may be used, in the order in which they are tried."""
        return (Transport.UDP, Transport.TCP) if self.only is None else (self.only,)

    @classmethod
    def parse(cls, text: str, default_port: int = KERBEROS_PORT) -> "Endpoint":
        """``HOST``, ``HOST:PORT``, ``[V6]:PORT``, ``V6``, each with ``udp/`` or ``tcp/`` in front if wanted.

        Raises EndpointError with a sentence that quotes the text.
        """
        rest, only = text.strip(), None
        for transport in Transport:
            if rest.lower().startswith(f"{transport}/"):
                rest, only = rest[4:], transport
        host, port = _host_and_port(rest)
        number = default_port if port is None else int(port) if port.isdecimal() and len(port) < 6 else 0
        if not host or not 0 < number < 65536 or any(character in "/[] \t@" for character in host):
            raise EndpointError(f"{text!r} is no HOST, HOST:PORT or [IPV6]:PORT")
        return cls(host, number, only)


def _host_and_port(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            return "", None
        return host, rest[1:] if rest else None
    if text.count(":") > 1:  # an IPv6 address without brackets has no port
        return text, None
    host, colon, port = text.partition(":")
    return host, port if colon else None


class FailureReason(StrEnum):
    """Why no answer came; the words of `facts.KdcExchange.transport_error`."""

    REFUSED = "refused"
    TIMED_OUT = "timed-out"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A KDC's reply. Times are seconds since the Unix epoch by the transport's clock."""

    data: bytes = field(repr=False)
    sent_at: float
    """When the request was handed to the network: after a TCP connection stood, so that it spoils no clock
    reading.
    """
    received_at: float

    @property
    def round_trip(self) -> float:
        """Seconds from the request to the reply."""
        return max(self.received_at - self.sent_at, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportFailure:
    """No (whole) reply came. A value and no exception: a KDC that is down is what is looked for."""

    reason: FailureReason
    detail: str = ""
    """Our words, such as ``name not resolved``."""
    perhaps_delivered: bool = False
    """The KDC may have got the whole request. Then a password must not be sent again."""


class KdcTransport(Protocol):
    """Moves a request to a KDC and its reply back, with a bound on every read and wait."""

    async def exchange(
        self, endpoint: Endpoint, transport: Transport, request: bytes, *, timeout_s: float
    ) -> Answer | TransportFailure:
        """One request and its reply. Never raises for what a peer or the network does."""

    async def together(self, jobs: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
        """Run jobs concurrently; their results in the same order. The first exception ends the others."""


class Locator(Protocol):
    """Where the KDCs of a realm are."""

    async def __call__(self, realm: str) -> Sequence[Endpoint]:
        """The KDCs in the order in which to try them; none when nothing is known."""
