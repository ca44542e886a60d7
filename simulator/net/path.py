"""The way of a TCP connection between a client and a server of the lab, where something may happen to each piece.

It stands between the raw transport and the server's protocol and gives each piece (what was read, or written, at once)
to a judge, which answers with an `Action`. A piece that is lost takes with it whatever follows in its direction: TCP
delivers nothing behind a gap, and a path that drops long segments drops their repetitions as well (RFC 2923 section
2.1, "Black Hole"). That the other end has closed is such a thing that follows.
"""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import Any

from simulator.net.actions import Direction, Judge, Reset, Send, Silence


class _Lane:
    """One direction: things to do, each when its time has come and never before those that were first."""

    def __init__(self) -> None:
        self._due: deque[tuple[float, Callable[[], None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def put(self, delay_s: float, do: Callable[[], None]) -> None:
        if not self._due and delay_s <= 0:
            do()
            return
        loop = asyncio.get_running_loop()
        self._due.append((loop.time() + delay_s, do))
        if self._timer is None:
            self._timer = loop.call_later(delay_s, self._next)

    def _next(self) -> None:
        self._timer = None
        _, do = self._due.popleft()
        do()
        if self._due:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(self._due[0][0] - loop.time(), 0.0), self._next)

    def clear(self) -> None:
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Path(asyncio.Transport, asyncio.Protocol):
    """The protocol of the raw transport, the transport of the server's protocol."""

    _raw: asyncio.Transport

    def __init__(self, server: asyncio.BaseProtocol, judge: Judge) -> None:
        super().__init__()
        self._server = server
        self._judge = judge
        self._passed = 0
        self._lost: set[Direction] = set()
        self._to, self._from = _Lane(), _Lane()
        self._closing = False

    def _pass_on(self, direction: Direction, data: bytes, do: Callable[[bytes], None]) -> None:
        if direction in self._lost:
            return
        action = self._judge(direction, self._passed, Send(data=data))
        self._passed += len(data)
        lane = self._to if direction == "to" else self._from
        match action:
            case Silence():
                self._lost.add(direction)
            case Reset(delay_s=delay_s):
                lane.put(delay_s, self._reset)
            case Send(data=passed, delay_s=delay_s):
                lane.put(delay_s, lambda: do(passed))

    def _reset(self) -> None:
        """A close that does not linger (SO_LINGER on, 0 seconds) sends RST."""
        connection = self._raw.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.abort()

    # ---- the protocol of the raw transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        if isinstance(transport, asyncio.Transport):
            self._raw = transport
            self._server.connection_made(self)

    def data_received(self, data: bytes) -> None:
        """From the client."""
        self._pass_on("to", data, self._deliver)

    def _deliver(self, data: bytes) -> None:
        if isinstance(self._server, asyncio.Protocol):
            self._server.data_received(data)

    def eof_received(self) -> bool:
        """The client has said its last word; behind a gap nobody hears of it, and nothing waits for it here."""
        if "to" in self._lost:
            return False
        self._to.put(0.0, self._deliver_eof)
        return True

    def _deliver_eof(self) -> None:
        if isinstance(self._server, asyncio.Protocol) and not self._server.eof_received():
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Both ends are gone."""
        self._closing = True
        self._to.clear()
        self._from.clear()
        self._server.connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not read."""
        self._server.pause_writing()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._server.resume_writing()

    # ---- the transport of the server's protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Another protocol takes over, as TLS does."""
        self._server = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """The server's protocol."""
        return self._server

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """From the server."""
        if data and not self._closing:
            self._pass_on("from", bytes(data), self._raw.write)

    def close(self) -> None:
        """Close when all is sent. Behind a gap the client hears nothing of it, and ends the connection itself."""
        self._closing = True
        if "from" not in self._lost:
            self._from.put(0.0, self._raw.close)

    def abort(self) -> None:
        """End at once."""
        self._closing = True
        self._from.clear()
        self._raw.abort()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._closing or self._raw.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Addresses and socket are the raw transport's."""
        return self._raw.get_extra_info(name, default)

    def is_reading(self) -> bool:
        """Whether what comes is read."""
        return self._raw.is_reading()

    def pause_reading(self) -> None:
        """Flow control is the raw transport's."""
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        """Flow control is the raw transport's."""
        self._raw.resume_reading()

    def get_write_buffer_size(self) -> int:
        """Octets that the client has not taken."""
        return self._raw.get_write_buffer_size()

    def can_write_eof(self) -> bool:
        """No server of the lab closes one half."""
        return False
