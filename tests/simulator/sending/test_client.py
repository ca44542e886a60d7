"""The sending side against a receiver by script: what it says, what it chooses, and what it makes of oddities."""

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from simulator.ledger import Ledger
from simulator.sending.client import SendConnector, Session, Target, Undelivered, stuffed
from simulator.sending.kerberos import MachineKerberos
from simulator.sending.queue import Failure, Message
from simulator.tickets.client import Initiated, TicketError

BANNER = b"220 EX1 Microsoft ESMTP MAIL Service ready\r\n"
OFFER = b"250-ex1.fabrikam.com Hello [127.0.0.1]\r\n250-X-EXPS GSSAPI NTLM\r\n250 XRDST\r\n"
NO_ANSWER = b""
MESSAGE = Message(identity=1, sender="a@b", recipients=("c@d", "e@f"), content=b".\r\n..x\r\nend")


@dataclass
class ScriptedReceiver:
    """Sends the next answer after each line; an empty one closes the connection."""

    answers: Sequence[bytes]
    port: int = 0
    lines: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            for number, answer in enumerate(self.answers):
                if number:
                    line = await reader.readline()
                    self.lines.append(line)
                    while self.lines[-2:-1] == [b"DATA\r\n"] and not line.endswith(b"\r\n.\r\n"):
                        line += await reader.readline()
                        self.lines[-1] = line
                if not answer:
                    break
                writer.write(answer)
            else:
                self.lines.append(await reader.read())
        writer.close()


class ScriptedKerberos:
    """Tickets by decree."""

    def __init__(self, error: TicketError | None = None) -> None:
        self.spns: list[str] = []
        self._error = error

    def flush(self) -> None: ...

    async def initiate(self, spn: str, *, mutual: bool) -> Initiated:
        del mutual
        self.spns.append(spn)
        if self._error is not None:
            raise self._error
        return Initiated(token=b"an AP-REQ", session_key=bytes(16))


@contextlib.asynccontextmanager
async def session(
    *answers: bytes, downgrade: bool = True, kerberos: ScriptedKerberos | None = None
) -> AsyncIterator[tuple[Session, ScriptedReceiver, Ledger]]:
    receiver, ledger = ScriptedReceiver(answers), Ledger(clock=lambda: 0.0)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    one = Session(
        SendConnector(server="EX2", fqdn="ex2.contoso.lab", downgrade=downgrade, timeout_s=5.0),
        Target(fqdn="ex1.contoso.lab", host="127.0.0.1", port=port),
        kerberos=cast("MachineKerberos", kerberos or ScriptedKerberos()),
        ledger=ledger,
        number="1",
    )
    try:
        yield one, receiver, ledger
    finally:
        await one.close()
        server.close()


async def failure(*answers: bytes, downgrade: bool = True) -> Failure:
    async with session(*answers, downgrade=downgrade) as (one, _, _):
        with pytest.raises(Undelivered) as caught:
            await one.open()
    return caught.value.failure


async def test_the_ticket_is_for_the_name_that_the_receiver_gives_itself() -> None:
    kerberos = ScriptedKerberos()
    answers = (BANNER, OFFER, b"334 GSSAPI supported\r\n", b"334 eA==\r\n", b"235 2.7.0 OK\r\n")
    async with session(*answers, b"221 bye\r\n", kerberos=kerberos) as (one, receiver, ledger):
        await one.open()
    assert kerberos.spns == ["SMTPSVC/ex1.fabrikam.com"]
    assert receiver.lines[:4] == [
        b"EHLO ex2.contoso.lab\r\n",
        b"X-EXPS GSSAPI\r\n",
        b64encode(b"an AP-REQ") + b"\r\n",
        b"\r\n",
    ]
    assert "AP-REQ" not in str(ledger.entries)
    assert b64encode(b"an AP-REQ").decode() not in str(ledger.entries)


async def test_no_downgrade_and_never_ntlm() -> None:
    found = await failure(BANNER, OFFER, b"221 bye\r\n", downgrade=False)
    assert (found.reply, found.origin) == (
        "451 5.7.3 Cannot achieve Exchange Server authentication",
        "sender",
    )
    ntlm = b"250-ex1 Hello\r\n250-AUTH NTLM LOGIN\r\n250 X-EXPS NTLM\r\n"
    assert (await failure(BANNER, ntlm, b"221 bye\r\n")).reply == found.reply


async def test_its_own_kerberos_failure_sends_no_token_and_reads_like_the_receivers() -> None:
    kerberos = ScriptedKerberos(TicketError("TargetUnknown", "no such name"))
    async with session(BANNER, OFFER, b"221 bye\r\n", kerberos=kerberos) as (one, receiver, ledger):
        with pytest.raises(Undelivered) as caught:
            await one.open()
    found = caught.value.failure
    assert (found.reply, found.origin) == ("454 4.7.0 Temporary authentication failure", "sender")
    assert receiver.lines[:2] == [b"EHLO ex2.contoso.lab\r\n", b"QUIT\r\n"]
    (event,) = ledger.of("event")
    assert event.party == "EX2"
    # The event's text as published.
    assert event.detail["message"] == (
        "Outbound authentication failed with error TargetUnknown for Send connector Intra-Organization SMTP Send "
        "Connector. The authentication mechanism is Gssapi. The target is SMTPSVC/ex1.fabrikam.com."
    )


@pytest.mark.parametrize(
    ("answers", "reply", "origin"),
    [
        ((NO_ANSWER,), "421 4.4.2 Connection dropped due to SocketError", "connection"),
        ((b"garbage\r\n",), "421 4.4.2 Connection dropped due to SocketError", "connection"),
        ((b"220-" + b"x" * 200_000,), "421 4.4.2 Connection dropped due to SocketError", "connection"),
        ((b"220-x\r\n" * 50_000,), "421 4.4.2 Connection dropped due to SocketError", "connection"),
        ((b"421 4.3.2 Service not available\r\n", NO_ANSWER), "421 4.3.2 Service not available", "target"),
        (
            (BANNER, b"501 5.5.4 Invalid domain name\r\n", NO_ANSWER),
            "501 5.5.4 Invalid domain name",
            "target",
        ),
        (
            (BANNER, b"250-ex1\r\n250 X-ANONYMOUSTLS\r\n", b"220 ready\r\n250 injected\r\n"),
            "421 4.4.2 Connection dropped due to SocketError",
            "connection",
        ),
        (
            (BANNER, b"250-ex1\r\n250 X-ANONYMOUSTLS\r\n", b"220 ready\r\n", NO_ANSWER),
            "421 4.4.2 Connection dropped due to SocketError",
            "connection",
        ),
        (
            (BANNER, OFFER, b"334 \r\n", b"454 4.7.0 Temporary authentication failure\r\n", NO_ANSWER),
            "454 4.7.0 Temporary authentication failure",
            "target",
        ),
    ],
)
async def test_odd_receivers(answers: tuple[bytes, ...], reply: str, origin: str) -> None:
    found = await failure(*answers)
    assert (found.reply, found.origin, found.permanent) == (reply, origin, False)


async def test_nobody_listens() -> None:
    async with session(BANNER) as (one, _, _):
        pass
    with pytest.raises(Undelivered) as caught:
        await one.open()
    assert caught.value.failure.reply == "421 4.2.1 Unable to connect"


LOGGED_ON = (BANNER, OFFER, b"334 \r\n", b"334 eA==\r\n", b"235 2.7.0 OK\r\n")


async def test_a_message_goes_over_with_its_dots_stuffed() -> None:
    answers = (b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 2.6.0 <1> Queued\r\n")
    async with session(*LOGGED_ON, *answers, b"221 bye\r\n") as (one, receiver, _):
        await one.open()
        assert await one.transfer(MESSAGE) == "250 2.6.0 <1> Queued"
    assert receiver.lines[4:9] == [
        b"MAIL FROM:<a@b> SIZE=11\r\n",
        b"RCPT TO:<c@d>\r\n",
        b"RCPT TO:<e@f>\r\n",
        b"DATA\r\n",
        b"..\r\n...x\r\nend\r\n.\r\n",
    ]


@pytest.mark.parametrize(
    ("reply", "permanent"), [(b"550 5.7.1 Unable to relay\r\n", True), (b"452 4.3.1 later\r\n", False)]
)
async def test_a_refused_message_is_refused_for_good_or_for_now(reply: bytes, *, permanent: bool) -> None:
    async with session(*LOGGED_ON, b"250 ok\r\n", reply, b"221 bye\r\n") as (one, _, _):
        await one.open()
        with pytest.raises(Undelivered) as caught:
            await one.transfer(MESSAGE)
    assert caught.value.failure.permanent is permanent


@pytest.mark.parametrize(
    ("content", "wire"),
    [
        (b"", b".\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b"a\r\n", b"a\r\n.\r\n"),
        (b".\r\n.a\r\n\r\n.", b"..\r\n..a\r\n\r\n..\r\n.\r\n"),
        (b"a\n.\n", b"a\n.\n\r\n.\r\n"),
    ],
)
def test_dots(content: bytes, wire: bytes) -> None:
    assert stuffed(content) == wire
