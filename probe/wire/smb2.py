"""The beginning of an SMB2 connection, MS-SMB2: NEGOTIATE, SESSION_SETUP, LOGOFF. PURE.

Just enough to show a Kerberos ticket to another service of the receiver's computer, and to read what it says: its
clock in the answer to NEGOTIATE, and a GSS token in the answer to SESSION_SETUP. Nothing is signed, so no share can
be opened. Offsets within a message are counted from its header, as in the specification.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from probe.wire.filetime import from_filetime

MAXIMUM_MESSAGE = 131_072
"""Octets of a message that is read: a security buffer has at most 65535 (its length has two octets), and the negotiate
contexts behind it some hundred."""
FRAME_BYTES = 4
"""Direct TCP, MS-SMB2 section 2.1: a zero octet and the length in three, big-endian."""
HEADER_BYTES = 64
"""MS-SMB2 section 2.2.1.2."""
PROTOCOL_ID, PROTOCOL_ID_1 = b"\xfeSMB", b"\xffSMB"
"""SMB2 and 3; the second is the first version's, which Windows no longer answers with."""
DIALECTS = {0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
"""MS-SMB2 section 2.2.3."""
_FROM_SERVER, _ASYNCHRONOUS = 0x1, 0x2
_SIGNING_ENABLED, _SIGNING_REQUIRED = 0x1, 0x2
_PREAUTH_INTEGRITY, _SHA_512 = 0x0001, 0x0001
"""Negotiate context and hash, MS-SMB2 section 2.2.3.1.1: who offers 3.1.1 has to send it."""
SALT_BYTES = 32


class Command(IntEnum):
    """MS-SMB2 section 2.2.1.2."""

    NEGOTIATE = 0
    SESSION_SETUP = 1
    LOGOFF = 2


class Status(IntEnum):
    """The NTSTATUS values that matter here, MS-ERREF section 2.3.1."""

    SUCCESS = 0x00000000
    PENDING = 0x00000103
    MORE_PROCESSING_REQUIRED = 0xC0000016


class Smb2Error(ValueError):
    """Octets that are no answer to what was asked. The message says what was due and what came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One answer of the server; ``body`` is what follows the header."""

    command: int
    status: int
    message_id: int
    session_id: int
    body: bytes = field(repr=False)
    asynchronous: bool = False

    @property
    def interim(self) -> bool:
        """Only the news that the answer takes longer (MS-SMB2 section 3.3.4.2)."""
        return self.asynchronous and self.status == Status.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiated:
    """The answer to NEGOTIATE, MS-SMB2 section 2.2.4."""

    dialect: str
    """``2.0.2`` to ``3.1.1``; an unknown number in hexadecimal."""
    server_guid: bytes
    system_time: float | None
    """The server's clock: seconds since the Unix epoch (UTC), 100 ns exact; None where the field is zero."""
    signing_required: bool
    token: bytes = field(repr=False)
    """SPNEGO's hint which mechanisms there are; may be empty."""


def frame(message: bytes) -> bytes:
    """A message as it goes over TCP."""
    return len(message).to_bytes(FRAME_BYTES, "big") + message


def frame_length(head: bytes) -> int:
    """How long the message behind these four octets is. Raises Smb2Error, also for more than is read."""
    if len(head) != FRAME_BYTES or head[0]:
        raise Smb2Error(f"a frame begins with a zero octet and three of length, {head[:8].hex()} came")
    length = int.from_bytes(head, "big")
    if not HEADER_BYTES <= length <= MAXIMUM_MESSAGE:
        raise Smb2Error(f"a message has {HEADER_BYTES} to {MAXIMUM_MESSAGE} octets, {length} are announced")
    return length


def negotiate(*, client_guid: bytes, salt: bytes, dialects: Sequence[int] = tuple(DIALECTS)) -> bytes:
    """A NEGOTIATE request (message 0). ``client_guid`` has 16 octets, ``salt`` 32; both are random."""
    body = (
        _u16(36)
        + _u16(len(dialects))
        + _u16(_SIGNING_ENABLED)
        + bytes(2 + 4)  # reserved, capabilities: none is used
        + client_guid
    )
    listed = b"".join(_u16(dialect) for dialect in dialects)
    if 0x0311 not in dialects:
        return _header(Command.NEGOTIATE, 0) + body + bytes(8) + listed
    offset = HEADER_BYTES + len(body) + 8 + len(listed)
    padding = bytes(-offset % 8)  # each context is aligned to 8 octets
    context = _u16(1) + _u16(len(salt)) + _u16(_SHA_512) + salt
    contexts = _u16(_PREAUTH_INTEGRITY) + _u16(len(context)) + bytes(4) + context
    where = (offset + len(padding)).to_bytes(4, "little") + _u16(1) + bytes(2)
    return _header(Command.NEGOTIATE, 0) + body + where + listed + padding + contexts


def session_setup(token: bytes, *, message_id: int, session_id: int = 0) -> bytes:
    """A SESSION_SETUP request with a GSS token, MS-SMB2 section 2.2.5. Raises ValueError for 64 KiB and more."""
    if len(token) > 0xFFFF:
        raise ValueError(f"a security buffer has at most 65535 octets, not {len(token)}")
    fixed = 24
    body = (
        _u16(fixed + 1)
        + bytes((0, _SIGNING_ENABLED))
        + bytes(4 + 4)  # capabilities, channel
        + _u16(HEADER_BYTES + fixed)
        + _u16(len(token))
        + bytes(8)  # no previous session
    )
    return _header(Command.SESSION_SETUP, message_id, session_id) + body + token


def logoff(*, message_id: int, session_id: int) -> bytes:
    """A LOGOFF request, MS-SMB2 section 2.2.7."""
    return _header(Command.LOGOFF, message_id, session_id) + _u16(4) + bytes(2)


def decode(message: bytes) -> Message:
    """The header of a server's answer, MS-SMB2 section 2.2.1. Raises Smb2Error."""
    if message[:4] != PROTOCOL_ID:
        what = "SMB1" if message[:4] == PROTOCOL_ID_1 else message[:4].hex() or "nothing"
        raise Smb2Error(f"an SMB2 header is due, {what} came")
    if len(message) < HEADER_BYTES or _read(message, 4, 2) != HEADER_BYTES:
        raise Smb2Error(f"a header has {HEADER_BYTES} octets and says so, these {len(message)} do not")
    flags = _read(message, 16, 4)
    if not flags & _FROM_SERVER:
        raise Smb2Error("a server's answer is due, a request came")
    if _read(message, 20, 4):
        raise Smb2Error("one answer is due, a chain of them came")
    return Message(
        command=_read(message, 12, 2),
        status=_read(message, 8, 4),
        message_id=_read(message, 24, 8),
        session_id=_read(message, 40, 8),
        body=message[HEADER_BYTES:],
        asynchronous=bool(flags & _ASYNCHRONOUS),
    )


def decode_negotiate(message: Message) -> Negotiated:
    """The body of the answer to NEGOTIATE. Raises Smb2Error, also when its status is an error."""
    body = message.body
    if message.command != Command.NEGOTIATE or message.status != Status.SUCCESS:
        raise Smb2Error(f"command {message.command} came with status {message.status:#010x}")
    if len(body) < 64 or _read(body, 0, 2) != 65:
        raise Smb2Error(f"an answer to NEGOTIATE has 64 octets and more, {len(body)} came")
    dialect, ticks = _read(body, 4, 2), _read(body, 40, 8)
    return Negotiated(
        dialect=DIALECTS.get(dialect, f"{dialect:#06x}"),
        server_guid=body[8:24],
        system_time=from_filetime(ticks) if ticks else None,
        signing_required=bool(_read(body, 2, 2) & _SIGNING_REQUIRED),
        token=_buffer(body, _read(body, 56, 2), _read(body, 58, 2)),
    )


def decode_session_setup(message: Message) -> bytes:
    """The GSS token in the answer to SESSION_SETUP; empty for none. Raises Smb2Error.

    With an error status the body is an ERROR response (section 2.2.2), whose first field has the same value; what
    tells the two apart is a security buffer that lies within the message.
    """
    body = message.body
    if message.command != Command.SESSION_SETUP:
        raise Smb2Error(f"an answer to SESSION_SETUP is due, command {message.command} came")
    if len(body) < 8 or _read(body, 0, 2) != 9:
        raise Smb2Error(f"an answer to SESSION_SETUP has 8 octets and more, {len(body)} came")
    offset, length = _read(body, 4, 2), _read(body, 6, 2)
    if message.status in (Status.SUCCESS, Status.MORE_PROCESSING_REQUIRED):
        return _buffer(body, offset, length)
    within = offset >= HEADER_BYTES + 8 and offset + length <= HEADER_BYTES + len(body)
    return _buffer(body, offset, length) if within else b""


def _buffer(body: bytes, offset: int, length: int) -> bytes:
    if not length:
        return b""
    start = offset - HEADER_BYTES
    if start < 8 or start + length > len(body):
        raise Smb2Error(
            f"{length} octets are announced at {offset}, the message has {HEADER_BYTES + len(body)}"
        )
    return body[start : start + length]


def _header(command: Command, message_id: int, session_id: int = 0) -> bytes:
    """MS-SMB2 section 2.2.1.2; every request asks for a credit more, as the next one needs one."""
    return (
        PROTOCOL_ID
        + _u16(HEADER_BYTES)
        + bytes(2 + 4)  # credit charge, status
        + _u16(command)
        + _u16(1)
        + bytes(4 + 4)  # flags, no next command
        + message_id.to_bytes(8, "little")
        + bytes(4 + 4)  # reserved, no tree
        + session_id.to_bytes(8, "little")
        + bytes(16)  # not signed
    )


def _u16(value: int) -> bytes:
    return value.to_bytes(2, "little")


def _read(data: bytes, offset: int, octets: int) -> int:
    return int.from_bytes(data[offset : offset + octets], "little")
