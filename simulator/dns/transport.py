"""The lab's DNS server on UDP and TCP."""

from simulator.dns import zone as dns
from simulator.dns.zone import Zone
from simulator.faults.engine import Faults
from simulator.faults.values import DNS
from simulator.net.actions import Action, Listen, Send
from simulator.net.served import Served
from simulator.net.udp_tcp_server import Framing, Limits, RequestServer, Transport


class DnsServer(Served):
    """Serves zones on `host`; `port` 0 takes one number that is free for both transports."""

    def __init__(
        self,
        *zones: Zone,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.zones = zones
        self._faults = faults
        self._queries = 0
        listen = faults.dns_port() if faults else Listen.SERVE
        self._server = RequestServer(
            self._handle,
            Framing(length_octets=2, maximum=dns.MAXIMUM_QUERY_BYTES),
            host=host,
            port=port,
            udp=listen,
            tcp=listen,
            limits=limits,
            path=faults.path("dns", DNS) if faults else None,
        )

    def _handle(self, query: bytes, transport: Transport) -> Action:
        self._queries += 1
        reply = dns.answer(self.zones, query, transport=transport, faults=self._faults, number=self._queries)
        return Send(data=reply, then_close=not reply)
