"""A receive connector on a free port of 127.0.0.1, with the clock standing still."""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.directory.store import Account
from simulator.faults import Fault
from simulator.faults.engine import Faults
from simulator.ledger import Ledger
from simulator.smtp.connector import ConnectorSettings
from simulator.smtp.mail import Mailboxes
from simulator.smtp.server import ReceiveServer
from simulator.smtp.session import Initiate, ServerContext, no_domain_controller
from tests.support.impacket_initiator import NOW, REALM, Initiator, service_account

TEMPORARY = b"454 4.7.0 Temporary authentication failure\r\n"
UNSUCCESSFUL = b"535 5.7.3 Authentication unsuccessful\r\n"
SUCCESS = b"235 2.7.0 Authentication successful\r\n"
TOO_MANY = b"421 4.7.0 Too many errors on this connection, closing transmission channel\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A connector that listens, and what it writes down."""

    server: ReceiveServer
    ledger: Ledger
    account: Account

    @property
    def port(self) -> int:
        return self.server.port

    def initiator(self, **changes: Any) -> Initiator:
        """A client with a ticket for this server."""
        return Initiator(account=self.account, **changes)

    def errors(self) -> list[object]:
        """The error names of the events 1035 so far."""
        return [entry.detail["error"] for entry in self.ledger.of("event")]


@contextlib.asynccontextmanager
async def receive_server(
    *faults: Fault,
    host: str = "127.0.0.1",
    initiate: Initiate = no_domain_controller,
    mailboxes: Mailboxes | None = None,
    **changes: Any,
) -> AsyncIterator[Running]:
    """Start a connector of EX1 with EnableAuthGSSAPI; ``changes`` are fields of its settings."""
    ledger = Ledger(clock=lambda: NOW)
    declared = Faults(faults, ledger)
    account, replays = service_account(), ReplayCache()
    fields = {"name": "Default EX1", "server": "EX1", "fqdn": "ex1.contoso.lab", "enable_auth_gssapi": True}
    server = ReceiveServer(
        ConnectorSettings(**(fields | changes)),  # type: ignore[arg-type]
        ServerContext(
            acceptor=lambda: Acceptor(
                server="EX1",
                account=lambda: declared.server_account("EX1", account),
                realm=REALM,
                clock=lambda: NOW + declared.clock_offset("EX1"),
                randomness=os.urandom,
                replays=replays,
            ),
            faults=declared,
            ledger=ledger,
            clock=lambda: NOW + declared.clock_offset("EX1"),
            initiate=initiate,
            mailboxes=mailboxes,
        ),
        host=host,
    )
    await server.start()
    try:
        yield Running(server=server, ledger=ledger, account=account)
    finally:
        await server.stop()
        assert server.connections == 0
