"""SMTP replies out of octets, and commands into octets (RFC 5321 sections 4.1 and 4.2). PURE.

The reader keeps what a peer did wrong instead of failing on it, as long as there is a reply to be had;
every length is bounded, and "not enough yet" is an empty list.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

LINE_LIMIT = 128 * 1024
"""Octets of one reply line: a Kerberos token of 64 KiB in base64 fits (MaxTokenSize is 48 000 by default)."""
REPLY_LIMIT = 256 * 1024
LINES_LIMIT = 1024
"""Lines of one reply: an EHLO reply has about twenty. A line of two octets costs sixty of memory."""

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_CODE = re.compile(rb"[0-9]{3}")
_HEAD = 80
_SHORT = 2048
_FLAWLESS = re.compile(
    rb"([2-4][0-9]{2}|5[0-5][0-9])(?:-[\x01-\x09\x0b\x0c\x0e-\x7f]*\r\n\1)* [\x01-\x09\x0b\x0c\x0e-\x7f]*\r\n"
)
"""A reply of RFC 5321 section 4.2: one code, hyphens, then a space; ASCII, CRLF, no NUL."""


class LocalProtocolError(Exception):
    """A mistake of ours: a command that may not be sent like this or now."""


class Problem(StrEnum):
    """What a peer did wrong in a reply that could be read all the same."""

    BARE_LF = "bare-lf"
    MISSING_TEXT = "missing-text"
    """Nothing behind the code (RFC 5321 section 4.2 wants at least a space)."""
    CODE_DIFFERS = "code-differs"
    """The lines of one reply have different codes; the first one counts."""
    ODD_SEPARATOR = "odd-separator"
    """Neither a space nor a hyphen behind the code; taken as a last line."""
    NUL = "nul"
    EIGHT_BIT = "8-bit"
    CODE_OUT_OF_RANGE = "code-out-of-range"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply, of one line or many. ``lines`` are the texts behind the code, decoded octet by octet."""

    code: int
    lines: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    octets: int = 0

    @property
    def text(self) -> str:
        """The first line's text."""
        return self.lines[0]

    @property
    def enhanced(self) -> str:
        """The enhanced status code of the first line (RFC 2034), e.g. ``4.7.0``; empty without one."""
        match = _ENHANCED.match(self.text)
        return match[0] if match else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """What came is no reply. The reader reads nothing more after it."""

    reason: str
    """``line-too-long``, ``reply-too-long``, ``too-many-lines``, ``not-a-reply``, or of a dialogue
    ``too-many-replies``.
    """
    came: int
    """Octets; lines or replies where there are too many of them."""
    limit: int
    head: bytes = field(repr=False)
    """The first octets, for the report."""


class ReplyReader:
    """Octets in, replies out. ``line_limit`` and ``reply_limit`` are octets with line ends, ``lines_limit`` lines."""

    def __init__(
        self,
        *,
        line_limit: int = LINE_LIMIT,
        reply_limit: int = REPLY_LIMIT,
        lines_limit: int = LINES_LIMIT,
    ) -> None:
        self._line_limit = line_limit
        self._reply_limit = reply_limit
        self._lines_limit = lines_limit
        self._buffer = bytearray()
        self._searched = 0
        self._lines: list[str] = []
        self._code = 0
        self._octets = 0
        self._problems: dict[Problem, None] = {}
        self._failed = False

    @property
    def pending(self) -> int:
        """Octets that are not part of a whole reply yet."""
        return len(self._buffer) + self._octets

    def receive(self, data: bytes) -> list[Reply | Unreadable]:
        """The replies that are whole now. After an Unreadable nothing more is read."""
        self.feed(data)
        found: list[Reply | Unreadable] = []
        while (item := self.next_reply()) is not None:
            found.append(item)
        return found

    def feed(self, data: bytes) -> None:
        """Keep octets for `next_reply`; after an Unreadable they are thrown away."""
        if not self._failed:
            self._buffer += data

    def next_reply(self) -> Reply | Unreadable | None:
        """The next reply of what was fed; None when it is not whole yet. What is behind it stays unread."""
        if (reply := self._flawless()) is not None:
            return reply
        while not self._failed:
            line = self._next_line()
            if line is None:
                break
            item = line if isinstance(line, Unreadable) else self._take(line)
            if item is not None:
                return item
        return None

    def _flawless(self) -> Reply | None:
        """A short reply without any flaw that is whole already: nearly every one, at a third of the cost.

        Bounded by its size: a pattern that is tried at every octet that trickles in would cost the square of it.
        """
        if self._lines or self._searched or not 0 < len(self._buffer) <= _SHORT:
            return None
        match = _FLAWLESS.match(self._buffer)
        if match is None or match.end() > min(self._line_limit, self._reply_limit):
            return None
        lines = match[0].decode("ascii").split("\r\n")[:-1]
        if len(lines) > self._lines_limit:
            return None
        code, octets = int(match[1]), match.end()
        del self._buffer[:octets]  # what the match shows is this buffer
        return Reply(code=code, lines=tuple([line[4:] for line in lines]), octets=octets)

    def drain(self) -> int:
        """Forget what is pending; how many octets that was. For octets that must never be parsed."""
        count = self.pending
        self._buffer.clear()
        self._start_anew()
        return count

    def _next_line(self) -> bytes | Unreadable | None:
        end = self._buffer.find(b"\n", self._searched)
        length = end + 1 if end >= 0 else len(self._buffer)
        if length > self._line_limit:
            return self._unreadable("line-too-long", length, self._line_limit, bytes(self._buffer[:_HEAD]))
        if end < 0:
            self._searched = length
            return None
        line = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._searched = 0
        return line

    def _take(self, line: bytes) -> Reply | Unreadable | None:
        """Add a line to the reply; the reply when it was the last one."""
        if not _CODE.match(line):
            return self._unreadable("not-a-reply", len(line), 0, line[:_HEAD])
        self._octets += len(line)
        if self._octets > self._reply_limit:
            return self._unreadable("reply-too-long", self._octets, self._reply_limit, line[:_HEAD])
        if len(self._lines) == self._lines_limit:
            return self._unreadable("too-many-lines", len(self._lines) + 1, self._lines_limit, line[:_HEAD])
        if line.endswith(b"\r\n"):
            body = line[:-2]
        else:
            body = line[:-1]
            self._note(Problem.BARE_LF)
        self._note_octets(body)
        code, separator, text = int(body[:3]), body[3:4], body[4:]
        if not self._lines:
            self._code = code
        elif code != self._code:
            self._note(Problem.CODE_DIFFERS)
        self._lines.append(text.decode("latin-1"))
        if separator == b"-":
            return None
        if separator == b"":
            self._note(Problem.MISSING_TEXT)
        elif separator != b" ":
            self._note(Problem.ODD_SEPARATOR)
        return self._finish()

    def _note_octets(self, body: bytes) -> None:
        if b"\0" in body:
            self._note(Problem.NUL)
        if not body.isascii():
            self._note(Problem.EIGHT_BIT)

    def _note(self, problem: Problem) -> None:
        self._problems[problem] = None

    def _finish(self) -> Reply:
        if not 200 <= self._code <= 559:
            self._note(Problem.CODE_OUT_OF_RANGE)
        reply = Reply(
            code=self._code, lines=tuple(self._lines), problems=tuple(self._problems), octets=self._octets
        )
        self._start_anew()
        return reply

    def _start_anew(self) -> None:
        self._lines, self._problems, self._octets, self._searched = [], {}, 0, 0

    def _unreadable(self, reason: str, came: int, limit: int, head: bytes) -> Unreadable:
        self._failed = True
        self._buffer.clear()
        return Unreadable(reason=reason, came=came, limit=limit, head=head)


def command(verb: str, *arguments: str) -> bytes:
    """A command line.

    Raises LocalProtocolError for line ends and NUL, which would smuggle in another command.
    """
    line = " ".join((verb, *arguments))
    if any(character in line for character in "\r\n\0"):
        raise LocalProtocolError(f"{verb}: a line end or NUL in an argument")
    try:
        return line.encode("ascii") + b"\r\n"
    except UnicodeEncodeError:
        raise LocalProtocolError(f"{verb}: an argument is not ASCII") from None
