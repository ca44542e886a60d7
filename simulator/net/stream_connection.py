"""A TCP connection of a server whose protocol is a state machine: octets in, octets out."""

import asyncio
from typing import Protocol

from simulator.net.listener import ConnectionSet


class StreamSession(Protocol):
    """What a connection serves."""

    closed: bool
    """Set when the connection ends behind the last answer."""

    def receive(self, data: bytes) -> bytes:
        """What is to be sent for the client's next octets; raises nothing."""


class StreamConnection(asyncio.Protocol):
    """Moves octets between a client and its session; one that is silent, or does not read, is dropped."""

    def __init__(self, session: StreamSession, connections: ConnectionSet, *, idle_s: float) -> None:
        self._session = session
        self._connections = connections
        self._idle_s = idle_s
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        if not isinstance(transport, asyncio.Transport):
            return
        self._transport = transport
        self._connections.enter(self)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """The session answers."""
        if self._transport is None:
            return
        self._transport.write(self._session.receive(data))
        self._wait()
        if self._session.closed:
            self._transport.close()

    def pause_writing(self) -> None:
        """The client does not read: nothing more is read of it either."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        if self._transport is not None and not self._session.closed:
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        if self._timer is not None:
            self._timer.cancel()
        self._connections.leave(self)

    def abort(self) -> None:
        """End at once."""
        if self._transport is not None:
            self._transport.abort()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._idle_s, self.abort)
