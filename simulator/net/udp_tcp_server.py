"""One port, UDP and TCP: a request's octets in, an `Action` out. The lab's KDCs and its DNS are made of it.

TCP requests carry their length in front (RFC 4120 section 7.2.2: four octets; RFC 1035 section 4.2.2: two).
Every read has a bound and a time-out; the numbers of connections and of delayed datagrams have limits.
"""

import asyncio
import contextlib
import errno
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from simulator.net.actions import Action, Listen, NewConnection, Reset, Send, Silence
from simulator.net.listener import bind

Transport = Literal["udp", "tcp"]
Handler = Callable[[bytes, Transport], Action]
Address = tuple[Any, ...]
"""What asyncio calls a peer's address: host, port and, for IPv6, two numbers more."""

_ATTEMPTS = 20
# struct linger: two ints, on Windows two shorts. On, and 0 seconds: closing sends RST.
_LINGER_NOT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How TCP requests are told apart: octets of the length in front, and the longest that is read."""

    length_octets: int
    maximum: int
    too_long: Callable[[], bytes] = bytes
    """The last answer to a client that announces more; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds against clients that want too much."""

    idle_s: float = 30.0
    """How long a TCP client may take for a request, or to read an answer."""
    connections: int = 200
    delayed: int = 1000


class RequestServer:
    """Starts and stops both transports. `port` 0 takes a number that is free for both."""

    def __init__(
        self,
        handler: Handler,
        framing: Framing,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        udp: Listen = Listen.SERVE,
        tcp: Listen = Listen.SERVE,
        limits: Limits | None = None,
        path: NewConnection | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._handler = handler if path is None else _on_path(handler, path)
        self._framing = framing
        self._listen = {"udp": udp, "tcp": tcp}
        self._limits = limits or Limits()
        self._open = False
        self._held: list[socket.socket] = []
        self._server: asyncio.Server | None = None
        self._datagrams: _Datagrams | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Bind and serve. Raises `OSError` when the port is taken; nothing stays open then."""
        udp, tcp = _bind_both(self.host, self.port)
        self._held = [udp, tcp]
        self._open = True
        self.port = int(tcp.getsockname()[1])
        try:
            await self._start_udp(udp)
            await self._start_tcp(tcp)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close the port and every connection; what is still delayed is not sent."""
        # A connection that was accepted and whose task has not begun sees this.
        self._open = False
        if self._server is not None:
            self._server.close()
        if self._datagrams is not None:
            await self._datagrams.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        if self._server is not None:
            # Only now: since 3.12 it waits for the connections.
            await self._server.wait_closed()
        for held in self._held:
            held.close()
        self._held, self._server, self._datagrams = [], None, None

    async def _start_udp(self, udp: socket.socket) -> None:
        if self._listen["udp"] is Listen.REFUSE:
            # Connected to itself it takes nobody's datagrams; the kernel tells everybody "port unreachable".
            udp.connect(udp.getsockname())
        if self._listen["udp"] is Listen.SERVE:
            loop = asyncio.get_running_loop()
            _, self._datagrams = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self._handler, self._limits.delayed), sock=udp
            )
            self._held.remove(udp)
        # DROP: bound and never read.

    async def _start_tcp(self, tcp: socket.socket) -> None:
        if self._listen["tcp"] is Listen.SERVE:
            self._server = await asyncio.start_server(self._serve, sock=tcp)
            self._held.remove(tcp)
        elif self._listen["tcp"] is Listen.DROP:
            self._held += _fill_backlog(tcp)
        # REFUSE: bound and not listening, so the kernel answers RST.

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or not self._open or len(self._connections) >= self._limits.connections:
            writer.transport.abort()
            return
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
            writer.close()
            async with asyncio.timeout(self._limits.idle_s):
                await writer.wait_closed()
        except (OSError, EOFError, TimeoutError):
            pass  # the client left, or takes too long
        except asyncio.CancelledError:
            # By `stop`; passed on, the streams of Python 3.11 would log it as an error.
            if self._open:
                raise
        finally:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                # Until then the socket is open, and the port taken.
                await writer.wait_closed()
            self._connections.discard(task)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether another may follow."""
        framing = self._framing
        async with asyncio.timeout(self._limits.idle_s):
            length = int.from_bytes(await reader.readexactly(framing.length_octets), "big")
            if length > framing.maximum:
                return await self._perform(Send(data=framing.too_long(), then_close=True), reader, writer)
            request = await reader.readexactly(length)
        return await self._perform(self._handler(request, "tcp"), reader, writer)

    async def _perform(
        self, action: Action, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        match action:
            case Silence():
                while await reader.read(65_536):
                    pass
                return False
            case Reset(delay_s=delay):
                await asyncio.sleep(delay)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
                writer.transport.abort()
                return False
            case Send(data=data, delay_s=delay, then_close=then_close):
                await asyncio.sleep(delay)
                if data:
                    writer.write(len(data).to_bytes(self._framing.length_octets, "big") + data)
                async with asyncio.timeout(self._limits.idle_s):
                    await writer.drain()
                return not then_close


def _on_path(handler: Handler, path: NewConnection) -> Handler:
    """The handler behind a path that judges each request, and then the answer to it."""

    def handle(request: bytes, transport: Transport) -> Action:
        judge = path(transport)
        arrived = judge("to", 0, Send(data=request))
        if not isinstance(arrived, Send):
            return arrived
        answer = handler(arrived.data, transport)
        if not isinstance(answer, Send) or not answer.data:
            return answer
        left = judge("from", len(request), answer)
        return left if isinstance(left, Silence) else replace(left, delay_s=left.delay_s + arrived.delay_s)

    return handle


class _Datagrams(asyncio.DatagramProtocol):
    """The UDP side."""

    def __init__(self, handler: Handler, delayed: int) -> None:
        self._handler = handler
        self._most_delayed = delayed
        self._delayed: set[asyncio.TimerHandle] = set()
        self._transport: asyncio.DatagramTransport | None = None
        self._lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast: on 3.11 the event loop's datagram transport is none by isinstance.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        action = self._handler(data, "udp")
        if not isinstance(action, Send) or not action.data:
            return
        if action.delay_s <= 0:
            self._send(action.data, addr)
        elif len(self._delayed) < self._most_delayed:
            self._send_later(action, addr)

    def _send_later(self, action: Send, address: Address) -> None:
        def send() -> None:
            self._delayed.discard(handle)
            self._send(action.data, address)

        handle = asyncio.get_running_loop().call_later(action.delay_s, send)
        self._delayed.add(handle)

    def _send(self, data: bytes, address: Address) -> None:
        if self._transport is not None:
            self._transport.sendto(data, address)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost.set()

    async def close(self) -> None:
        for handle in self._delayed:
            handle.cancel()
        if self._transport is not None:
            self._transport.abort()
            await self._lost.wait()


def _bind_both(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket on one number. Raises `OSError`."""
    for _ in range(_ATTEMPTS):
        tcp = bind(socket.SOCK_STREAM, host, port)
        try:
            return bind(socket.SOCK_DGRAM, host, int(tcp.getsockname()[1])), tcp
        except OSError:
            tcp.close()
            if port:
                raise
    raise OSError(errno.EADDRINUSE, f"no port is free for both UDP and TCP on {host}")


def _fill_backlog(tcp: socket.socket) -> list[socket.socket]:
    """Listen, and take up the whole queue: Linux then drops a SYN, as a firewall would.

    Where a kernel keeps a longer queue, clients are connected and hear nothing.
    """
    tcp.listen(0)
    fillers = []
    for _ in range(2):
        filler = socket.socket(tcp.family, socket.SOCK_STREAM)
        filler.settimeout(0)
        filler.connect_ex(tcp.getsockname())
        fillers.append(filler)
    return fillers
