"""What happens to pieces between a client's socket and a server's protocol, on real connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from simulator.net.actions import Action, Direction, Listen, Reset, Send, Silence
from simulator.net.listener import ConnectionSet, Listener
from simulator.net.udp_tcp_server import Framing, RequestServer

Judging = Callable[[Direction, int, Send], Action]
SHORT_S = 0.1
"""How long silence is waited for."""


class Echo(asyncio.Protocol):
    """Greets, sends back what comes, and closes at a full stop. ``heard`` is what arrived of all connections."""

    def __init__(self, connections: ConnectionSet, heard: list[bytes]) -> None:
        self._connections, self._heard = connections, heard
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.enter(self)
        assert transport.get_extra_info("peername")[0] == "127.0.0.1"
        assert transport.get_protocol() is self
        assert transport.is_reading()
        assert not transport.can_write_eof()
        transport.write(b"hello\n")

    def data_received(self, data: bytes) -> None:
        self._heard.append(data)
        self._transport.write(data)
        if data.endswith(b".\n"):
            self._transport.close()
            assert self._transport.is_closing()
            self._transport.write(b"never")

    def eof_received(self) -> None:
        self._heard.append(b"<eof>")

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._heard.append(b"<lost>")
        self._connections.leave(self)

    def abort(self) -> None:
        self._transport.abort()


@contextlib.asynccontextmanager
async def echo(
    judge: Judging,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter, list[bytes]]]:
    heard: list[bytes] = []
    server = Listener(
        host="127.0.0.1",
        port=0,
        behaviour=lambda: Listen.SERVE,
        serve=lambda connections: Echo(connections, heard),
        maximum=9,
        path=lambda transport: judge,
    )
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer, heard
    finally:
        writer.transport.abort()
        await server.stop()


def as_it_is(direction: Direction, passed: int, piece: Send) -> Action:
    del direction, passed
    return piece


async def nothing_comes(reader: asyncio.StreamReader) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SHORT_S):
            await reader.read(1)


async def test_what_no_judge_touches_passes_both_ways_and_ends() -> None:
    seen: list[tuple[Direction, int, bytes]] = []

    def judge(direction: Direction, passed: int, piece: Send) -> Action:
        seen.append((direction, passed, piece.data))
        return piece

    async with echo(judge) as (reader, writer, heard):
        assert await reader.readline() == b"hello\n"
        writer.write(b"a line\n")
        assert await reader.readline() == b"a line\n"
        writer.write(b"the last one.\n")
        assert await reader.read() == b"the last one.\n"
    assert seen[:3] == [("from", 0, b"hello\n"), ("to", 6, b"a line\n"), ("from", 13, b"a line\n")]
    assert heard[:2] == [b"a line\n", b"the last one.\n"]


async def test_the_clients_end_is_told_and_answered() -> None:
    async with echo(as_it_is) as (reader, writer, heard):
        writer.write_eof()
        assert await reader.read() == b"hello\n"
        await asyncio.sleep(0)
    assert heard == [b"<eof>", b"<lost>"]


async def test_behind_a_lost_piece_nothing_of_its_direction_arrives() -> None:
    def judge(direction: Direction, passed: int, piece: Send) -> Action:
        del passed
        return Silence() if direction == "to" and len(piece.data) > 10 else piece

    async with echo(judge) as (reader, writer, heard):
        await reader.readline()
        writer.write(b"short\n")
        assert await reader.readline() == b"short\n"
        writer.write(b"much longer than that\n")
        await nothing_comes(reader)
        writer.write(b"short\n")
        await nothing_comes(reader)
        assert heard == [b"short\n"]
        writer.write_eof()
        assert await reader.read() == b""


async def test_an_end_behind_a_lost_answer_is_lost_as_well() -> None:
    def judge(direction: Direction, passed: int, piece: Send) -> Action:
        return Silence() if direction == "from" and passed else piece

    async with echo(judge) as (reader, writer, heard):
        await reader.readline()
        writer.write(b"the last one.\n")
        await nothing_comes(reader)
        assert not reader.at_eof()
        assert heard == [b"the last one.\n"]


@pytest.mark.parametrize("cut", ["to", "from"])
async def test_a_reset_is_one(cut: Direction) -> None:
    def judge(direction: Direction, passed: int, piece: Send) -> Action:
        return Reset(delay_s=0.01) if direction == cut and passed else piece

    async with echo(judge) as (reader, writer, heard):
        await reader.readline()
        writer.write(b"a line\n")
        with pytest.raises(ConnectionResetError):
            await reader.read()
    assert (b"a line\n" in heard) is (cut == "from")


@pytest.mark.parametrize("slow", ["to", "from"])
async def test_delayed_pieces_come_in_order_and_the_end_behind_them(slow: Direction) -> None:
    delays = iter((0.15, 0.0, 0.05, 0.0, 0.0))

    def judge(direction: Direction, passed: int, piece: Send) -> Action:
        del passed
        return Send(data=piece.data, delay_s=next(delays)) if direction == slow else piece

    async with echo(judge) as (reader, writer, _):
        begun = asyncio.get_running_loop().time()
        for line in (b"one\n", b"two\n", b"three.\n"):
            writer.write(line)
            await asyncio.sleep(0.01)
        text = await reader.read()
        # Each was sent after the one before it, however little it was to wait itself.
        assert text.endswith(b"one\ntwo\nthree.\n")
        assert asyncio.get_running_loop().time() - begun >= 0.15


async def test_a_request_and_its_answer_are_judged_each() -> None:
    asked: list[bytes] = []

    def judge(direction: Direction, passed: int, piece: Send) -> Action:
        if piece.data == b"lost" or (direction == "from" and piece.data == b"mute"):
            return Silence()
        return Reset() if (direction, passed, piece.data) == ("from", 4, b"stop") else piece

    def handle(request: bytes, transport: str) -> Action:
        del transport
        asked.append(request)
        return Send(data=request)

    server = RequestServer(handle, Framing(length_octets=2, maximum=99), path=lambda transport: judge)
    await server.start()
    try:
        answers: dict[bytes, bytes | str] = {}
        for request in (b"good", b"lost", b"mute", b"stop"):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"\0\4" + request)
            try:
                async with asyncio.timeout(SHORT_S):
                    answers[request] = await reader.read(6)
            except (TimeoutError, ConnectionResetError) as error:
                answers[request] = type(error).__name__
            writer.transport.abort()
    finally:
        await server.stop()
    assert answers == {
        b"good": b"\0\4good",
        b"lost": "TimeoutError",
        b"mute": "TimeoutError",
        b"stop": "ConnectionResetError",
    }
    assert asked == [b"good", b"mute", b"stop"]
