"""SMTP servers that mean ill: each is a function that is given one connection and does its worst."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

BANNER = b"220 ex1.contoso.lab Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700\r\n"
OFFER = (
    b"250-ex1.contoso.lab Hello [127.0.0.1]\r\n250-SIZE 37748736\r\n250-STARTTLS\r\n250-X-ANONYMOUSTLS\r\n"
    b"250-AUTH NTLM\r\n250-X-EXPS GSSAPI NTLM\r\n250 XRDST\r\n"
)
"""Exchange's lines, so that the probe goes on to TLS and to a log-on."""
CLEAR_OFFER = OFFER.replace(b"250-STARTTLS\r\n250-X-ANONYMOUSTLS\r\n", b"")


@dataclass(slots=True)
class Peer:
    """The server's end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> None:
        """Send, and wait until the client has taken most of it."""
        self.writer.write(data)
        await self.writer.drain()

    async def line(self) -> bytes:
        """What the client says next; ConnectionResetError when it is gone."""
        line = await self.reader.readline()
        if not line:
            raise ConnectionResetError
        return line

    async def flood(self, data: bytes) -> None:
        """Send the same for ever: the client has to go."""
        while True:
            await self.say(data)

    async def trickle(self, data: bytes) -> None:
        """Send the same for ever, an octet at a time, always before anybody's patience ends."""
        while True:
            for octet in data:
                await self.say(bytes([octet]))
                await asyncio.sleep(0.02)

    async def stay(self) -> None:
        """Read what comes, say nothing, until the client is gone."""
        while await self.reader.read(65536):
            pass

    async def greet(self, offer: bytes = CLEAR_OFFER) -> None:
        """Banner and EHLO as they should be."""
        await self.say(BANNER)
        await self.line()
        await self.say(offer)

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """Honest TLS, and EHLO behind it."""
        await self.greet(OFFER)
        await self.line()
        await self.say(b"220 2.0.0 SMTP server ready\r\n")
        await self.writer.start_tls(context)
        await self.line()
        await self.say(CLEAR_OFFER)

    def reset(self) -> None:
        """End with RST, as a firewall does."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.close()


async def reset_at_once(peer: Peer) -> None:
    """RST and nothing else."""
    peer.reset()


Behaviour = Callable[[Peer], Awaitable[None]]


@contextlib.asynccontextmanager
async def hostile_server(behaviour: Behaviour) -> AsyncIterator[int]:
    """Serve every connection with ``behaviour`` on a free port of 127.0.0.1."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            # The client goes when it has had enough: that is what the tests are about.
            with contextlib.suppress(OSError, ssl.SSLError, asyncio.CancelledError):
                await behaviour(Peer(reader, writer))
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Datagrams(asyncio.DatagramProtocol):
    """Answers every datagram with all of ``replies``."""

    def __init__(self, replies: tuple[bytes, ...]) -> None:
        self._replies = replies
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        for reply in self._replies:
            self._transport.sendto(reply, addr)


@contextlib.asynccontextmanager
async def hostile_kdc(datagrams: tuple[bytes, ...], behaviour: Behaviour) -> AsyncIterator[int]:
    """A KDC's port: each datagram is answered with ``datagrams``, each connection is treated with ``behaviour``."""
    async with hostile_server(behaviour) as port:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Datagrams(datagrams), local_addr=("127.0.0.1", port)
        )
        try:
            yield port
        finally:
            transport.close()
