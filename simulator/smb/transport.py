"""An Exchange server's SMB port on TCP."""

from simulator.faults.engine import Faults
from simulator.net.listener import Listener
from simulator.net.served import Served
from simulator.net.stream_connection import StreamConnection
from simulator.smb.session import SmbService, SmbSession

MAXIMUM_CONNECTIONS = 200
IDLE_TIMEOUT_S = 45.0
"""Windows drops a connection without a session after about that long (MS-SMB2 section 3.3.6.2)."""


class SmbServer(Served):
    """Serves one `SmbService` on ``host``; ``port`` 0 takes a free number."""

    def __init__(
        self,
        service: SmbService,
        faults: Faults,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_remote: bool = False,
        idle_s: float = IDLE_TIMEOUT_S,
    ) -> None:
        self._server = Listener(
            host=host,
            port=port,
            behaviour=lambda: faults.smb_port(service.server),
            serve=lambda connections: StreamConnection(SmbSession(service), connections, idle_s=idle_s),
            maximum=MAXIMUM_CONNECTIONS,
            path=faults.path("smb", service.server),
            allow_remote=allow_remote,
        )
