"""What leaves a receive connector: each reply through the faults, into the ledger, bounded in time."""

import asyncio
import contextlib
import socket
import struct

from simulator.faults.engine import Faults
from simulator.faults.values import Place
from simulator.ledger import Ledger, Scalar
from simulator.net.actions import Reset, Send, Silence
from simulator.smtp.reader import masked_reply


class ReplyWriter:
    """The sending side of one connection. Methods that end the connection raise CancelledError, which is how
    aiosmtpd's loop ends without another word."""

    def __init__(
        self,
        *,
        server: str,
        connector: str,
        faults: Faults,
        ledger: Ledger,
        timeout_s: float,
        session: str = "",
    ) -> None:
        self._server = server
        self._connector = connector
        self._faults = faults
        self._ledger = ledger
        self._timeout_s = timeout_s
        self._session = session
        self._writer: asyncio.StreamWriter | None = None
        self.silent = False
        """The connection went dead by declaration: nothing is sent any more."""
        self.closed = False
        """This side ended the connection."""

    def attach(self, writer: asyncio.StreamWriter) -> None:
        """Send through this writer."""
        self._writer = writer

    def note(self, kind: str, **detail: Scalar) -> None:
        """Write into the ledger."""
        self._ledger.add(kind, self._server, connector=self._connector, session=self._session, **detail)

    async def reply(
        self, text: bytes, *, place: Place | None = None, close: bool = False, delay_s: float = 0.0
    ) -> None:
        """Send a reply; with a place in the dialogue through the faults. ``close`` ends the connection."""
        await self.send(await self.prepare(text + b"\r\n", place=place, close=close, delay_s=delay_s))

    async def prepare(
        self, data: bytes, *, place: Place | None, close: bool = False, delay_s: float = 0.0
    ) -> Send:
        """What is to be sent, when its time has come. Does not return from a Silence, nor from a Reset."""
        action: Send | Reset | Silence = Send(data=data, then_close=close, delay_s=delay_s)
        if place is not None:
            action = self._faults.on_send(self._server, place, action)
        if isinstance(action, Silence):
            self.silent = True
            await asyncio.Event().wait()  # the client or the connection's timer cancels this
            raise asyncio.CancelledError
        if action.delay_s > 0:
            await asyncio.sleep(action.delay_s)
        if isinstance(action, Reset):
            self._reset()
            raise asyncio.CancelledError
        return action

    async def send(self, action: Send) -> None:
        """Send, and wait until the client has taken most of it. One that does not read is dropped."""
        self.put(action.data)
        if action.then_close:
            self.close()
            raise asyncio.CancelledError
        if self._writer is None:
            return
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._writer.drain()
        except (TimeoutError, ConnectionError):
            self.abort()
            raise asyncio.CancelledError from None

    def put(self, data: bytes) -> None:
        """Send without waiting."""
        self.note("smtp-out", line=masked_reply(data), octets=len(data))
        if self._writer is not None:
            self._writer.write(data)

    def close(self) -> None:
        """Close when all is sent."""
        self.closed = True
        if self._writer is not None:
            self._writer.close()

    def abort(self) -> None:
        """Drop the connection and what is not sent."""
        self.closed = True
        if self._writer is not None:
            self._writer.transport.abort()

    def _reset(self) -> None:
        """A TCP reset: a close that does not linger (SO_LINGER on, 0 seconds)."""
        connection = None if self._writer is None else self._writer.get_extra_info("socket")
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.abort()
