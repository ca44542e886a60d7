"""SMB2 messages on the server's side, through impacket's structures (PURE; MS-SMB2 section 2.2).

impacket 0.13 lays out header and bodies, at 0.19 ms for a header that is read and 0.15 for SESSION_SETUP's answer
(``struct`` alone: 0.2 and 2.5 us); a connection has three messages. Three things are written here because impacket's
are not a server's: the list of dialects (its ``SMB2Negotiate`` reads to the end of the body, whatever the count says,
and so takes one that is cut; 150 us instead of 2), the error without data, and the signature (a method of its client,
bound to that one's state).
"""

import hmac
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from impacket import crypto
from impacket import smb3structs as smb2

FRAME_BYTES = 4
HEADER_BYTES = 64
MAXIMUM_MESSAGE = 131_072
"""A SESSION_SETUP has a token of 64 KiB at most; nothing longer is read."""
FILETIME_OF_1970 = 116_444_736_000_000_000
DIALECTS = (0x0202, 0x0210, 0x0300, 0x0302)
"""Up to Windows Server 2012 R2's, on which every Exchange since 2013 runs."""
SIGNATURE = slice(48, 64)


class Status(IntEnum):
    """MS-ERREF section 2.3.1."""

    SUCCESS = 0x00000000
    INVALID_PARAMETER = 0xC000000D
    MORE_PROCESSING_REQUIRED = 0xC0000016
    ACCESS_DENIED = 0xC0000022
    LOGON_FAILURE = 0xC000006D
    NOT_SUPPORTED = 0xC00000BB
    USER_SESSION_DELETED = 0xC0000203


class MessageError(ValueError):
    """Octets that are no SMB2 request: the connection ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request; ``body`` is what follows the header."""

    command: int
    message_id: int
    session_id: int
    signed: bool
    body: bytes = field(repr=False)


def split(data: bytes) -> tuple[bytes, bytes] | None:
    """The first message without its frame, and the rest; None when more is to come. Raises MessageError."""
    if len(data) < FRAME_BYTES:
        return None
    length = int.from_bytes(data[:FRAME_BYTES], "big")
    if not HEADER_BYTES <= length <= MAXIMUM_MESSAGE:
        raise MessageError(f"a message of {length} octets")
    end = FRAME_BYTES + length
    return None if len(data) < end else (data[FRAME_BYTES:end], data[end:])


def decode(message: bytes) -> Request:
    """A request's header. Raises MessageError; for SMB1 too, which this server does not speak."""
    if message[:4] != b"\xfeSMB":
        raise MessageError(f"a header {message[:4].hex()}")
    packet = smb2.SMB2Packet(message)
    if packet["Flags"] & smb2.SMB2_FLAGS_SERVER_TO_REDIR or packet["NextCommand"]:
        raise MessageError("an answer, or a chain of requests")
    return Request(
        command=packet["Command"],
        message_id=packet["MessageID"],
        session_id=packet["SessionID"],
        signed=bool(packet["Flags"] & smb2.SMB2_FLAGS_SIGNED),
        body=bytes(packet["Data"]),
    )


def best_dialect(body: bytes) -> int | None:
    """The newest dialect that a NEGOTIATE offers and this server speaks. Raises MessageError."""
    count = int.from_bytes(body[2:4], "little")
    listed = body[36 : 36 + 2 * count]
    if len(body) < 36 or len(listed) < 2 * count:
        raise MessageError("a NEGOTIATE that is cut")
    offered = {int.from_bytes(listed[n : n + 2], "little") for n in range(0, len(listed), 2)}
    return max(offered & set(DIALECTS), default=None)


def negotiated(request: Request, *, dialect: int, guid: bytes, now: float, hint: bytes) -> bytes:
    """The answer to NEGOTIATE; ``now`` is the server's clock (UTC seconds)."""
    body = smb2.SMB2Negotiate_Response()
    body["SecurityMode"] = smb2.SMB2_NEGOTIATE_SIGNING_ENABLED
    body["DialectRevision"] = dialect
    body["ServerGuid"] = guid
    body["MaxTransactSize"] = body["MaxReadSize"] = body["MaxWriteSize"] = 65536
    body["SystemTime"] = FILETIME_OF_1970 + int(now * 10_000_000)
    body["SecurityBufferOffset"] = HEADER_BYTES + 64
    body["SecurityBufferLength"] = len(hint)
    body["Buffer"] = hint
    return _answer(request, Status.SUCCESS, body.getData())


def token_of(body: bytes) -> bytes:
    """The GSS token of a SESSION_SETUP. Raises MessageError."""
    try:
        setup = smb2.SMB2SessionSetup(body)
        token = bytes(setup["Buffer"])
        length = int(setup["SecurityBufferLength"])
    except (struct.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise MessageError(f"a SESSION_SETUP that cannot be read: {error}") from None
    if len(token) < length:
        raise MessageError("a SESSION_SETUP that is cut")
    return token[:length]


def session(request: Request, status: Status, *, session_id: int, token: bytes) -> bytes:
    """The answer to a SESSION_SETUP that is accepted or goes on."""
    body = smb2.SMB2SessionSetup_Response()
    body["SecurityBufferOffset"] = HEADER_BYTES + 8
    body["SecurityBufferLength"] = len(token)
    body["Buffer"] = token
    return _answer(request, status, body.getData(), session_id=session_id)


def logged_off(request: Request) -> bytes:
    """The answer to LOGOFF."""
    return _answer(request, Status.SUCCESS, smb2.SMB2Logoff_Response().getData())


def refused(request: Request, status: Status) -> bytes:
    """An ERROR response without data (section 2.2.2): eight octets and one that nobody reads."""
    return _answer(request, status, b"\x09" + bytes(8))


def _answer(request: Request, status: Status, body: bytes, *, session_id: int | None = None) -> bytes:
    packet = smb2.SMB2Packet()
    packet["Command"] = request.command
    packet["Status"] = status
    packet["CreditRequestResponse"] = 1
    packet["Flags"] = smb2.SMB2_FLAGS_SERVER_TO_REDIR
    packet["MessageID"] = request.message_id
    packet["SessionID"] = request.session_id if session_id is None else session_id
    packet["Data"] = body
    return bytes(packet.getData())


def frame(message: bytes) -> bytes:
    """A message as it goes over TCP (section 2.1)."""
    return len(message).to_bytes(FRAME_BYTES, "big") + message


def sign(message: bytes, key: bytes, dialect: int) -> bytes:
    """The message with its signature (section 3.1.4.1): HMAC-SHA256, from 3.0 on AES-CMAC under a derived key."""
    flags = int.from_bytes(message[16:20], "little") | smb2.SMB2_FLAGS_SIGNED
    unsigned = message[:16] + flags.to_bytes(4, "little") + message[20 : SIGNATURE.start] + bytes(16)
    unsigned += message[SIGNATURE.stop :]
    if dialect < 0x0300:
        value = hmac.digest(key, unsigned, sha256)[:16]
    else:
        derived = crypto.KDF_CounterMode(key, b"SMB2AESCMAC\0", b"SmbSign\0", 128)
        value = crypto.AES_CMAC(derived, unsigned, len(unsigned))
    head, tail = unsigned[: SIGNATURE.start], unsigned[SIGNATURE.stop :]
    return b"".join((head, bytes(value), tail))
