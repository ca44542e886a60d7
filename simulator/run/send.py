"""`exps lab send`: a message from an ordinary client through a sending server's queue to the lab's receiver."""

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import aiosmtplib

from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.faults.engine import Faults
from simulator.faults.values import TlsSettings
from simulator.lab import Lab, LabError
from simulator.ledger import Entry
from simulator.scenario.values import ConnectorSetup, Scenario
from simulator.sending.client import SendConnector, Target
from simulator.sending.kerberos import Host, MachineKerberos
from simulator.sending.queue import Queue, QueueView, Style
from simulator.sending.server import SendingServer
from simulator.smtp.connector import ConnectorSettings
from simulator.smtp.mail import Mailboxes
from simulator.smtp.server import ReceiveServer
from simulator.smtp.session import ServerContext

SENDER = "EX2"
"""The sending server's party; its account is ``EX2$``."""
SUBMISSION = "Client EX2"
_SUBMISSION_TIMEOUT_S = 10.0
_QUEUE_NUMBER = 3
"""Queue numbers are a server's own affair; a fresh one's first queues are for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """How the sending server is set."""

    attempts: int = 1
    """The first, and as many more as ``Retry-Queue`` forces, without the schedule's waits."""
    downgrade: bool = False
    """X-EXPS GSSAPI will do where EXCHANGEAUTH is not offered."""
    style: Style | None = None
    """LastError as 2013 or as 2016 writes it; None as the receiver's version would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What became of the message."""

    scenario: str
    sender: str
    queue: QueueView
    receipts: tuple[str, ...]
    """The receiver's replies to what it took."""
    bounced: tuple[str, ...]
    """Its replies to what it will never take."""
    delivered_to: tuple[str, ...]
    """Files in the receiver's Maildir."""
    entries: tuple[Entry, ...]

    @property
    def delivered(self) -> bool:
        """The message arrived."""
        return bool(self.receipts) and not self.queue.message_count

    def events(self, *, of_sender: bool) -> tuple[str, ...]:
        """The texts of the events on the sender, or of all on the others, with their ids in front."""
        return tuple(
            f"{entry.detail['id']} {entry.detail['message']}"
            for entry in self.entries
            if entry.kind == "event" and (entry.party == self.sender) is of_sender
        )

    def to_json(self) -> dict[str, Any]:
        """The object of `exps lab send --json`."""
        return {
            "scenario": self.scenario,
            "delivered": self.delivered,
            "queue": self.queue.to_json(),
            "replies": list(self.receipts),
            "bounced": list(self.bounced),
            "delivered_to": list(self.delivered_to),
            "events": {
                "sender": list(self.events(of_sender=True)),
                "receiver": list(self.events(of_sender=False)),
            },
        }


async def send_in_lab(lab: Lab, message: EmailMessage, options: SendOptions | None = None) -> SendResult:
    """Submit a message to the sending server of a running lab, and let it try. Raises LabError."""
    options = options or SendOptions()
    async with sending_server(lab, options) as (server, submission):
        try:
            await aiosmtplib.send(
                message,
                hostname=submission.host,
                port=submission.port,
                start_tls=False,
                timeout=_SUBMISSION_TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise LabError(f"the sending server does not take the message: {error}") from None
        for _ in range(options.attempts):
            if server.queue.waiting:
                await server.attempt()
    return SendResult(
        scenario=lab.scenario.name,
        sender=SENDER,
        queue=server.queue.view(),
        receipts=tuple(server.receipts),
        bounced=tuple(server.bounced),
        delivered_to=tuple(str(entry.detail["path"]) for entry in lab.ledger.of("delivery")),
        entries=tuple(lab.ledger.entries),
    )


@asynccontextmanager
async def sending_server(
    lab: Lab, options: SendOptions
) -> AsyncIterator[tuple[SendingServer, ReceiveServer]]:
    """The server, and its submission port on loopback while the context lasts. Raises LabError."""
    host, receiver = _host(lab), _receiver(lab.scenario)
    style: Style = "2016" if receiver.profile in ("2016", "2019", "se") else "2013"
    queue = Queue(
        server=SENDER,
        number=_QUEUE_NUMBER,
        next_hop=lab.scenario.fqdn(receiver.server),
        style=options.style or style,
    )
    kdcs = {realm: lab.kdc_client(SENDER, realm) for realm in lab.scenario.realms}
    server = SendingServer(
        SendConnector(
            server=SENDER,
            fqdn=host.fqdn,
            downgrade=options.downgrade,
            timeout_s=lab.scenario.probe.timeout,
        ),
        queue=queue,
        kerberos=MachineKerberos(host, kdcs[host.realm], others=kdcs),
        target=lambda: _target(lab, receiver),
        ledger=lab.ledger,
        clock=host.clock,
    )
    submission = _submission(lab, host, server)
    await submission.start()
    try:
        yield server, submission
    finally:
        await submission.stop()


def _receiver(scenario: Scenario) -> ConnectorSetup:
    """The connector that the probe would be run against."""
    wanted = scenario.probe.connector
    found = (setup for setup in scenario.connectors if wanted in ("", setup.name))
    return next(found, scenario.connectors[0])


def _host(lab: Lab) -> Host:
    try:
        account = lab.account(f"{SENDER}$")
    except KeyError:
        raise LabError(f"{lab.scenario.name}: no account {SENDER}$ that could send") from None
    return Host(
        server=SENDER,
        fqdn=lab.scenario.probe.ehlo or lab.scenario.fqdn(SENDER),
        realm=account.realm,
        account=lambda: lab.faults.server_account(SENDER, account),
        clock=_clock(lab),
        randomness=secrets.token_bytes,
    )


def _clock(lab: Lab) -> Callable[[], float]:
    """The sender is where the probe is. A skew of the probe's is played by moving everybody else the other way, so
    what everybody is moved by (a party that no fault names) does not count here."""

    def clock() -> float:
        running_s = lab.running_s()
        own = lab.faults.clock_offset(SENDER, running_s=running_s)
        return time.time() + own - lab.faults.offset("", running_s=running_s)

    return clock


def _target(lab: Lab, receiver: ConnectorSetup) -> Target | None:
    listening = lab.connectors[receiver.name]
    fqdn = lab.scenario.fqdn(receiver.server)
    address = lab.faults.resolvable(fqdn, listening.host)
    if not address:
        return None
    return Target(fqdn=fqdn, host=address, port=listening.port, source=lab.scenario.probe.source)


def _submission(lab: Lab, host: Host, server: SendingServer) -> ReceiveServer:
    """Where a mail client hands its message in. No fault of the scenario's touches it."""
    replays = ReplayCache()
    return ReceiveServer(
        ConnectorSettings(
            name=SUBMISSION,
            server=SENDER,
            fqdn=host.fqdn,
            auth=frozenset(),
            anonymous_submission=True,
            tls=TlsSettings(offered=False),
        ),
        ServerContext(
            acceptor=lambda: Acceptor(
                server=SENDER,
                account=host.account,
                realm=host.realm,
                clock=host.clock,
                randomness=host.randomness,
                replays=replays,
            ),
            faults=Faults((), lab.ledger),
            ledger=lab.ledger,
            clock=host.clock,
            mailboxes=Mailboxes(domain=lab.scenario.domain, deliver=server.take),
        ),
    )


def lab_message(domain: str) -> EmailMessage:
    """What `exps lab send` sends."""
    message = EmailMessage()
    message["From"], message["To"] = f"alice@{domain}", f"bob@{domain}"
    message["Subject"] = "From one Exchange server of the lab to the other"
    message["Message-ID"] = f"<{secrets.token_hex(8)}@{domain}>"
    message.set_content("If you can read this, the queue is empty.\n.\nThe line above is a dot.\n")
    return message
