"""The KDC transport against sockets on loopback that answer, refuse, stall and lie."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest

from probe.kdcs.transport import AsyncioKdcTransport
from probe.tickets.client.transport import Answer, FailureReason, KdcEndpoint, Transport, TransportFailure
from tests.support.mit import free_port

UDP, TCP = Transport.UDP, Transport.TCP
PATIENT, HASTY = 5.0, 0.05  # seconds; the hasty ones wait for what never comes


async def ask(
    endpoint: KdcEndpoint, transport: Transport, request: bytes = b"request", *, timeout_s: float = PATIENT
) -> Answer | TransportFailure:
    return await AsyncioKdcTransport(maximum_reply=100).exchange(
        endpoint, transport, request, timeout_s=timeout_s
    )


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def tcp_server(script: Script, host: str = "127.0.0.1") -> AsyncIterator[KdcEndpoint]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await script(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, host, 0)
    try:
        yield KdcEndpoint(host, server.sockets[0].getsockname()[1])
    finally:
        server.close()


class Datagrams(asyncio.DatagramProtocol):
    """Answers every datagram with what ``replies`` has for it."""

    transport: asyncio.DatagramTransport

    def __init__(self, replies: Callable[[bytes], list[bytes]]) -> None:
        self._replies = replies
        self.requests: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The selector loop's transport is no subclass of what it stands for (CPython 3.11).
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.requests.append(data)
        for reply in self._replies(data):
            self.transport.sendto(reply, addr)


@asynccontextmanager
async def udp_server(
    replies: Callable[[bytes], list[bytes]], host: str = "127.0.0.1"
) -> AsyncIterator[tuple[KdcEndpoint, Datagrams]]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: Datagrams(replies), local_addr=(host, 0)
    )
    try:
        yield KdcEndpoint(host, transport.get_extra_info("sockname")[1]), protocol
    finally:
        transport.close()


def closed_port() -> KdcEndpoint:
    return KdcEndpoint("127.0.0.1", free_port())


async def test_udp() -> None:
    async with udp_server(lambda data: [data[::-1], b"late"]) as (endpoint, server):
        answer = await ask(endpoint, UDP)
    assert isinstance(answer, Answer)
    assert answer.data == b"tseuqer"
    assert server.requests == [b"request"]
    assert answer.sent_at <= answer.received_at


async def test_udp_over_ipv6() -> None:
    try:
        async with udp_server(lambda data: [data], "::1") as (endpoint, _):
            answer = await ask(endpoint, UDP)
    except OSError:
        pytest.skip("no IPv6 on loopback")
    assert isinstance(answer, Answer)


async def test_udp_port_closed() -> None:
    answer = await ask(closed_port(), UDP)
    assert answer == TransportFailure(reason=FailureReason.REFUSED)


async def test_udp_silent() -> None:
    async with udp_server(lambda _: []) as (endpoint, server):
        answer = await ask(endpoint, UDP, timeout_s=HASTY)
    assert answer == TransportFailure(reason=FailureReason.TIMED_OUT, perhaps_delivered=True)
    assert server.requests == [b"request"]


async def test_udp_reply_of_a_stranger_is_not_taken() -> None:
    """Another socket answers: a connected socket does not see it."""

    def elsewhere(data: bytes) -> list[bytes]:
        peer = clients[-1]
        with socket.socket(type=socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"forged", peer)
        return [data]

    clients: list[tuple[str, int]] = []

    class Spy(Datagrams):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            clients.append(addr)
            super().datagram_received(data, addr)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Spy(elsewhere), local_addr=("127.0.0.1", 0))
    answer = await ask(KdcEndpoint("127.0.0.1", transport.get_extra_info("sockname")[1]), UDP)
    transport.close()
    assert isinstance(answer, Answer)
    assert answer.data == b"request"


async def test_udp_request_larger_than_a_datagram() -> None:
    async with udp_server(lambda data: [data]) as (endpoint, _):
        answer = await ask(endpoint, UDP, bytes(70_000))
    assert isinstance(answer, TransportFailure)
    assert answer.reason is FailureReason.CLOSED
    assert "too long" in answer.detail.lower()


async def test_tcp() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frame = await reader.readexactly(4 + 7)
        for octet in frame:
            writer.write(bytes((octet,)))
            await writer.drain()

    async with tcp_server(echo) as endpoint:
        answer = await ask(endpoint, TCP)
    assert isinstance(answer, Answer)
    assert answer.data == b"request"


async def test_tcp_port_closed() -> None:
    answer = await ask(closed_port(), TCP)
    assert answer == TransportFailure(reason=FailureReason.REFUSED)


async def test_tcp_silent() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        answer = await ask(KdcEndpoint("127.0.0.1", listener.getsockname()[1]), TCP, timeout_s=HASTY)
    assert answer == TransportFailure(reason=FailureReason.TIMED_OUT, perhaps_delivered=True)


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (b"", "after 0 octets"),
        (b"\x00\x00", "after 2 octets"),
        (struct.pack(">I", 9) + b"abc", "after 3 octets"),
    ],
)
async def test_tcp_closed_early(sent: bytes, detail: str) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(11)
        writer.write(sent)
        await writer.drain()

    async with tcp_server(cut) as endpoint:
        answer = await ask(endpoint, TCP)
    assert answer == TransportFailure(reason=FailureReason.CLOSED, detail=detail, perhaps_delivered=True)


async def test_tcp_reset() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(11)
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with tcp_server(reset) as endpoint:
        answer = await ask(endpoint, TCP)
    assert isinstance(answer, TransportFailure)
    assert (answer.reason, answer.perhaps_delivered) == (FailureReason.CLOSED, True)


@pytest.mark.parametrize("length", [101, 1 << 31, (1 << 32) - 1])
async def test_tcp_reply_over_the_bound_is_not_read(length: int) -> None:
    async def boast(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(11)
        writer.write(struct.pack(">I", length) + bytes(200))
        await writer.drain()

    async with tcp_server(boast) as endpoint:
        answer = await ask(endpoint, TCP)
    assert isinstance(answer, TransportFailure)
    assert answer.reason is FailureReason.TOO_LONG
    assert answer.detail == f"{length} octets announced, at most 100 are read"


@pytest.mark.parametrize("transport", [UDP, TCP])
async def test_name_that_does_not_resolve(transport: Transport) -> None:
    """A label of 64 characters cannot be in any DNS (RFC 1035 section 2.3.4): no query is sent."""
    answer = await ask(KdcEndpoint("a" * 64 + ".invalid", 88), transport)
    assert answer == TransportFailure(reason=FailureReason.UNREACHABLE, detail="the name does not resolve")


@pytest.mark.parametrize("transport", [UDP, TCP])
async def test_second_address_when_the_first_refuses(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(11))
        await writer.drain()

    async with udp_server(lambda data: [data]) as (udp, _), tcp_server(echo) as tcp:
        good = udp if transport is UDP else tcp
        bad = closed_port()

        async def both(*_: object) -> list[tuple[str, int]]:
            return [(bad.host, bad.port), (good.host, good.port)]

        monkeypatch.setattr("probe.kdcs.transport._addresses", both)
        answer = await ask(KdcEndpoint("both"), transport)
    assert isinstance(answer, Answer)


async def test_clock_is_the_callers() -> None:
    times = iter((100.0, 101.5))
    async with udp_server(lambda data: [data]) as (endpoint, _):
        transport = AsyncioKdcTransport(clock=lambda: next(times))
        answer = await transport.exchange(endpoint, UDP, b"x", timeout_s=PATIENT)
    assert isinstance(answer, Answer)
    assert (answer.sent_at, answer.received_at) == (100.0, 101.5)
