"""A device in the path that ends TLS: it reads what both sides believe to be between them alone.

It speaks SMTP only up to the verb that starts TLS, then shows the client a certificate of its own, shakes hands with
the server itself, and passes everything on as it is.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.certificates import write_certificate

TIMEOUT_S = 20.0
TLS_VERBS = (b"X-ANONYMOUSTLS", b"STARTTLS")
LONGEST_LINE = 1 << 18


class Middlebox:
    """One server behind it; ``port`` is where clients come."""

    def __init__(self, upstream: int, certificate: Path, key: Path) -> None:
        self._upstream = upstream
        self._certificate, self._key = certificate, key
        self.port = 0
        self.terminated = 0
        """How many TLS connections it has ended."""
        self.seen = b""
        """What went through in both directions after TLS began, in clear to it."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client."""
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            async with asyncio.timeout(TIMEOUT_S):
                server_reader, server_writer = await asyncio.open_connection(
                    "127.0.0.1", self._upstream, limit=LONGEST_LINE
                )
                try:
                    await self._until_tls(reader, writer, server_reader, server_writer)
                    await self._end_tls(writer, server_writer)
                    await asyncio.gather(self._pass(reader, server_writer), self._pass(server_reader, writer))
                finally:
                    await _close(server_writer)
        await _close(writer)

    async def _until_tls(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        server_reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
    ) -> None:
        """Commands and replies one after the other, until TLS is asked for and granted."""
        writer.write(await _reply(server_reader))
        while True:
            line = await reader.readuntil(b"\n")
            server_writer.write(line)
            reply = await _reply(server_reader)
            writer.write(reply)
            if line.strip().upper() in TLS_VERBS and reply.startswith(b"220"):
                return

    async def _end_tls(self, writer: asyncio.StreamWriter, server_writer: asyncio.StreamWriter) -> None:
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(self._certificate, self._key)
        anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
        await writer.start_tls(own)
        await server_writer.start_tls(anything)
        self.terminated += 1

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            self.seen += data
            writer.write(data)
            await writer.drain()
        writer.close()


async def _reply(reader: asyncio.StreamReader) -> bytes:
    """A whole reply."""
    whole = line = await reader.readuntil(b"\n")
    while line[3:4] == b"-":
        line = await reader.readuntil(b"\n")
        whole += line
    return whole


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


@contextlib.asynccontextmanager
async def middlebox(
    upstream: int, folder: Path, *, name: str = "balancer.contoso.lab"
) -> AsyncIterator[Middlebox]:
    """Put a Middlebox before the server that listens on ``upstream`` of 127.0.0.1."""
    certificate, key = write_certificate(folder, name)
    box = Middlebox(upstream, certificate, key)
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0, limit=LONGEST_LINE)
    box.port = int(server.sockets[0].getsockname()[1])
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
