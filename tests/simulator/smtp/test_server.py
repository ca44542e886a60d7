"""The receive connector as a client sees it: what it says to each line, and where it listens."""

import asyncio
import socket

import aiosmtplib
import pytest

from simulator.smtp.server import ReceiveServer
from tests.support.raw_smtp import raw_client
from tests.support.receive_server import receive_server

BANNER = b"220 ex1.contoso.lab Microsoft ESMTP MAIL Service ready at Sat, 1 Aug 2026 00:00:00 +0000\r\n"


async def test_banner_ehlo_and_quit() -> None:
    async with receive_server() as lab, raw_client(lab.port, greeting=False) as client:
        assert await client.reply() == BANNER
        reply = await client.ehlo()
        assert reply.startswith(b"250-ex1.contoso.lab Hello [127.0.0.1]\r\n250-SIZE 37748736\r\n")
        assert reply.endswith(b"250 XRDST\r\n")
        assert await client.ask(b"QUIT") == b"221 2.0.0 Service closing transmission channel\r\n"
        assert await client.rest() == b""


async def test_aiosmtplib_gets_along() -> None:
    async with receive_server() as lab:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=lab.port, use_tls=False, start_tls=False)
        await client.connect()
        await client.ehlo(hostname="ex2.contoso.lab")
        assert client.esmtp_extensions["size"] == "37748736"
        with pytest.raises(aiosmtplib.SMTPSenderRefused, match="Client was not authenticated"):
            await client.sendmail("a@contoso.lab", ["b@contoso.lab"], b"Subject: x\r\n\r\nx\r\n")
        await client.quit()


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"NOOP", b"250 2.0.0 OK"),
        (b"noop", b"250 2.0.0 OK"),
        (b"RSET", b"250 2.0.0 Resetting"),
        (b"HELO a", b"250 ex1.contoso.lab Hello [127.0.0.1]"),
        (b"EHLO", b"501 5.0.0 EHLO requires domain address"),
        (b"HELO", b"501 5.0.0 HELO requires domain address"),
        (b"EHLO a b", b"501 5.5.4 Invalid domain name"),
        (b"EHLO \xff", b"501 5.5.4 Invalid domain name"),
        (b"VRFY a", b"502 5.3.3 Command not implemented"),
        (b"EXPN a", b"502 5.3.3 Command not implemented"),
        (b"MAIL FROM:<a@b>", b"503 5.5.2 Send hello first"),
        (b"RCPT TO:<a@b>", b"503 5.5.2 Need mail command"),
        (b"DATA", b"503 5.5.2 Need mail command"),
        (b"X-EXPS GSSAPI", b"503 5.5.2 Send hello first"),
        (b"AUTH GSSAPI", b"503 5.5.2 Send hello first"),
        (b"STARTTLS", b"503 5.5.2 Send hello first"),
        (b"X-ANONYMOUSTLS", b"503 5.5.2 Send hello first"),
        (b"", b"500 5.3.3 Unrecognized command"),
        (b"GET / HTTP/1.1", b"500 5.3.3 Unrecognized command"),
        (b"\xc3\xa9\x00\xff", b"500 5.3.3 Unrecognized command"),
    ],
)
async def test_replies_before_ehlo(line: bytes, reply: bytes) -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        assert await client.ask(line) == reply + b"\r\n"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"MAIL FROM:<a@b>", b"530 5.7.1 Client was not authenticated"),
        (b"RCPT TO:<a@b>", b"503 5.5.2 Need mail command"),
        (b"X-EXPS", b"504 5.7.4 Unrecognized authentication type"),
        (b"X-EXPS EXCHANGEAUTH SHA256 abc", b"504 5.7.4 Unrecognized authentication type"),
        (b"X-EXPS LOGIN", b"504 5.7.4 Unrecognized authentication type"),
        (b"AUTH PLAIN AGEAYg==", b"504 5.7.4 Unrecognized authentication type"),
        (b"STARTTLS now", b"501 5.5.4 Invalid arguments"),
    ],
)
async def test_replies_after_ehlo(line: bytes, reply: bytes) -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(line) == reply + b"\r\n"


async def test_help() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        assert await client.ask(b"HELP") == (
            b"214-This server supports the following commands:\r\n"
            b"214 HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH BDAT\r\n"
        )


async def test_ports_and_addresses() -> None:
    with pytest.raises(ValueError, match=r"192\.0\.2\.1 is not a loopback address"):
        async with receive_server(host="192.0.2.1"):
            pass
    async with receive_server() as lab:
        taken = ReceiveServer(lab.server.settings, lab.server._lab, port=lab.port)
        with pytest.raises(OSError, match="in use"):
            await taken.start()
        with pytest.raises(RuntimeError, match="not started"):
            _ = taken.port


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this host")
async def test_ipv6() -> None:
    async with receive_server(host="::1") as lab:
        reader, writer = await asyncio.open_connection("::1", lab.port)
        writer.write(b"HELO a\r\nQUIT\r\n")
        assert b"250 ex1.contoso.lab Hello [::1]\r\n" in await reader.read()
        writer.close()
        await writer.wait_closed()
