"""The way to a KDC and back over UDP or TCP (RFC 4120 section 7.2), with a bound on every read and every
wait.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from probe.tickets.client.transport import Answer, FailureReason, KdcEndpoint, Transport, TransportFailure

MAXIMUM_REPLY = 1 << 20
"""Octets of a reply over TCP. A ticket with the largest PAC has about 64 KiB (MaxTokenSize: 48 000)."""

_MAXIMUM_ADDRESSES = 4


class AsyncioKdcTransport:
    """A `KdcTransport` on asyncio. ``clock`` gives seconds since the Unix epoch and stamps every answer."""

    def __init__(self, *, clock: Callable[[], float] = time.time, maximum_reply: int = MAXIMUM_REPLY) -> None:
        self._clock = clock
        self._maximum_reply = maximum_reply

    async def exchange(
        self, endpoint: KdcEndpoint, transport: Transport, request: bytes, *, timeout_s: float
    ) -> Answer | TransportFailure:
        """One request and its reply within ``timeout_s`` seconds, look-up of the name and connecting
        included.
        """
        attempt = _Attempt(request, self._clock, self._maximum_reply)
        once = attempt.over_udp if transport is Transport.UDP else attempt.over_tcp
        try:
            async with asyncio.timeout(timeout_s):
                addresses = await _addresses(endpoint, transport)
                return await attempt.first(addresses, once, timeout_s)
        except TimeoutError:
            reason, detail = FailureReason.TIMED_OUT, ""
        except _TooLongError as error:
            reason, detail = FailureReason.TOO_LONG, str(error)
        except (asyncio.IncompleteReadError, OSError, UnicodeError) as error:
            reason, detail = _reason(error, sent=attempt.sent)
        return TransportFailure(reason=reason, detail=detail, perhaps_delivered=attempt.delivered(reason))


Address = tuple[str, int]


async def _addresses(endpoint: KdcEndpoint, transport: Transport) -> list[Address]:
    kind = socket.SOCK_DGRAM if transport is Transport.UDP else socket.SOCK_STREAM
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(endpoint.host, endpoint.port, type=kind)
    addresses = [(str(info[4][0]), int(info[4][1])) for info in found]
    return list(dict.fromkeys(addresses))[:_MAXIMUM_ADDRESSES]


class _TooLongError(Exception):
    pass


class _Attempt:
    """One request on its way; knows whether it has left this host."""

    def __init__(self, request: bytes, clock: Callable[[], float], maximum_reply: int) -> None:
        self._request = request
        self._clock = clock
        self._maximum_reply = maximum_reply
        self.sent = False

    def delivered(self, reason: FailureReason) -> bool:
        """Whether the KDC may have got the request: an ICMP "port unreachable" says that it has not."""
        return self.sent and reason is not FailureReason.REFUSED

    async def first(
        self,
        addresses: Sequence[Address],
        once: Callable[[Address], Coroutine[Any, Any, Answer]],
        timeout_s: float,
    ) -> Answer:
        """The answer of the first address that takes the request. After it was sent no other
        address gets it.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        for position, address in enumerate(addresses[:-1]):
            share = (deadline - loop.time()) / (len(addresses) - position)
            try:
                return await self._within(share, once(address))
            except (OSError, TimeoutError) as error:
                refused = isinstance(error, ConnectionRefusedError)
                if self.sent and not refused:
                    raise
                self.sent = False
        return await once(addresses[-1])

    async def _within(self, share: float, job: Coroutine[Any, Any, Answer]) -> Answer:
        """A share of the time to get as far as sending; what was sent may then take all that is left."""
        task = asyncio.ensure_future(job)
        try:
            await asyncio.wait((task,), timeout=share)
            if not task.done() and not self.sent:
                raise TimeoutError
            return await task
        finally:
            task.cancel()

    async def over_udp(self, address: Address) -> Answer:
        """Through a connected socket: the reply is the peer's, and a refusal by ICMP is seen."""
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_datagram_endpoint(
            lambda: _Datagram(self._clock), remote_addr=address
        )
        try:
            sent_at = self._clock()
            self.sent = True
            transport.sendto(self._request)
            data, received_at = await protocol.reply
        finally:
            transport.close()
        return Answer(data=data, sent_at=sent_at, received_at=received_at)

    async def over_tcp(self, address: Address) -> Answer:
        """Each message behind its length in four octets, RFC 4120 section 7.2.2."""
        reader, writer = await asyncio.open_connection(*address)
        try:
            sent_at = self._clock()
            self.sent = True
            writer.write(struct.pack(">I", len(self._request)) + self._request)
            await writer.drain()
            length = int.from_bytes(await reader.readexactly(4), "big")
            if length > self._maximum_reply:
                raise _TooLongError(f"{length} octets announced, at most {self._maximum_reply} are read")
            data = await reader.readexactly(length)
            return Answer(data=data, sent_at=sent_at, received_at=self._clock())
        finally:
            writer.transport.abort()  # nothing is left to say, and no close of a peer's is waited for


class _Datagram(asyncio.DatagramProtocol):
    """Waits for one datagram or one error."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.reply: asyncio.Future[tuple[bytes, float]] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if not self.reply.done():
            self.reply.set_result((data, self._clock()))

    def error_received(self, exc: Exception) -> None:
        if not self.reply.done():
            # Windows calls an ICMP "port unreachable" a reset (WSAECONNRESET), even for UDP.
            refused = isinstance(exc, ConnectionResetError)
            self.reply.set_exception(ConnectionRefusedError() if refused else exc)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.reply.done():
            self.reply.cancel()


def _reason(error: Exception, *, sent: bool) -> tuple[FailureReason, str]:
    if isinstance(error, socket.gaierror | UnicodeError):
        return FailureReason.UNREACHABLE, "the name does not resolve"
    if isinstance(error, ConnectionRefusedError):
        return FailureReason.REFUSED, ""
    if isinstance(error, asyncio.IncompleteReadError):
        return FailureReason.CLOSED, f"after {len(error.partial)} octets"
    if isinstance(error, ConnectionError):
        return FailureReason.CLOSED, ""
    detail = error.strerror if isinstance(error, OSError) else ""
    return FailureReason.CLOSED if sent else FailureReason.UNREACHABLE, detail or ""
