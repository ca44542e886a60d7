"""One SNTP question over UDP, with a time-out (RFC 4330 section 5)."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass

from probe.net.endpoint import Endpoint
from probe.trace.clock_reading import clock_reading
from probe.trace.facts import ClockReading
from probe.wire.sntp import SntpError, SntpReply, encode_request, parse_reply

MAXIMUM_BOGUS = 16
"""Datagrams that do not fit and are passed over: a flood of forgeries must not keep us busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAnswer:
    """A reply and when we sent and received, by this host's clock; or ``error``, our word for why there is none."""

    error: str = ""
    """``refused``, ``timed-out``, ``unreachable``, or what did not fit: ``not-ours``, ``too-short`` ..."""
    reply: SntpReply | None = None
    sent_at: float = 0.0
    received_at: float = 0.0

    def clock_reading(self, who: str, *, doubt_s: float = 0.0) -> ClockReading | None:
        """The clock of ``who``; None without a reply. ``doubt_s`` comes on top of what the clock itself leaves open."""
        reply = self.reply
        if reply is None:
            return None
        return clock_reading(
            who=who,
            source="sntp",
            sent_at=self.sent_at,
            received_at=self.received_at,
            theirs=reply.received,
            answered=reply.transmitted,
            resolution_s=reply.precision_s + doubt_s,
        )


async def ask_time(
    endpoint: Endpoint,
    *,
    clock: Callable[[], float],
    randomness: Callable[[int], bytes],
    timeout_s: float,
) -> TimeAnswer:
    """Ask once. Never raises for what a peer or the network does.

    What is no answer to our question is passed over until the time is up (RFC 5905 section 8, "bogus packet"): anybody
    may send us a datagram, and only the server, or who sees our traffic, knows the octets that have to come back.
    """
    originate = randomness(8)
    waiter = _Waiter(clock, originate)
    loop = asyncio.get_running_loop()
    transport: asyncio.DatagramTransport | None = None
    try:
        async with asyncio.timeout(timeout_s):
            transport, _ = await loop.create_datagram_endpoint(
                lambda: waiter, remote_addr=(endpoint.host, endpoint.port)
            )
            sent_at = clock()
            transport.sendto(encode_request(originate))
            reply, received_at = await waiter.reply
        return TimeAnswer(reply=reply, sent_at=sent_at, received_at=received_at)
    except TimeoutError:
        return TimeAnswer(error=waiter.bogus or "timed-out")
    except (OSError, UnicodeError) as error:
        refused = isinstance(error, ConnectionRefusedError | ConnectionResetError)
        return TimeAnswer(
            error="refused" if refused and not isinstance(error, socket.gaierror) else "unreachable"
        )
    finally:
        if transport is not None:
            transport.close()


class _Waiter(asyncio.DatagramProtocol):
    """Waits for the datagram that answers our question."""

    def __init__(self, clock: Callable[[], float], originate: bytes) -> None:
        self._clock, self._originate = clock, originate
        self._left = MAXIMUM_BOGUS
        self.bogus = ""
        self.reply: asyncio.Future[tuple[SntpReply, float]] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self.reply.done() or not self._left:
            return
        try:
            self.reply.set_result((parse_reply(data, self._originate), self._clock()))
        except SntpError as error:
            self._left -= 1
            self.bogus = str(error)

    def error_received(self, exc: Exception) -> None:
        # Windows calls an ICMP "port unreachable" a reset (WSAECONNRESET), even for UDP.
        if not self.reply.done():
            self.reply.set_exception(exc)
