"""What the Kerberos client asks of the network, as types (PURE); `probe/kdcs/transport.py` does it with asyncio."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, Self, TypeVar

from probe.net.endpoint import Endpoint, EndpointError

T = TypeVar("T")

KERBEROS_PORT = 88
"""RFC 4120 section 7.2.1, both UDP and TCP."""


class Transport(StrEnum):
    """How a request gets to a KDC, RFC 4120 section 7.2."""

    UDP = "udp"
    TCP = "tcp"


@dataclass(frozen=True, slots=True)
class KdcEndpoint(Endpoint):
    """One KDC as it was named to us."""

    port: int = KERBEROS_PORT
    only: Transport | None = None
    """The one transport that the source named for it (``tcp/HOST`` in krb5.conf, an SRV record), or None for
    both.
    """

    @property
    def transports(self) -> tuple[Transport, ...]:
        """The transports that may be used, in the order in which they are tried."""
        return (Transport.UDP, Transport.TCP) if self.only is None else (self.only,)

    @classmethod
    def parse(cls, text: str, default_port: int = KERBEROS_PORT) -> Self:
        """As `Endpoint.parse`, with ``udp/`` or ``tcp/`` in front if wanted. Raises EndpointError."""
        rest, only = text.strip(), None
        for transport in Transport:
            if rest.lower().startswith(f"{transport}/"):
                rest, only = rest[4:], transport
        try:
            place = Endpoint.parse(rest, default_port)
        except EndpointError:
            raise EndpointError(f"{text!r} is no HOST, HOST:PORT or [IPV6]:PORT") from None
        return cls(place.host, place.port, only)


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
        self, endpoint: KdcEndpoint, transport: Transport, request: bytes, *, timeout_s: float
    ) -> Answer | TransportFailure:
        """One request and its reply. Never raises for what a peer or the network does."""


class RunTogether(Protocol):
    """Runs several questions at once: `probe.net.tasks.run_together`, or one after the other in a test."""

    async def __call__(self, jobs: Sequence[Coroutine[Any, Any, T]], /) -> list[T]:
        """Their results in the same order. The first exception ends the others."""


class Locator(Protocol):
    """Where the KDCs of a realm are."""

    async def __call__(self, realm: str) -> Sequence[KdcEndpoint]:
        """The KDCs in the order in which to try them; none when nothing is known."""
