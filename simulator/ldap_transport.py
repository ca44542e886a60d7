"""A domain controller's LDAP port, or its global catalog's, on TCP."""

from simulator.ldap.controller import Controller
from simulator.ldap.session import LdapSession
from simulator.listener import Listener
from simulator.octet_connection import OctetConnection

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
            serve=lambda visitors: OctetConnection(
                LdapSession(controller), visitors, idle_s=idle_s, maximum=MAXIMUM_CONNECTIONS
            ),
            # One more than is served: `OctetConnection` ends it, since a Listener's own farewell is SMTP's.
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
