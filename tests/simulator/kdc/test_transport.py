"""The KDC's sockets on loopback: framing, the faults of a port and of an answer, and how everything ends."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from simulator.faults import Fault
from simulator.kdc.transport import KdcServer
from simulator.net.actions import Action, Listen, Reset, Send, Silence
from simulator.net.udp_tcp_server import Limits
from tests.support.lab_kdc import MESSAGES, Lab, error_of, lab

REQUEST = MESSAGES["as_req"]
PATIENCE_S = 10.0
SILENCE_S = 0.2
"""How long a test waits for something that must not come."""

Start = Callable[..., Awaitable[tuple[KdcServer, Lab]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering(Fault):
    """Every answer after the first `after` becomes `action`."""

    action: Action
    after: int = 0

    def kdc_answer(self, kdc: str, transport: str, number: int, answer: Action) -> Action:
        return self.action if number > self.after else answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Port(Fault):
    udp: Listen = Listen.SERVE
    tcp: Listen = Listen.SERVE

    def kdc_port(self, kdc: str, transport: str) -> Listen:
        return self.udp if transport == "udp" else self.tcp


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    running: list[KdcServer] = []

    async def make(*faults: Fault, port: int = 0, limits: Limits | None = None) -> tuple[KdcServer, Lab]:
        kdc = lab(None, *faults)
        server = KdcServer(kdc.service, faults=kdc.faults, port=port, limits=limits)
        await server.start()
        running.append(server)
        return server, kdc

    yield make
    for server in running:
        await asyncio.wait_for(server.stop(), PATIENCE_S)


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.arrived: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.arrived.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.arrived.put_nowait(exc)


@contextlib.asynccontextmanager
async def udp(port: int) -> AsyncIterator[tuple[asyncio.DatagramTransport, Datagrams]]:
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        Datagrams, remote_addr=("127.0.0.1", port)
    )
    try:
        yield transport, protocol
    finally:
        transport.abort()


async def ask_udp(port: int, request: bytes, seconds: float = PATIENCE_S) -> bytes | Exception:
    async with udp(port) as (transport, protocol):
        transport.sendto(request)
        return await asyncio.wait_for(protocol.arrived.get(), seconds)


@contextlib.asynccontextmanager
async def tcp(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def framed(request: bytes) -> bytes:
    return len(request).to_bytes(4, "big") + request


async def answer(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(PATIENCE_S):
        return await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))


async def end(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.read(), PATIENCE_S)


async def test_one_port_for_both_transports(start: Start) -> None:
    server, kdc = await start()
    datagram = await ask_udp(server.port, REQUEST)
    assert isinstance(datagram, bytes)
    async with tcp(server.port) as (reader, writer):
        writer.write(framed(REQUEST))
        assert await answer(reader) == datagram
    assert int(error_of(datagram)["error-code"]) == 25
    assert [e.detail["transport"] for e in kdc.ledger.of("kdc-request")] == ["udp", "tcp"]


async def test_several_requests_on_a_connection_whole_and_octet_by_octet(start: Start) -> None:
    server, _ = await start()
    async with tcp(server.port) as (reader, writer):
        writer.write(framed(REQUEST) * 3)
        for _ in range(3):
            assert (await answer(reader))[0] == 0x7E
        for octet in framed(REQUEST):
            writer.write(bytes([octet]))
            await writer.drain()
        assert (await answer(reader))[0] == 0x7E


@pytest.mark.parametrize("length", [(1 << 20) + 1, 0xFFFFFFFF])
async def test_an_announcement_past_all_bounds_is_refused_before_it_is_read(
    start: Start, length: int
) -> None:
    server, _ = await start()
    async with tcp(server.port) as (reader, writer):
        writer.write(length.to_bytes(4, "big"))
        assert int(error_of(await answer(reader))["error-code"]) == 61
        assert await end(reader) == b""


@pytest.mark.parametrize("sent", [framed(b""), framed(b"GET / HTTP/1.1")])
async def test_garbage_ends_a_connection_and_gets_no_datagram(start: Start, sent: bytes) -> None:
    server, _ = await start()
    async with tcp(server.port) as (reader, writer):
        writer.write(sent)
        assert await end(reader) == b""
    async with udp(server.port) as (transport, protocol):
        transport.sendto(sent)
        transport.sendto(REQUEST)
        datagram = await asyncio.wait_for(protocol.arrived.get(), PATIENCE_S)
        # The first answer is that to the second datagram.
        assert isinstance(datagram, bytes)
        assert int(error_of(datagram)["error-code"]) == 25


@pytest.mark.parametrize("sent", [b"", b"\0", framed(REQUEST)[:50]])
async def test_a_client_that_takes_too_long_is_left(start: Start, sent: bytes) -> None:
    server, _ = await start(limits=Limits(idle_s=0.05))
    async with tcp(server.port) as (reader, writer):
        writer.write(sent)
        with contextlib.suppress(ConnectionResetError):
            assert await end(reader) == b""


async def test_no_more_connections_than_the_limit(start: Start) -> None:
    server, _ = await start(limits=Limits(connections=1))
    async with tcp(server.port) as (first, writer):
        writer.write(framed(REQUEST))
        await answer(first)
        async with tcp(server.port) as (second, _):
            with contextlib.suppress(ConnectionResetError):
                assert await end(second) == b""
        writer.write(framed(REQUEST))
        assert (await answer(first))[0] == 0x7E


async def test_refusing_ports(start: Start) -> None:
    server, kdc = await start(Port(udp=Listen.REFUSE, tcp=Listen.REFUSE))
    assert isinstance(await ask_udp(server.port, REQUEST), ConnectionRefusedError)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)
    assert not kdc.ledger.of("kdc-request")


async def test_a_refused_port_stays_ours(start: Start) -> None:
    server, _ = await start(Port(udp=Listen.REFUSE, tcp=Listen.REFUSE))
    with pytest.raises(OSError, match="in use"):
        await start(port=server.port)


async def test_dropping_ports(start: Start) -> None:
    server, kdc = await start(Port(udp=Listen.DROP, tcp=Listen.DROP))
    with pytest.raises(TimeoutError):
        await ask_udp(server.port, REQUEST, SILENCE_S)
    # As behind a firewall not even the connection comes about.
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.open_connection("127.0.0.1", server.port), SILENCE_S)
    assert not kdc.ledger.of("kdc-request")


async def test_one_transport_alone(start: Start) -> None:
    server, _ = await start(Port(udp=Listen.DROP))
    async with tcp(server.port) as (reader, writer):
        writer.write(framed(REQUEST))
        assert (await answer(reader))[0] == 0x7E


async def test_a_late_answer_and_an_end_behind_it(start: Start) -> None:
    server, _ = await start(Answering(action=Send(data=b"late", delay_s=0.01, then_close=True)))
    assert await ask_udp(server.port, REQUEST) == b"late"
    async with tcp(server.port) as (reader, writer):
        writer.write(framed(REQUEST))
        assert await answer(reader) == b"late"
        assert await end(reader) == b""


async def test_a_reset(start: Start) -> None:
    server, _ = await start(Answering(action=Reset()))
    async with tcp(server.port) as (reader, writer):
        writer.write(framed(REQUEST))
        with pytest.raises(ConnectionResetError):
            await end(reader)


async def test_silence_after_the_first_request(start: Start) -> None:
    server, _ = await start(Answering(action=Silence(), after=1))
    async with tcp(server.port) as (reader, writer):
        writer.write(framed(REQUEST))
        await answer(reader)
        writer.write(framed(REQUEST))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), SILENCE_S)
    with pytest.raises(TimeoutError):
        await ask_udp(server.port, REQUEST, SILENCE_S)


async def test_stop_ends_what_is_open_and_late(start: Start) -> None:
    server, _ = await start(Answering(action=Send(data=b"late", delay_s=3600.0)))
    async with tcp(server.port) as (reader, writer), udp(server.port) as (transport, _protocol):
        writer.write(framed(REQUEST))
        transport.sendto(REQUEST)
        async with tcp(server.port) as (idle, _idle_writer):
            await asyncio.wait_for(server.stop(), PATIENCE_S)
            with contextlib.suppress(ConnectionResetError):
                assert await end(idle) == b""
        with contextlib.suppress(ConnectionResetError):
            assert await end(reader) == b""
    await server.stop()


async def test_the_same_port_again_after_a_stop(start: Start) -> None:
    server, _ = await start()
    async with tcp(server.port) as (reader, writer):
        writer.write(framed(REQUEST))
        await answer(reader)
        await server.stop()
    again, _ = await start(port=server.port)
    assert again.port == server.port
    assert isinstance(await ask_udp(again.port, REQUEST), bytes)


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
async def test_a_port_that_is_taken(start: Start, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        with pytest.raises(OSError, match="in use"):
            await start(port=taken.getsockname()[1])
