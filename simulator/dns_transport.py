"""The lab's DNS server on UDP and TCP."""

from simulator import dns
from simulator.dns import Zone
from simulator.faults import Action, Send
from simulator.request_server import Framing, Limits, RequestServer, Transport


class DnsServer:
    """Serves one zone on `host`; `port` 0 takes one number that is free for both transports."""

    def __init__(
        self, zone: Zone, *, host: str = "127.0.0.1", port: int = 0, limits: Limits | None = None
    ) -> None:
        self.zone = zone
        self._server = RequestServer(
            self._handle,
            Framing(length_octets=2, maximum=dns.MAXIMUM_QUERY_OCTETS),
            host=host,
            port=port,
            limits=limits,
        )

    @property
    def host(self) -> str:
        """The address that resolvers use."""
        return self._server.host

    @property
    def port(self) -> int:
        """The port of both transports; 0 before `start` when none was asked for."""
        return self._server.port

    async def start(self) -> None:
        """Bind and serve. Raises `OSError` when the port is taken."""
        await self._server.start()

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self._server.stop()

    def _handle(self, query: bytes, transport: Transport) -> Action:
        reply = dns.answer(self.zone, query, transport=transport)
        return Send(data=reply, then_close=not reply)
