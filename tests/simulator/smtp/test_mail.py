"""MAIL, RCPT and DATA as a client meets them, on a connector that takes mail from anybody."""

import pytest

from simulator.smtp.mail import Mail, Mailboxes, message_id
from tests.support.raw_smtp import RawClient, raw_client
from tests.support.receive_server import receive_server

START = b"354 Start mail input; end with <CRLF>.<CRLF>\r\n"


class Post:
    """Keeps what is delivered."""

    def __init__(self, error: Exception | None = None) -> None:
        self.mails: list[Mail] = []
        self.error = error

    def deliver(self, mail: Mail) -> int:
        if self.error is not None:
            raise self.error
        self.mails.append(mail)
        return len(self.mails)

    @property
    def mailboxes(self) -> Mailboxes:
        return Mailboxes(domain="contoso.lab", deliver=self.deliver)


async def begin(client: RawClient) -> None:
    await client.ehlo()
    assert await client.ask(b"MAIL FROM:<alice@contoso.lab> SIZE=100 BODY=8BITMIME") == (
        b"250 2.1.0 Sender OK\r\n"
    )
    assert await client.ask(b"RCPT TO:<bob@Contoso.LAB>") == b"250 2.1.5 Recipient OK\r\n"


async def test_a_message_arrives_as_it_was() -> None:
    post = Post()
    async with (
        receive_server(mailboxes=post.mailboxes, anonymous_submission=True) as running,
        raw_client(running.port) as client,
    ):
        await begin(client)
        assert await client.ask(b"DATA") == START
        reply = await client.ask(b"Message-ID: <1@x>\r\n\r\n..\r\n..two\r\nlf\n.\nx\r\n.")
        assert reply == (
            b"250 2.6.0 <1@x> [InternalId=1, Hostname=ex1.contoso.lab] Queued mail for delivery\r\n"
        )
        assert await client.ask(b"DATA") == b"503 5.5.2 Need mail command\r\n"
    (mail,) = post.mails
    # A lone LF ends no line, so the dot behind it is content (SMTP smuggling).
    assert mail.content == b"Message-ID: <1@x>\r\n\r\n.\r\n.two\r\nlf\n.\nx\r\n"
    assert (mail.sender, mail.recipients) == ("alice@contoso.lab", ("bob@Contoso.LAB",))
    assert (mail.client_name, mail.client_address) == ("ex2.contoso.lab", "127.0.0.1")
    # What people write to each other is not in the ledger.
    assert not any("two" in str(entry.detail) for entry in running.ledger.entries)


async def test_nobody_submits_without_permission() -> None:
    async with receive_server(mailboxes=Post().mailboxes) as running, raw_client(running.port) as client:
        await client.ehlo()
        assert await client.ask(b"MAIL FROM:<a@contoso.lab>") == (
            b"530 5.7.1 Client was not authenticated\r\n"
        )


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"RCPT TO:<bob@example.com>", b"550 5.7.1 Unable to relay"),
        (b"RCPT TO:<bob@contoso.lab.example.com>", b"550 5.7.1 Unable to relay"),
        (b"RCPT TO:<bob>", b"550 5.7.1 Unable to relay"),
        (b"RCPT TO:<>", b"501 5.5.4 Invalid arguments"),
        (b"RCPT TO:<b\xc3\xb6b@contoso.lab>", b"501 5.5.4 Invalid arguments"),
        (b"RCPT TO:<b\xffb@contoso.lab>", b"501 5.5.4 Invalid arguments"),
        (b"RCPT TO:<b b@contoso.lab>", b"501 5.5.4 Invalid arguments"),
        (b"RCPT TO:bob@contoso.lab", b"501 5.5.4 Invalid arguments"),
        (b"RCPT FROM:<bob@contoso.lab>", b"501 5.5.4 Invalid arguments"),
        (
            b"MAIL FROM:<a@contoso.lab> SIZE=37748737",
            b"552 5.3.4 Message size exceeds fixed maximum message size",
        ),
        (b"DATA", b"503 5.5.2 Need rcpt command"),
        (b"BDAT 4 LAST", b"503 5.5.2 Need rcpt command"),
    ],
)
async def test_refused(line: bytes, reply: bytes) -> None:
    async with (
        receive_server(mailboxes=Post().mailboxes, anonymous_submission=True) as running,
        raw_client(running.port) as client,
    ):
        await client.ehlo()
        await client.ask(b"MAIL FROM:<>")
        assert await client.ask(line) == reply + b"\r\n"


async def test_reset_forgets_the_transaction() -> None:
    async with (
        receive_server(mailboxes=Post().mailboxes, anonymous_submission=True) as running,
        raw_client(running.port) as client,
    ):
        await begin(client)
        assert await client.ask(b"RSET") == b"250 2.0.0 Resetting\r\n"
        assert await client.ask(b"RCPT TO:<bob@contoso.lab>") == b"503 5.5.2 Need mail command\r\n"


async def test_too_large_is_read_to_its_end_and_refused() -> None:
    post = Post()
    async with (
        receive_server(mailboxes=post.mailboxes, anonymous_submission=True, size=1000) as running,
        raw_client(running.port) as client,
    ):
        await begin(client)
        await client.ask(b"DATA")
        reply = await client.ask(b"x" * 1001 + b"\r\nRSET\r\n.")
        assert reply == b"552 5.3.4 Message size exceeds fixed maximum message size\r\n"
        assert await client.ask(b"NOOP") == b"250 2.0.0 OK\r\n"
    assert post.mails == []


@pytest.mark.parametrize("error", [OSError("disk full"), OverflowError("queue full")])
async def test_a_message_that_cannot_be_kept_is_not_taken(error: Exception) -> None:
    async with (
        receive_server(mailboxes=Post(error).mailboxes, anonymous_submission=True) as running,
        raw_client(running.port) as client,
    ):
        await begin(client)
        await client.ask(b"DATA")
        assert await client.ask(b"x\r\n.") == b"452 4.3.1 Insufficient system resources\r\n"


@pytest.mark.parametrize(
    ("content", "identity"),
    [
        (b"Message-Id:  <a@b> \r\n\r\n", "<a@b>"),
        (b"Subject: x\r\nMESSAGE-ID:<a@b>\r\n", "<a@b>"),
        (b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n", ""),
        (b"Message-ID: <a b>\r\n\r\n", ""),
        (b"", ""),
    ],
)
def test_message_ids(content: bytes, identity: str) -> None:
    assert message_id(content) == identity
