"""A domain controller's LDAP port, or its global catalog's, on TCP."""

import asyncio
from collections.abc import Callable

from simulator.ldap.controller import Controller
from simulator.ldap.session import LdapSession
from simulator.listener import Listener, Visitors

MAXIMUM_CONNECTIONS = 200
IDLE_TIMEOUT_S = 120.0
"""Shorter than AD's 900 (LDAP policy MaxConnIdleTime): a lab's clients are near."""


class LdapServer:
    """Serves one `Controller` on ``host``; ``port`` 0 takes a free number."""

    def __init__(
        self,
        controller: Controller,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_remote: bool = False,
        idle_s: float = IDLE_TIMEOUT_S,
    ) -> None:
        self.controller = controller
        service = "global-catalog" if controller.catalog else "ldap"
        self._listener = Listener(
            host=host,
            port=port,
            behaviour=lambda: controller.faults.ldap_port(controller.name, service),
            serve=lambda visitors: _Connection(lambda: LdapSession(controller), visitors, idle_s),
            # One more than is served: `_Connection` ends it, since a Listener's own farewell is SMTP's.
            maximum=MAXIMUM_CONNECTIONS + 100,
            allow_remote=allow_remote,
        )

    @property
    def host(self) -> str:
        """The address that clients use."""
        return self._listener.host

    @property
    def port(self) -> int:
        """The port. RuntimeError before `start`."""
        return self._listener.port

    async def start(self) -> None:
        """Bind and serve. Raises OSError when the port is taken."""
        await self._listener.start()

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self._listener.stop()


class _Connection(asyncio.Protocol):
    """Moves octets between a client and its session; one that is silent, or does not read, is dropped."""

    def __init__(self, session: Callable[[], LdapSession], visitors: Visitors, idle_s: float) -> None:
        self._session = session()
        self._visitors = visitors
        self._idle_s = idle_s
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport) or len(self._visitors) >= MAXIMUM_CONNECTIONS:
            transport.close()
            return
        self._transport = transport
        self._visitors.enter(self)
        self._wait()

    def data_received(self, data: bytes) -> None:
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
        if self._timer is not None:
            self._timer.cancel()
        self._visitors.leave(self)

    def abort(self) -> None:
        """End at once."""
        if self._transport is not None:
            self._transport.abort()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._idle_s, self.abort)
