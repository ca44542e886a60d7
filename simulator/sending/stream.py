"""Replies and TLS of an SMTP connection as a client has them: bounded reads, each with an end in time."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from OpenSSL import SSL

from simulator.acceptors.exchangeauth import KEY_BLOCK_BYTES, KEY_BLOCK_LABEL, Channel, public_key_of
from simulator.acceptors.messages import TokenError
from simulator.tls.pump import READ_BYTES, TlsPump, reason
from simulator.tls.transport import client_context, described

LINE_LIMIT = 131_072
"""Octets of a reply's line: the server's blob holds a ticket."""
REPLY_LIMIT = 262_144
_CLOSED = "the server closed the connection"


class ConnectionFailed(Exception):
    """No connection, or not any more; the text says why."""


class TlsFailed(Exception):
    """The handshake did not complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole reply."""

    lines: tuple[str, ...]
    """With the code in front, without CRLF."""

    @property
    def code(self) -> int:
        """The three digits."""
        return int(self.lines[0][:3])

    @property
    def text(self) -> str:
        """The last line."""
        return self.lines[-1]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every line without its code."""
        return tuple(line[4:] for line in self.lines)


class SmtpStream:
    """One connection to a server."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, timeout_s: float
    ) -> None:
        self._reader, self._writer = reader, writer
        self._timeout_s = timeout_s
        self._tls: TlsPump | None = None
        self._pending = bytearray()

    @property
    def local(self) -> object:
        """This end's socket name."""
        return self._writer.get_extra_info("sockname")

    async def send(self, data: bytes) -> None:
        """Send all of it. Raises ConnectionFailed."""
        try:
            async with asyncio.timeout(self._timeout_s):
                if self._tls is None:
                    self._writer.write(data)
                else:
                    self._tls.write(data)
                    self._flush(self._tls)
                await self._writer.drain()
        except (OSError, TimeoutError, SSL.Error) as error:
            raise ConnectionFailed(_why(error)) from None

    async def reply(self) -> Reply:
        """The next reply. Raises ConnectionFailed, for octets that are no reply as well."""
        lines: list[str] = []
        octets = 0
        async with self._limited():
            while not lines or lines[-1][3:4] == "-":
                line = await self._line()
                octets += len(line) + 2
                if octets > REPLY_LIMIT:
                    raise ConnectionFailed(f"a reply of more than {REPLY_LIMIT} octets")
                lines.append(line.decode("ascii", errors="backslashreplace"))
                if not line[:3].isdigit() or len(line[:3]) < 3:
                    raise ConnectionFailed("what came is no SMTP reply")
        return Reply(lines=tuple(lines))

    async def start_tls(self) -> None:
        """Shake hands; no certificate is validated, as X-ANONYMOUSTLS has it. Raises ConnectionFailed, TlsFailed.

        What came in clear behind the 220 is never used.
        """
        if self._pending:
            raise TlsFailed(f"{len(self._pending)} octets in clear behind the reply")
        self._tls = tls = TlsPump(client_context(), server=False)
        async with self._limited():
            try:
                while not tls.shake_hands():
                    self._flush(tls)
                    await self._feed(tls)
            except SSL.ZeroReturnError:
                raise TlsFailed(_CLOSED) from None
            except SSL.Error as error:
                raise TlsFailed(reason(error)) from None
        self._flush(tls)

    @property
    def tls(self) -> SSL.Connection:
        """The TLS session. Raises RuntimeError before there is one."""
        if self._tls is None:
            raise RuntimeError("no TLS")
        return self._tls.connection

    def certificate(self) -> dict[str, str]:
        """The server's certificate in the words of a protocol log; empty for none, or one that cannot be read."""
        try:
            found = self.tls.get_peer_certificate(as_cryptography=True)
            return {} if found is None else described(found)
        except ValueError:
            return {}

    def channel(self) -> Channel:
        """What EXCHANGEAUTH binds to. Raises TlsFailed without a certificate that can be read."""
        try:
            certificate = self.tls.get_peer_certificate(as_cryptography=True)
            if certificate is None:
                raise TlsFailed("the server has no certificate")
            info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            key_block = self.tls.export_keying_material(KEY_BLOCK_LABEL, KEY_BLOCK_BYTES)
            return Channel(public_key=public_key_of(info), key_block=key_block)
        except (ValueError, UnsupportedAlgorithm, TokenError, SSL.Error) as error:
            raise TlsFailed(f"the server's certificate: {error}") from None

    async def close(self) -> None:
        """Close at once."""
        if self._tls is not None:
            with contextlib.suppress(SSL.Error):
                self._tls.close()
            self._flush(self._tls)
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(self._timeout_s):
                await self._writer.wait_closed()

    @contextlib.asynccontextmanager
    async def _limited(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout_s):
                yield
        except (OSError, TimeoutError) as error:
            raise ConnectionFailed(_why(error)) from None

    async def _line(self) -> bytes:
        while True:
            end = self._pending.find(b"\n")
            if end >= 0:
                line = bytes(self._pending[:end])
                del self._pending[: end + 1]
                return line.rstrip(b"\r")
            if len(self._pending) > LINE_LIMIT:
                raise ConnectionFailed(f"a line of more than {LINE_LIMIT} octets")
            self._pending += await self._read()

    async def _read(self) -> bytes:
        if self._tls is None:
            return await self._octets()
        try:
            while (plain := self._tls.read()) is None:
                await self._feed(self._tls)
        except SSL.Error as error:
            raise ConnectionFailed(reason(error)) from None
        if not plain:
            raise ConnectionFailed(_CLOSED)
        return plain

    async def _feed(self, tls: TlsPump) -> None:
        tls.receive(await self._octets())

    async def _octets(self) -> bytes:
        data = await self._reader.read(READ_BYTES)
        if not data:
            raise ConnectionFailed(_CLOSED)
        return data

    def _flush(self, tls: TlsPump) -> None:
        for ready in tls.outgoing():
            self._writer.write(ready)


async def connect(host: str, port: int, *, source: str = "", timeout_s: float) -> SmtpStream:
    """Connect, from our address ``source`` if one is given. Raises ConnectionFailed."""
    local = (source, 0) if source else None
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(host, port, local_addr=local)
    except (OSError, TimeoutError) as error:
        raise ConnectionFailed(_why(error)) from None
    raw = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return SmtpStream(reader, writer, timeout_s=timeout_s)


def _why(error: BaseException) -> str:
    return "timed out" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
