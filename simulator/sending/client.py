"""How a sending Exchange server speaks to another: TLS, Exchange authentication, then mail.

Order and choice of mechanism are described behaviour of the shipped product, consistent with protocol logs; PROTOCOL
notes of the project, section 1. Every line goes into the ledger as ``send-out`` and ``send-in``, for the SmtpSend log.
"""

import contextlib
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from simulator.acceptors import exchangeauth
from simulator.acceptors.exchangeauth import Message as Blob
from simulator.acceptors.messages import TokenError
from simulator.ledger import Ledger, Scalar
from simulator.net.listener import endpoint
from simulator.sending.kerberos import MachineKerberos
from simulator.sending.queue import Failure, Message
from simulator.sending.stream import ConnectionFailed, Reply, SmtpStream, TlsFailed, connect
from simulator.smtp.reader import masked, masked_reply
from simulator.tickets.client import Initiated, TicketError, verify_answer

T = TypeVar("T")

SERVICE = "SMTPSVC"
OWN_KERBEROS_FAILED = "454 4.7.0 Temporary authentication failure"
"""What a sender writes for itself, with the very words of a receiver that refuses."""
NOTHING_SUITABLE = "451 5.7.3 Cannot achieve Exchange Server authentication"
UNABLE_TO_CONNECT = "421 4.2.1 Unable to connect"
CONNECTION_DROPPED = "421 4.4.2 Connection dropped due to SocketError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The receiving server."""

    fqdn: str
    host: str
    """Its IP address."""
    port: int
    source: str = ""
    """Our own address; empty for the system's choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendConnector:
    """What the sending side is set to."""

    server: str
    """The party in the lab, e.g. ``EX2``."""
    fqdn: str
    """What it says in EHLO."""
    name: str = "Intra-Organization SMTP Send Connector"
    downgrade: bool = False
    """UseDowngradedExchangeServerAuth: X-EXPS GSSAPI will do where EXCHANGEAUTH is not offered."""
    timeout_s: float = 15.0


class Undelivered(Exception):
    """An attempt failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reply)
        self.failure = failure


class Session:
    """One connection to a target. Methods raise Undelivered."""

    def __init__(
        self,
        connector: SendConnector,
        target: Target,
        *,
        kerberos: MachineKerberos,
        ledger: Ledger,
        number: str,
    ) -> None:
        self._connector, self._target = connector, target
        self._kerberos, self._ledger = kerberos, ledger
        self._number = number
        self._remote = endpoint((target.host, target.port))
        self._advertised = target.fqdn
        self._keywords: dict[str, tuple[str, ...]] = {}
        self._stream: SmtpStream | None = None
        self._broken = False
        """Nothing sensible can be said on it any more."""

    async def open(self) -> None:
        """All that comes before the first message."""
        await self._connect()
        await self._expect(await self._reply(), 220)
        await self._hello()
        if "X-ANONYMOUSTLS" in self._keywords:
            await self._start_tls()
            await self._hello()
        offered = self._keywords.get("X-EXPS", ())
        if "EXCHANGEAUTH" in offered and exchangeauth.ALGORITHM in self._keywords.get("X-EXCHANGEAUTH", ()):
            await self._exchange_auth()
        elif "GSSAPI" in offered and self._connector.downgrade:
            await self._gssapi()
        else:
            raise self._undelivered(NOTHING_SUITABLE, own=True)

    async def transfer(self, message: Message) -> str:
        """Hand a message over; what the target said to it."""
        await self._ask(f"MAIL FROM:<{message.sender}> SIZE={len(message.content)}", 250, of_message=True)
        for recipient in message.recipients:
            await self._ask(f"RCPT TO:<{recipient}>", 250, of_message=True)
        await self._ask("DATA", 354, of_message=True)
        await self._put(stuffed(message.content))
        reply = await self._reply()
        await self._expect(reply, 250, of_message=True)
        return reply.text

    async def reset(self) -> None:
        """RSET, between a message that was refused and the next."""
        await self._ask("RSET", 250)

    async def close(self) -> None:
        """QUIT when that is still possible, and close."""
        if self._stream is None:
            return
        with contextlib.suppress(Undelivered):  # the other side was first
            if not self._broken:
                await self._say("QUIT")
                await self._reply()
        await self._stream.close()
        self._note("send-close", by="remote" if self._broken else "local")

    # ---- the steps

    async def _connect(self) -> None:
        self._note("send-attempt", remote=self._remote)
        target = self._target
        try:
            self._stream = await connect(
                target.host, target.port, source=target.source, timeout_s=self._connector.timeout_s
            )
        except ConnectionFailed as error:
            self._note("send-failed", reason=str(error))
            raise self._undelivered(UNABLE_TO_CONNECT, connection=True) from None
        self._note("send-connect", local=endpoint(self._stream.local), remote=self._remote)

    async def _hello(self) -> None:
        reply = await self._ask(f"EHLO {self._connector.fqdn}", 250)
        greeting, *keywords = reply.texts
        # The name that the target gives itself, not the one that we connected to, is what the ticket is for.
        self._advertised = greeting.partition(" ")[0] or self._target.fqdn
        words = [line.upper().split() for line in keywords]
        self._keywords = {line[0]: tuple(line[1:]) for line in words if line}

    async def _start_tls(self) -> None:
        await self._ask("X-ANONYMOUSTLS", 220)
        stream = self._open_stream()
        try:
            await stream.start_tls()
        except (TlsFailed, ConnectionFailed) as error:
            self._broken = True
            self._note("send-tls", verb="x-anonymoustls", outcome="failed", reason=str(error))
            raise self._undelivered(CONNECTION_DROPPED, connection=True) from None
        self._note(
            "send-tls",
            verb="x-anonymoustls",
            outcome="ok",
            version=stream.tls.get_protocol_version_name(),
            cipher=stream.tls.get_cipher_name() or "",
            **stream.certificate(),
        )

    async def _exchange_auth(self) -> None:
        initiated = await self._ticket("ExchangeAuth", mutual=False)
        try:
            channel = self._open_stream().channel()
        except TlsFailed as error:
            raise self._refuse("ExchangeAuth", "CertUnknown", str(error)) from None
        digest = channel.clients(client_key=initiated.session_key)
        blob = exchangeauth.encode(Blob(token=initiated.token, digest=digest))
        await self._say(f"X-EXPS EXCHANGEAUTH {exchangeauth.ALGORITHM} {blob.decode()}")
        reply = await self._reply()
        if reply.code != 235:
            self._kerberos.flush()
        await self._expect(reply, 235)
        try:
            answer = exchangeauth.decode(reply.text[4:].encode())
            server_key = self._kerberos.accept(answer.token)
        except (TokenError, TicketError) as error:
            raise self._refuse("ExchangeAuth", error.status, str(error), word="Exchange ") from None
        if answer.digest != channel.servers(client_key=initiated.session_key, server_key=server_key):
            reason = "the target's hash is not over this TLS channel"
            raise self._refuse("ExchangeAuth", "LogonDenied", reason, word="Exchange ")
        self._authenticated()

    async def _gssapi(self) -> None:
        """With mutual authentication, and without SPNEGO: the receiver's Negotiate package takes both."""
        initiated = await self._ticket("Gssapi", mutual=True)
        await self._ask("X-EXPS GSSAPI", 334)
        await self._say(b64encode(initiated.token).decode(), secret=True)
        reply = await self._reply()
        await self._expect(reply, 334)
        try:
            if initiated.awaited is not None:
                verify_answer(initiated.awaited, b64decode(reply.text[4:], validate=True))
        except (TicketError, ValueError) as error:
            await self._say("*", secret=True)
            await self._reply()
            status = error.status if isinstance(error, TicketError) else "IllegalMessage"
            raise self._refuse("Gssapi", status, str(error)) from None
        await self._say("", secret=True)
        await self._expect(await self._reply(), 235)
        self._authenticated()

    async def _ticket(self, mechanism: str, *, mutual: bool) -> Initiated:
        try:
            return await self._kerberos.initiate(self._spn, mutual=mutual)
        except TicketError as error:
            raise self._refuse(mechanism, error.status, str(error)) from None

    # ---- what becomes of it

    @property
    def _spn(self) -> str:
        return f"{SERVICE}/{self._advertised}"

    def _authenticated(self) -> None:
        self._note("send-auth", status="OK", client="", cancelled=True, context="", target=self._spn)

    def _refuse(self, mechanism: str, status: str, reason: str, *, word: str = "") -> Undelivered:
        """Our own leg failed: event 2017, and the 454 that nobody sent."""
        self._note(
            "send-auth",
            status=status,
            client="",
            cancelled=False,
            reason=reason,
            target=self._spn,
            context=f"Outbound {word}Authentication failed with {status}",
        )
        self._ledger.event_2017(
            server=self._connector.server,
            connector=self._connector.name,
            error=status,
            mechanism=mechanism,
            target=self._spn,
        )
        return self._undelivered(OWN_KERBEROS_FAILED, own=True)

    def _undelivered(
        self, reply: str, *, own: bool = False, connection: bool = False, permanent: bool = False
    ) -> Undelivered:
        return Undelivered(
            Failure(
                reply=reply,
                origin="sender" if own else "connection" if connection else "target",
                fqdn=self._target.fqdn,
                address=self._target.host,
                permanent=permanent,
            )
        )

    # ---- lines

    async def _ask(self, line: str, code: int, *, of_message: bool = False) -> Reply:
        await self._say(line)
        reply = await self._reply()
        await self._expect(reply, code, of_message=of_message)
        return reply

    async def _expect(self, reply: Reply, code: int, *, of_message: bool = False) -> None:
        if reply.code != code:
            raise self._undelivered(reply.text, permanent=of_message and reply.code >= 500)

    async def _say(self, line: str, *, secret: bool = False) -> None:
        octets = line.encode()
        self._note("send-out", line=masked(octets, token=secret), octets=len(octets), token=secret)
        await self._put(octets + b"\r\n")

    async def _put(self, data: bytes) -> None:
        await self._io(lambda: self._open_stream().send(data))

    async def _reply(self) -> Reply:
        reply = await self._io(lambda: self._open_stream().reply())
        data = "\r\n".join(reply.lines).encode()
        self._note("send-in", line=masked_reply(data), octets=len(data))
        return reply

    async def _io(self, what: Callable[[], Awaitable[T]]) -> T:
        try:
            return await what()
        except ConnectionFailed as error:
            self._broken = True
            self._note("send-failed", reason=str(error))
            raise self._undelivered(CONNECTION_DROPPED, connection=True) from None

    def _open_stream(self) -> SmtpStream:
        if self._stream is None:
            raise RuntimeError("not connected")
        return self._stream

    def _note(self, kind: str, **detail: Scalar) -> None:
        self._ledger.add(
            kind,
            self._connector.server,
            connector=self._connector.name,
            session=self._number,
            **detail,
        )


def stuffed(content: bytes) -> bytes:
    """Content as DATA sends it, with the dot that ends it (RFC 5321 section 4.5.2)."""
    whole = content if content.endswith(b"\r\n") or not content else content + b"\r\n"
    return (b"\r\n" + whole).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"
