"""One TCP connection to a peer that may be hostile: bounded reads, a time-out on every wait, TLS on demand.

TLS runs over memory BIOs with pyOpenSSL: the standard library's ``ssl`` has no exporter of keying
material, and makes old protocol versions hard to allow beside new ones.
"""

import asyncio
import contextlib
import errno
import socket
from dataclasses import dataclass

from OpenSSL import SSL

from probe.net import tls
from probe.net.tls_pump import READ_BYTES, TlsPump
from probe.wire.sasl.exchangeauth import Channel

LINGER_S = 0.5
"""How long a close may take before the connection is dropped."""


class ConnectionFailure(Exception):
    """The connection could not be made or did not live: ``reason`` is one of the words of ``probe.trace.facts``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An IP address and port, as the resolver gave it."""

    host: str
    port: int

    @property
    def family(self) -> str:
        """``ipv4`` or ``ipv6``."""
        return "ipv6" if ":" in self.host else "ipv4"


class Connection:
    """A stream of octets. Every wait ends after ``timeout_s`` seconds with ConnectionFailure("timed-out")."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, timeout_s: float
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._timeout_s = timeout_s
        self._tls: TlsPump | None = None

    @classmethod
    async def open(cls, address: Address, *, timeout_s: float, source: str = "") -> "Connection":
        """Connect to one address, from our own address ``source`` if one is given. Raises ConnectionFailure."""
        local = (source, 0) if source else None
        try:
            async with asyncio.timeout(timeout_s):
                reader, writer = await asyncio.open_connection(
                    address.host, address.port, limit=READ_BYTES, local_addr=local
                )
        except (OSError, TimeoutError) as error:
            raise _failure(error) from None
        return cls(reader, writer, timeout_s=timeout_s)

    @property
    def local_address(self) -> str:
        """Our end's IP address."""
        return str(self._writer.get_extra_info("sockname")[0])

    def time_is_up(self) -> float:
        """The moment, by the event loop's clock, at which a wait that begins now has to end."""
        return asyncio.get_running_loop().time() + self._timeout_s

    async def read(self, *, until: float | None = None) -> bytes:
        """What came next, at most READ_BYTES; empty at the end of the stream. Raises ConnectionFailure.

        ``until`` is a moment from `time_is_up`, for a caller that reads several times within one time-out.
        """
        until = until or self.time_is_up()
        if self._tls is None:
            return await self._read_raw(until)
        try:
            while (data := self._tls.read()) is None:
                if not await self._feed(self._tls, until):
                    return b""
        except SSL.Error as error:
            raise ConnectionFailure("reset", tls.reason(error)) from None
        return data

    async def ends_within(self, seconds: float) -> bool:
        """Whether the peer closes the connection in that time; what it sends meanwhile is thrown away."""
        until = asyncio.get_running_loop().time() + seconds
        try:
            while await self.read(until=until):
                pass
        except ConnectionFailure as failure:
            return failure.reason != "timed-out"
        return True

    async def write(self, data: bytes) -> None:
        """Send all of ``data``. Raises ConnectionFailure."""
        if self._tls is None:
            await self._write_raw(data)
            return
        try:
            self._tls.write(data)
        except SSL.Error as error:
            raise ConnectionFailure("reset", tls.reason(error)) from None
        await self._flush(self._tls)

    def channel(self) -> Channel | None:
        """What both ends of the TLS channel have in common; None in clear and without a certificate."""
        return None if self._tls is None else tls.channel(self._tls.connection)

    def channel_name(self, kind: str) -> bytes:
        """What channel bindings of ``kind`` call the TLS channel (RFC 5929); empty in clear."""
        return b"" if self._tls is None else tls.channel_name(self._tls.connection, kind)

    async def start_tls(self, server_name: str) -> tls.Session:
        """Shake hands as the client. Raises ConnectionFailure, or tls.HandshakeFailure with the reason."""
        self._tls = TlsPump(tls.client_connection(server_name))
        await self._shake_hands(self._tls, self.time_is_up())
        return tls.describe(self._tls.connection)

    async def _shake_hands(self, pump: TlsPump, until: float) -> None:
        try:
            while not pump.shake_hands():
                if not await self._feed(pump, until):
                    raise tls.HandshakeFailure("the peer closed the connection in the handshake")
        except SSL.Error as error:
            with contextlib.suppress(ConnectionFailure):
                await self._flush(pump)  # the alert that tells the peer why
            raise tls.HandshakeFailure(tls.reason(error)) from None
        await self._flush(pump)

    async def _feed(self, pump: TlsPump, until: float) -> bool:
        """Send what TLS has made ready, and give it what comes next. False: the stream has ended."""
        await self._flush(pump)
        arrived = await self._read_raw(until)
        if arrived:
            pump.receive(arrived)
        return bool(arrived)

    async def _flush(self, pump: TlsPump) -> None:
        for ready in pump.outgoing():
            await self._write_raw(ready)

    async def close(self) -> None:
        """End the connection; never raises and never takes longer than LINGER_S seconds."""
        try:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(LINGER_S):
                    await self._say_goodbye()
                    self._writer.close()
                    await self._writer.wait_closed()
        finally:
            self.abort()

    async def _say_goodbye(self) -> None:
        """TLS's close_notify, without waiting for the peer's."""
        if self._tls is not None:
            with contextlib.suppress(SSL.Error, ConnectionFailure):
                self._tls.close()
                await self._flush(self._tls)

    def abort(self) -> None:
        """Drop the connection at once; what was not sent is lost. Harmless when it is closed."""
        self._writer.transport.abort()

    async def _read_raw(self, until: float) -> bytes:
        try:
            async with asyncio.timeout_at(until):
                return await self._reader.read(READ_BYTES)
        except (OSError, TimeoutError) as error:
            raise _failure(error) from None

    async def _write_raw(self, data: bytes) -> None:
        self._writer.write(data)
        if not self._writer.transport.get_write_buffer_size():
            return  # the kernel has it all: nothing to wait for
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise _failure(error) from None


_REASONS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ECONNABORTED: "reset",
    errno.ETIMEDOUT: "timed-out",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
}


def _failure(error: OSError | TimeoutError) -> ConnectionFailure:
    if isinstance(error, socket.gaierror):
        return ConnectionFailure("unreachable", "not an address")
    if isinstance(error, TimeoutError):
        return ConnectionFailure("timed-out")
    return ConnectionFailure(_REASONS.get(error.errno or 0, "unreachable"), error.strerror or "")
