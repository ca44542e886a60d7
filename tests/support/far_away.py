"""Relays on loopback that are as slow as a distance: half the round trip each way, for TCP and UDP.

A TCP connection to a relay stands at once, which no distant one does. What the handshake would have cost is put in
front of the first octet instead: to whoever waits for an answer it is the same.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast

BYTES = 65536


@asynccontextmanager
async def far_tcp(port: int, round_trip_s: float) -> AsyncIterator[int]:
    """A port of loopback behind which ``port`` is ``round_trip_s`` seconds away."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stands = asyncio.get_running_loop().time() + round_trip_s
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            task = asyncio.create_task(_carry(source, sink, round_trip_s / 2, stands))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()


async def _carry(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, way_s: float, stands: float
) -> None:
    """Octets one way, each ``way_s`` seconds late, and none before the connection would stand."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(max(due - loop.time(), 0.0))
            if not data:
                sink.close()
                return
            sink.write(data)

    delivery = asyncio.create_task(deliver())
    try:
        data = b"first"
        while data:
            try:
                data = await source.read(BYTES)
            except ConnectionError:
                data = b""
            under_way.put_nowait((max(loop.time(), stands) + way_s, data))
        await delivery
    finally:
        delivery.cancel()


class _FarUdp(asyncio.DatagramProtocol):
    """Each datagram goes on from a socket of its own, and its answer comes back the same way."""

    def __init__(self, port: int, way_s: float) -> None:
        self._port, self._way_s = port, way_s
        self._transport: asyncio.DatagramTransport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.get_running_loop().create_task(self._there_and_back(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _there_and_back(self, data: bytes, addr: tuple[str, int]) -> None:
        await asyncio.sleep(self._way_s)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes] = loop.create_future()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Once(answer), remote_addr=("127.0.0.1", self._port)
        )
        try:
            transport.sendto(data)
            reply = await answer
        finally:
            transport.close()
        await asyncio.sleep(self._way_s)
        if self._transport is not None:
            self._transport.sendto(reply, addr)


class _Once(asyncio.DatagramProtocol):
    def __init__(self, answer: asyncio.Future[bytes]) -> None:
        self._answer = answer

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self._answer.done():
            self._answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(exc)


@asynccontextmanager
async def far_both(port: int, round_trip_s: float) -> AsyncIterator[int]:
    """The same port number for UDP and TCP, as a KDC has it."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        near = await stack.enter_async_context(far_tcp(port, round_trip_s))
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _FarUdp(port, round_trip_s / 2), local_addr=("127.0.0.1", near)
        )
        stack.callback(transport.close)
        yield near
