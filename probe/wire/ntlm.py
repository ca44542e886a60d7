"""NTLM messages: what a server says of itself before anybody logs on (MS-NLMP section 2.2.1). PURE.

::

    NEGOTIATE     signature[8] type=1[4] flags[4] DomainName Workstation [version 8]
    CHALLENGE     signature[8] type=2[4] TargetName flags[4] challenge[8] reserved[8] TargetInfo [version 8]
    AUTHENTICATE  signature[8] type=3[4] LmResponse NtResponse DomainName UserName Workstation SessionKey
                  flags[4] [version 8] [MIC 16]

Names with a capital are fields of eight octets: length, maximum length, and the offset of the value from the
message's beginning. A value that lies outside the message is noted as a problem and left out; what is cut
before its fields is an NtlmError, and nothing else is ever raised.
"""

import struct
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from probe.wire.filetime import from_filetime

SIGNATURE = b"NTLMSSP\0"
_HEADER_BYTES = 12
MAXIMUM_PAIRS = 64
"""AV pairs that are read of one list; MS-NLMP section 2.2.2.1 knows eleven."""


class NtlmError(Exception):
    """What came is no NTLM message, or ends within its fixed part. ``offset`` is in octets."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason, offset)
        self.reason, self.offset = reason, offset

    def __str__(self) -> str:
        return f"{self.reason} at octet {self.offset}"


class MessageType(IntEnum):
    """MS-NLMP section 2.2.1."""

    NEGOTIATE = 1
    CHALLENGE = 2
    AUTHENTICATE = 3


class NegotiateFlag(IntFlag):
    """Those of MS-NLMP section 2.2.2.5 that decide how a message is read or what we ask for."""

    UNICODE = 0x00000001
    OEM = 0x00000002
    REQUEST_TARGET = 0x00000004
    NTLM = 0x00000200
    ALWAYS_SIGN = 0x00008000
    TARGET_TYPE_DOMAIN = 0x00010000
    TARGET_TYPE_SERVER = 0x00020000
    EXTENDED_SESSIONSECURITY = 0x00080000
    TARGET_INFO = 0x00800000
    VERSION = 0x02000000
    KEY_128 = 0x20000000
    KEY_56 = 0x80000000


class AvId(IntEnum):
    """MS-NLMP section 2.2.2.1, AvId."""

    EOL = 0
    NB_COMPUTER_NAME = 1
    NB_DOMAIN_NAME = 2
    DNS_COMPUTER_NAME = 3
    DNS_DOMAIN_NAME = 4
    DNS_TREE_NAME = 5
    FLAGS = 6
    TIMESTAMP = 7


ASKING = (
    NegotiateFlag.UNICODE
    | NegotiateFlag.OEM
    | NegotiateFlag.REQUEST_TARGET
    | NegotiateFlag.NTLM
    | NegotiateFlag.ALWAYS_SIGN
    | NegotiateFlag.EXTENDED_SESSIONSECURITY
    | NegotiateFlag.KEY_128
    | NegotiateFlag.KEY_56
)
"""What every Windows asks for since 2000 (MS-NLMP section 3.1.5.1.1), without names and version of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a value lies: octets from the message's beginning."""

    name: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """MS-NLMP section 2.2.2.10: the operating system's, for people to read."""

    major: int
    minor: int
    build: int
    revision: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.build}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvPair:
    """One attribute of a TargetInfo; an identifier that is not known stays a number."""

    identifier: int
    offset: int
    """Where the pair begins."""
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NtlmNegotiate:
    """The client's first message."""

    flags: int
    domain: str = ""
    workstation: str = ""
    version: Version | None = None
    spans: tuple[Span, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NtlmChallenge:
    """The server's message. Empty names were not given."""

    flags: int
    server_challenge: bytes = field(repr=False)
    """With it and an answer, a password can be guessed at: never shown."""
    target_name: str = ""
    pairs: tuple[AvPair, ...] = ()
    version: Version | None = None
    spans: tuple[Span, ...] = ()
    problems: tuple[str, ...] = ()

    def text(self, identifier: AvId) -> str:
        """A name among the pairs; always UTF-16LE (MS-NLMP section 2.2.2.1)."""
        return self._value(identifier).decode("utf-16-le", "replace")

    @property
    def computer(self) -> str:
        """The server's NetBIOS name."""
        return self.text(AvId.NB_COMPUTER_NAME)

    @property
    def domain(self) -> str:
        """The NetBIOS name of its domain."""
        return self.text(AvId.NB_DOMAIN_NAME)

    @property
    def dns_computer(self) -> str:
        """The server's full DNS name."""
        return self.text(AvId.DNS_COMPUTER_NAME)

    @property
    def dns_domain(self) -> str:
        """The DNS name of its domain."""
        return self.text(AvId.DNS_DOMAIN_NAME)

    @property
    def forest(self) -> str:
        """The DNS name of its forest."""
        return self.text(AvId.DNS_TREE_NAME)

    @property
    def timestamp(self) -> float | None:
        """MsvAvTimestamp: the server's clock to 100 ns, in seconds since the Unix epoch (UTC)."""
        value = self._value(AvId.TIMESTAMP)
        ticks = int.from_bytes(value, "little")
        # Zero is "not set", not the year 1601.
        return from_filetime(ticks) if len(value) == 8 and ticks else None

    def _value(self, identifier: AvId) -> bytes:
        return next((pair.value for pair in self.pairs if pair.identifier == identifier), b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class NtlmAuthenticate:
    """The client's second message. What a password can be guessed from has no place in a repr."""

    flags: int
    domain: str = ""
    user: str = ""
    workstation: str = ""
    lm_response: bytes = field(default=b"", repr=False)
    nt_response: bytes = field(default=b"", repr=False)
    session_key: bytes = field(default=b"", repr=False)
    mic: bytes = field(default=b"", repr=False)
    version: Version | None = None
    spans: tuple[Span, ...] = ()
    problems: tuple[str, ...] = ()


Message = NtlmNegotiate | NtlmChallenge | NtlmAuthenticate


def negotiate_message(flags: int = ASKING) -> bytes:
    """A NEGOTIATE message that names neither a domain nor a workstation nor a version of ours."""
    end = _HEADER_BYTES + 4 + 2 * 8
    empty = struct.pack("<HHI", 0, 0, end)
    return SIGNATURE + struct.pack("<II", MessageType.NEGOTIATE, flags) + empty * 2


def decode(data: bytes) -> Message:
    """The message that ``data`` holds. Raises NtlmError."""
    reader = _Reader(bytes(data))
    if not data.startswith(SIGNATURE):
        raise NtlmError("no NTLMSSP signature", 0)
    kind = reader.number(8)
    match kind:
        case MessageType.NEGOTIATE:
            return _negotiate(reader)
        case MessageType.CHALLENGE:
            return _challenge(reader)
        case MessageType.AUTHENTICATE:
            return _authenticate(reader)
    raise NtlmError(f"unknown message type {kind}", 8)


class _Reader:
    """Octets with bounds, and what was found out about them on the way."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.spans: list[Span] = []
        self.problems: list[str] = []
        self._first_value = len(data)

    def number(self, offset: int) -> int:
        """Four octets. Raises NtlmError."""
        return int.from_bytes(self.fixed(offset, 4), "little")

    def fixed(self, offset: int, length: int) -> bytes:
        """Octets of the fixed part. Raises NtlmError."""
        if offset + length > len(self._data):
            raise NtlmError(f"cut: {length} octets are due", offset)
        return self._data[offset : offset + length]

    def field(self, name: str, offset: int) -> bytes:
        """The value of a field; empty, with a note, when it lies outside. Raises NtlmError."""
        length, _, place = struct.unpack("<HHI", self.fixed(offset, 8))
        if not length:
            return b""
        if place + length > len(self._data):
            self.problems.append(f"{name} ends behind the message")
            return b""
        self._first_value = min(self._first_value, place)
        self.spans.append(Span(name=name, offset=place, length=length))
        return self._data[place : place + length]

    def is_free(self, offset: int, length: int) -> bool:
        """Whether a part that may be missing has its room before the first value."""
        return offset + length <= self._first_value

    def version(self, flags: int, offset: int) -> Version | None:
        """The version, where the flags announce one and there is room for it."""
        if not flags & NegotiateFlag.VERSION or not self.is_free(offset, 8):
            return None
        self.spans.append(Span(name="Version", offset=offset, length=8))
        major, minor, build, revision = struct.unpack("<BBH3xB", self.fixed(offset, 8))
        return Version(major=major, minor=minor, build=build, revision=revision)

    def pairs(self, name: str, offset: int) -> tuple[AvPair, ...]:
        """The AV pairs of a field, up to the one that ends the list."""
        value = self.field(name, offset)
        start = self.spans[-1].offset if value else 0
        found: list[AvPair] = []
        at = 0
        while at + 4 <= len(value) and len(found) < MAXIMUM_PAIRS:
            identifier, length = struct.unpack_from("<HH", value, at)
            if identifier == AvId.EOL:
                return tuple(found)
            if at + 4 + length > len(value):
                break
            found.append(
                AvPair(identifier=identifier, offset=start + at, value=value[at + 4 : at + 4 + length])
            )
            at += 4 + length
        if value:
            self.problems.append(f"{name} has no end")
        return tuple(found)


def _text(value: bytes, flags: int) -> str:
    """UTF-16LE, or the OEM character set, which nobody names: ASCII is what host names are made of."""
    encoding = "utf-16-le" if flags & NegotiateFlag.UNICODE else "cp1252"
    return value.decode(encoding, "replace")


def _negotiate(reader: _Reader) -> NtlmNegotiate:
    """Names are in the OEM character set whatever the flags say (MS-NLMP section 2.2.1.1)."""
    flags = reader.number(12)
    try:
        domain, workstation = reader.field("DomainName", 16), reader.field("Workstation", 24)
    except NtlmError:
        # Windows 9x and NT leave the fields out.
        return NtlmNegotiate(flags=flags)
    return NtlmNegotiate(
        flags=flags,
        domain=_text(domain, 0),
        workstation=_text(workstation, 0),
        version=reader.version(flags, 32),
        spans=tuple(reader.spans),
        problems=tuple(reader.problems),
    )


def _challenge(reader: _Reader) -> NtlmChallenge:
    target, flags = reader.field("TargetName", 12), reader.number(20)
    challenge = reader.fixed(24, 8)
    # A server older than NT 4 SP4 ends here, or begins its name here.
    pairs = reader.pairs("TargetInfo", 40) if reader.is_free(40, 8) else ()
    return NtlmChallenge(
        flags=flags,
        server_challenge=challenge,
        target_name=_text(target, flags),
        pairs=pairs,
        version=reader.version(flags, 48),
        spans=tuple(reader.spans),
        problems=tuple(reader.problems),
    )


def _authenticate(reader: _Reader) -> NtlmAuthenticate:
    names = ("LmChallengeResponse", "NtChallengeResponse", "DomainName", "UserName", "Workstation")
    lm, nt, domain, user, workstation = (
        reader.field(name, 12 + 8 * number) for number, name in enumerate(names)
    )
    # Without them the message is NTLMv1's of old, and in Unicode by custom.
    later = reader.is_free(52, 12)
    session_key = reader.field("EncryptedRandomSessionKey", 52) if later else b""
    flags = reader.number(60) if later else NegotiateFlag.UNICODE
    version = reader.version(flags, 64)
    has_mic = reader.is_free(72, 16)
    if has_mic:
        reader.spans.append(Span(name="MIC", offset=72, length=16))
    return NtlmAuthenticate(
        flags=flags,
        domain=_text(domain, flags),
        user=_text(user, flags),
        workstation=_text(workstation, flags),
        lm_response=lm,
        nt_response=nt,
        session_key=session_key,
        mic=reader.fixed(72, 16) if has_mic else b"",
        version=version,
        spans=tuple(reader.spans),
        problems=tuple(reader.problems),
    )
