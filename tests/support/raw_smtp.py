"""An SMTP client that knows nothing but lines: what goes out is what the test says, what came is kept as it is."""

import asyncio
import contextlib
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass

TIMEOUT_S = 10.0


@dataclass(slots=True)
class RawClient:
    """One connection. Every wait ends after TIMEOUT_S."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def reply(self) -> bytes:
        """A whole reply with its CRLFs; what there is of it when the connection ends."""
        whole = b""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                line = await self.reader.readline()
                whole += line
                if line[3:4] != b"-":
                    return whole

    async def ask(self, line: bytes) -> bytes:
        """Send a line and give the reply."""
        self.writer.write(line + b"\r\n")
        return await self.reply()

    async def ehlo(self, name: bytes = b"ex2.contoso.lab") -> bytes:
        """EHLO."""
        return await self.ask(b"EHLO " + name)

    async def ask_token(self, token: bytes, verb: bytes = b"") -> bytes:
        """Send a token in base64, perhaps behind a verb."""
        return await self.ask((verb + b" " if verb else b"") + b64encode(token))

    async def rest(self) -> bytes:
        """All that still comes until the server closes the connection."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self.reader.read()

    async def rest_or_reset(self) -> bytes:
        """The same from a server that may drop the connection on what it has not read."""
        try:
            return await self.rest()
        except ConnectionError:
            return b""


def token_of(reply: bytes) -> bytes:
    """The token in a 334 line."""
    assert reply.startswith(b"334 "), reply
    return b64decode(reply[4:].strip(), validate=True)


@contextlib.asynccontextmanager
async def raw_client(port: int, *, greeting: bool = True) -> AsyncIterator[RawClient]:
    """Connect to 127.0.0.1, read the banner, close at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    client = RawClient(reader, writer)
    try:
        if greeting:
            assert (await client.reply()).startswith(b"220 ")
        yield client
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
