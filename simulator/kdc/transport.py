"""An embedded KDC on UDP and TCP, with the faults of its port and of its answers."""

from simulator.faults.engine import Faults
from simulator.kdc.service import KdcService
from simulator.kerberos import MAXIMUM_BYTES
from simulator.net.actions import Action, Send
from simulator.net.served import Served
from simulator.net.udp_tcp_server import Framing, Limits, RequestServer, Transport


class KdcServer(Served):
    """Serves one `KdcService` on `host`; `port` 0 takes one number that is free for both transports."""

    def __init__(
        self,
        service: KdcService,
        *,
        faults: Faults,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
    ) -> None:
        self.name = service.name
        self._service = service
        self._faults = faults
        self._requests = 0
        self._server = RequestServer(
            self._handle,
            Framing(length_octets=4, maximum=MAXIMUM_BYTES, too_long=service.too_long),
            host=host,
            port=port,
            udp=faults.kdc_port(self.name, "udp"),
            tcp=faults.kdc_port(self.name, "tcp"),
            limits=limits,
            path=faults.path("kdc", self.name),
        )

    def _handle(self, request: bytes, transport: Transport) -> Action:
        self._requests += 1
        answer = self._service.answer(request, transport=transport)
        if not answer:
            # As MIT's KDC: no datagram back, and over TCP the end of the connection.
            return Send(data=b"", then_close=True)
        return self._faults.kdc_answer(self.name, transport, self._requests, Send(data=answer))
