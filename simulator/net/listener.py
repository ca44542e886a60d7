"""A listening port of the lab: who is connected, how many may be, and a stop that ends them all."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from typing import Protocol

from simulator.net.actions import Listen, NewConnection
from simulator.net.addresses import is_loopback
from simulator.net.path import Path

STOP_TIMEOUT_S = 5.0


def endpoint(name: object) -> str:
    """A socket's name as Exchange writes it: ``192.0.2.1:25``, ``[::1]:25``; empty for none."""
    if not isinstance(name, tuple) or len(name) < 2:
        return ""
    return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"


def peer_address(transport: asyncio.BaseTransport) -> str:
    """The client's IP address; empty when it is gone already."""
    return str((transport.get_extra_info("peername") or ("",))[0])


def bind(kind: socket.SocketKind, host: str, port: int) -> socket.socket:
    """A socket that does not block, on an IP address. Raises OSError when the port is taken."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
    try:
        bound.settimeout(0)
        # A lab that is started again must not wait for the last one's TIME_WAIT; on Windows the option would let two
        # labs share a port.
        if kind is socket.SOCK_STREAM and os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except BaseException:
        bound.close()
        raise
    return bound


class Abortable(Protocol):
    """A connection that can be ended."""

    def abort(self) -> None:
        """End at once."""


class ConnectionSet:
    """Who is connected."""

    def __init__(self) -> None:
        self._live: set[Abortable] = set()
        self._nobody = asyncio.Event()
        self._nobody.set()

    def __len__(self) -> int:
        return len(self._live)

    def enter(self, live: Abortable) -> None:
        """Somebody connected."""
        self._live.add(live)
        self._nobody.clear()

    def leave(self, live: Abortable) -> None:
        """Somebody is gone."""
        self._live.discard(live)
        if not self._live:
            self._nobody.set()

    async def end_all(self) -> None:
        """End all connections and wait until they are gone."""
        for live in tuple(self._live):
            live.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._nobody.wait()


class RejectProtocol(asyncio.Protocol):
    """A connection that is told ``farewell``, perhaps nothing, and closed; or, with None, left open in silence."""

    def __init__(self, connections: ConnectionSet, farewell: bytes | None = None) -> None:
        self._connections = connections
        self._farewell = farewell
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say the one thing there is to say."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._connections.enter(self)
            if self._farewell is not None:
                transport.write(self._farewell)
                transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        self._connections.leave(self)

    def abort(self) -> None:
        """End at once."""
        if self._transport is not None:
            self._transport.abort()


class Listener:
    """A port on loopback, or elsewhere with ``allow_remote``.

    ``behaviour`` is asked at the start: serve, refuse (bound, so that nobody else gets the port, but not
    listening) or drop (accept and stay silent). Whoever comes when ``maximum`` are there is told ``farewell``.
    ``path`` is asked for each connection, and judges what passes on it.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        behaviour: Callable[[], Listen],
        serve: Callable[[ConnectionSet], asyncio.Protocol],
        maximum: int,
        farewell: bytes = b"",
        path: NewConnection | None = None,
        allow_remote: bool = False,
    ) -> None:
        if not allow_remote and not is_loopback(host):
            raise ValueError(f"{host} is not a loopback address")
        self.host = host
        self._wanted_port = port
        self._behaviour = behaviour
        self._serve = serve
        self._maximum, self._farewell, self._path = maximum, farewell, path
        self._connections = ConnectionSet()
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port; the system chooses it when 0 was asked for. RuntimeError before the start."""
        if self._socket is None:
            raise RuntimeError("not started")
        return int(self._socket.getsockname()[1])

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

    async def start(self) -> None:
        """Bind, and listen. Raises OSError when the port is taken."""
        behaviour = self._behaviour()
        self._socket = bound = bind(socket.SOCK_STREAM, self.host, self._wanted_port)
        if behaviour is Listen.REFUSE:
            return
        factory = self._mute if behaviour is Listen.DROP else self._protocol
        try:
            self._server = await asyncio.get_running_loop().create_server(factory, sock=bound, backlog=128)
        except OSError:
            bound.close()
            self._socket = None
            raise

    async def stop(self) -> None:
        """Close the port and end every connection."""
        if self._server is not None:
            self._server.close()
        await self._connections.end_all()
        if self._server is not None:
            # From 3.12 on it waits for every connection, so it comes last and has a bound.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    await self._server.wait_closed()
        if self._socket is not None:
            self._socket.close()
        self._server = self._socket = None

    def _protocol(self) -> asyncio.Protocol:
        if len(self._connections) >= self._maximum:
            return RejectProtocol(self._connections, self._farewell)
        served = self._serve(self._connections)
        return served if self._path is None else Path(served, self._path("tcp"))

    def _mute(self) -> asyncio.Protocol:
        return RejectProtocol(self._connections)
