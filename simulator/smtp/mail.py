"""MAIL, RCPT and DATA of a receive connector: mail for the lab's own domain is taken, none is relayed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.smtp import replies
from simulator.smtp.connector import DEFAULT_SIZE, ConnectorSettings
from simulator.smtp.reader import LineReader
from simulator.smtp.writer import ReplyWriter

MAXIMUM_RECIPIENTS = 200
"""MaxRecipientsPerMessage of a Default connector is 200."""
_PATH = re.compile(
    r"<(?:@[^:<> ]*:)?(?P<address>[\x21-\x3b\x3d\x3f-\x7e]*)>(?P<parameters>(?: [\x21-\x7e]+)*)"
)
_SIZE = re.compile(r" SIZE=(?P<octets>\d{1,20})(?= |$)", re.IGNORECASE)
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(<[\x21-\x7e]{1,250}>)[ \t]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message and its envelope."""

    sender: str
    """Empty for a bounce."""
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    """Header and body with CRLF, as they came."""
    client_name: str
    """What the client said in EHLO."""
    client_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailboxes:
    """Where a server's mail goes."""

    domain: str
    """The one domain that it is for."""
    deliver: Callable[[Mail], int]
    """Takes a message over; its number on this server. Raises OSError or OverflowError when it cannot."""


class MailSession:
    """The transaction of one connection (RFC 5321 section 4.1.1.2 to 4.1.1.4)."""

    def __init__(self, settings: ConnectorSettings, out: ReplyWriter, mailboxes: Mailboxes | None) -> None:
        self._settings = settings
        self._out = out
        self._mailboxes = mailboxes
        self._limit = settings.size or DEFAULT_SIZE
        self.reset()

    def reset(self) -> None:
        """Forget the transaction."""
        self._sender: str | None = None
        self._recipients: list[str] = []

    async def mail(self, arg: str | None) -> None:
        """MAIL, of a client that may submit."""
        address = _address(arg, "FROM:")
        if address is None:
            await self._out.reply(replies.INVALID_ARGUMENTS)
            return
        if _announced_size(arg) > self._limit:
            await self._out.reply(replies.MESSAGE_TOO_LARGE)
            return
        self.reset()
        self._sender = address
        await self._out.reply(replies.SENDER_OK)

    async def rcpt(self, arg: str | None) -> None:
        """RCPT."""
        address = _address(arg, "TO:")
        if self._sender is None:
            reply = replies.NEED_MAIL
        elif self._mailboxes is None:
            reply = replies.UNABLE_TO_RELAY
        elif not address:
            reply = replies.INVALID_ARGUMENTS
        elif address.rpartition("@")[2].lower() != self._mailboxes.domain:
            reply = replies.UNABLE_TO_RELAY
        elif len(self._recipients) >= MAXIMUM_RECIPIENTS:
            reply = replies.TOO_MANY_RECIPIENTS
        else:
            self._recipients.append(address)
            reply = replies.RECIPIENT_OK
        await self._out.reply(reply)

    def refusal(self) -> bytes | None:
        """Why there can be no content now; None when it can come."""
        if self._sender is None:
            return replies.NEED_MAIL
        return None if self._recipients else replies.NEED_RECIPIENT

    async def data(self, lines: LineReader, *, client_name: str, client_address: str) -> None:
        """DATA."""
        refusal = self.refusal()
        if refusal is not None or self._mailboxes is None:
            await self._out.reply(refusal or replies.UNABLE_TO_RELAY)
            return
        await self._out.reply(replies.START_MAIL_INPUT)
        content = await lines.read_message(limit=self._limit)
        if content is None:
            self.reset()
            await self._out.reply(replies.MESSAGE_TOO_LARGE)
            return
        mail = Mail(
            sender=self._sender or "",
            recipients=tuple(self._recipients),
            content=content,
            client_name=client_name,
            client_address=client_address,
        )
        self.reset()
        try:
            number = self._mailboxes.deliver(mail)
        except (OSError, OverflowError):
            await self._out.reply(replies.INSUFFICIENT_RESOURCES)
            return
        host = self._settings.fqdn
        identity = message_id(content) or f"<{number}@{host}>"
        self._out.note("mail", identity=identity, number=number, octets=len(content))
        await self._out.reply(replies.queued(identity, number=number, host=host))


def message_id(content: bytes) -> str:
    """The Message-ID in the header, with its brackets; empty without one."""
    header = content[:65_536].partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n")
    found = _MESSAGE_ID.search(header)
    return found[1].decode("ascii") if found else ""


def _address(arg: str | None, keyword: str) -> str | None:
    """The address of ``FROM:<a@b> SIZE=1``, which may be empty; None when it is not of that form."""
    text = arg or ""
    if not text.upper().startswith(keyword):
        return None
    found = _PATH.fullmatch(text[len(keyword) :].lstrip())
    return found["address"] if found else None


def _announced_size(arg: str | None) -> int:
    """Octets, by MAIL's parameter SIZE (RFC 1870 section 3); 0 without it."""
    found = _SIZE.search(arg or "")
    return int(found["octets"]) if found else 0
