"""Lines from a client that may be hostile: bounded, timed, and as the path to the server leaves them."""

import asyncio
from collections.abc import Callable

LINE_LIMIT = 131_072
"""Octets of a line: a token of 65535 octets (MaxTokenSize at most, KB 327825) has 87380 in base64."""
DISCARD_LIMIT = 1_048_576
"""Octets of an over-long line that are read to find its end; then the connection ends."""

_HASH_NAMED = b"X-EXPS EXCHANGEAUTH SHA256 "


class LineTooLong(Exception):
    """A line over the limit. ``hopeless`` when its end was not found either."""

    def __init__(self, *, octets: int, hopeless: bool) -> None:
        super().__init__(f"a line of {octets} octets or more, {LINE_LIMIT} at most")
        self.hopeless = hopeless


class LineReader:
    """Reads lines for aiosmtpd in place of its StreamReader. ``arrive`` sees each, without its line end."""

    def __init__(
        self, stream: asyncio.StreamReader, *, timeout_s: float, arrive: Callable[[bytes], bytes]
    ) -> None:
        self.stream = stream
        self._timeout_s = timeout_s
        self._arrive = arrive

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        """The next line, with CRLF.

        Raises LineTooLong, TimeoutError when it takes too long as a whole, and CancelledError at the end of
        the stream: that is how aiosmtpd's loop ends without an answer.
        """
        del separator  # aiosmtpd gives none
        try:
            async with asyncio.timeout(self._timeout_s):
                line = await self._line()
        except asyncio.IncompleteReadError:
            raise asyncio.CancelledError from None
        return self._arrive(line.rstrip(b"\r\n")) + b"\r\n"

    async def read_message(self, *, limit: int) -> bytes | None:
        """What DATA sends, up to the line that is a dot, with dots unstuffed; None when it is over ``limit`` octets.

        Only CRLF ends a line (RFC 5321 section 2.3.8): a lone LF before the dot let two servers disagree about
        where a message ends (SMTP smuggling, 2023). Raises TimeoutError and CancelledError as ``readuntil``.
        """
        content, octets, at_start = bytearray(), 0, True
        while True:
            piece = await self._piece()
            if at_start and piece == b".\r\n":
                return bytes(content) if octets <= limit else None
            if at_start and piece.startswith(b"."):
                piece = piece[1:]
            at_start = piece.endswith(b"\r\n")
            octets += len(piece)
            if octets <= limit:
                content += piece
            else:
                content.clear()

    async def _piece(self) -> bytes:
        """A line with its CRLF, or a part of one that is long."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self.stream.readuntil(b"\r\n")
        except asyncio.LimitOverrunError as error:
            return await self.stream.read(error.consumed)
        except asyncio.IncompleteReadError:
            raise asyncio.CancelledError from None

    async def read_some(self) -> bytes:
        """Whatever comes next, not as lines. Raises TimeoutError."""
        async with asyncio.timeout(self._timeout_s):
            return await self.stream.read(LINE_LIMIT)

    def discard_pending(self) -> int:
        """Forget what came and was not read yet; how many octets it was."""
        pending: bytearray = self.stream._buffer  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
        octets = len(pending)
        pending.clear()
        return octets

    async def _line(self) -> bytes:
        try:
            return await self.stream.readuntil()
        except asyncio.LimitOverrunError as error:
            octets = await self._discard(error)
        raise LineTooLong(octets=octets, hopeless=octets > DISCARD_LIMIT)

    async def _discard(self, overrun: asyncio.LimitOverrunError) -> int:
        octets = len(await self.stream.read(overrun.consumed))
        while octets <= DISCARD_LIMIT:
            try:
                return octets + len(await self.stream.readuntil())
            except asyncio.LimitOverrunError as error:
                octets += len(await self.stream.read(error.consumed))
        return octets


def masked(line: bytes, *, token: bool) -> str:
    """A line for the ledger: a token (all of the line, or what follows verb and mechanism) is its length."""
    if token:
        return line.decode("ascii") if line in (b"", b"*") else f"<{len(line)} octets>"
    # EXCHANGEAUTH has a word more before its blob: the name of the hash.
    words = 3 if line[: len(_HASH_NAMED)].upper() == _HASH_NAMED else 2
    parts = line.split(b" ", words)
    if len(parts) > words and parts[0].upper() in (b"AUTH", b"X-EXPS"):
        line = b" ".join((*parts[:words], b"<%d octets>" % len(parts[words])))
    return line[:2048].decode("ascii", errors="backslashreplace")


def masked_reply(reply: bytes) -> str:
    """A reply for the ledger: the token behind ``334`` is its length, unless it is one of the plain texts.

    So is the blob behind ``235``, which begins with 8 hex digits and not with an enhanced status code.
    """
    text = reply.rstrip(b"\r\n")
    if text.startswith(b"235 ") and b"." not in text:
        return f"235 <{len(text) - 4} octets>"
    if text.startswith(b"334 ") and not text.endswith(b"supported"):
        return f"334 <{len(text) - 4} octets>"
    return text[:4096].decode("ascii", errors="backslashreplace")
