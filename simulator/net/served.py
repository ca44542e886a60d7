"""What a server of the lab is from outside: an address, a port, a start and a stop."""

from typing import Protocol


class Ports(Protocol):
    """What listens for it: a `Listener` or a `RequestServer`."""

    @property
    def host(self) -> str:
        """The address."""

    @property
    def port(self) -> int:
        """The port."""

    async def start(self) -> None:
        """Bind and serve."""

    async def stop(self) -> None:
        """Close."""


class Served:
    """What has such a one, and is started, stopped and found like it."""

    _server: Ports

    @property
    def host(self) -> str:
        """The address that clients use."""
        return self._server.host

    @property
    def port(self) -> int:
        """The port; the system chooses it at the start when 0 was asked for.

        Until then a `Listener` raises RuntimeError, and a `RequestServer` says 0.
        """
        return self._server.port

    async def start(self) -> None:
        """Bind and serve. Raises OSError when the port is taken."""
        await self._server.start()

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self._server.stop()
