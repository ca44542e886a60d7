"""Annotated trees of NEGOEX (MS-NEGOEX section 2.2, draft-zhu-negoex): one token has several messages. PURE.

Every message begins alike, little-endian; offsets in it count from its own start:

    MESSAGE_HEADER { Signature "NEGOEXTS" (8), MessageType (4), SequenceNum (4), cbHeaderLength (4),
                     cbMessageLength (4), ConversationId GUID (16) }

and goes on with the fields of its kind, which end at cbHeaderLength; what they point to lies behind them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from probe.codes import lookup
from probe.dissect.fields import collected, take, unsigned
from probe.dissect.node import TreeNode, Walk, count
from probe.wire.der import DerError

SIGNATURE = b"NEGOEXTS"
_HEADER = 40
_GUID = 16
MAXIMUM_MESSAGES = 32
"""Messages of one token; a first token has two for each scheme and Windows knows a handful."""
_MAXIMUM_SCHEMES = 64

_SCHEMES = {
    # MS-NEGOEX leaves them to the packages; this one is what implementations of PKU2U send.
    "0D53335C-F9EA-4D0D-B2EC-4AE3786EC308": "PKU2U: certificates between peers, no domain",
}
_PULSE = 1
"""ALERT_TYPE_PULSE, MS-NEGOEX section 2.2.6.6."""
_REASONS = {1: "ALERT_VERIFY_NO_KEY: no key to check the VERIFY with yet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """One message: `start` is where it begins in `data`, `end` where it ends."""

    walk: Walk
    data: bytes
    start: int
    end: int

    def number(self, at: int, size: int) -> int:
        return unsigned(self.data, self.start + at, size, self.end)

    def node(self, at: int, length: int, name: str, value: str = "", meaning: str = "") -> TreeNode:
        take(self.data, self.start + at, length, self.end)
        return TreeNode(offset=self.start + at, length=length, name=name, value=value, meaning=meaning)

    def vector(self, at: int, name: str, size: int = 4) -> TreeNode:
        """A BYTE_VECTOR { offset (4), length (4) }: by size, the contents are the mechanism's."""
        place, length = self.number(at, 4), self.number(at + 4, size)
        if not length:
            return self.node(at, 8, name, "empty")
        outside = self.start + place + length > self.end
        content = b"" if outside else self.data[self.start + place : self.start + place + length]
        made = self.node(at, 8, name, f"{count(length)} at offset {self.start + place}")
        if outside:
            return replace(made, problem="it is outside the message")
        return replace(made, offset=self.start + place, length=length, value=self.walk.octets(content))


_Fields = Callable[[_Message], Iterator[TreeNode]]


def negoex(walk: Walk, data: bytes, start: int, end: int) -> TreeNode:
    """The tree of the messages in `data[start:end]`."""
    made = TreeNode(
        offset=start, length=end - start, name="NEGOEX", meaning="MS-NEGOEX: negotiation inside SPNEGO"
    )
    return collected(walk, made, _messages(walk, data, start, end))


def _messages(walk: Walk, data: bytes, start: int, end: int) -> Iterator[TreeNode]:
    for _ in range(MAXIMUM_MESSAGES):
        if start >= end:
            return
        if not data.startswith(SIGNATURE, start, end):
            raise DerError(offset=start, due="the signature NEGOEXTS", came=count(end - start))
        length = unsigned(data, start + 20, 4, end)
        stop = min(start + max(length, _HEADER), end)
        yield _one(_Message(walk=walk, data=data, start=start, end=stop), length)
        start = stop
    raise DerError(offset=start, due=f"at most {MAXIMUM_MESSAGES} messages", came="more")


def _one(it: _Message, length: int) -> TreeNode:
    kind = it.number(8, 4)
    name, meaning, fields = _KINDS.get(kind, (f"type {kind}", "not known here", _unknown))
    size = it.end - it.start
    problem = "" if size == length else f"{count(length)} were due, {size} came"
    made = TreeNode(offset=it.start, length=size, name=f"NEGOEX {name}", meaning=meaning, problem=problem)
    return collected(it.walk, made, _parts(it, fields))


def _parts(it: _Message, fields: _Fields) -> Iterator[TreeNode]:
    yield it.node(0, 8, "Signature", "NEGOEXTS")
    yield it.node(8, 4, "MessageType", str(it.number(8, 4)))
    yield it.node(12, 4, "SequenceNum", str(it.number(12, 4)))
    header = it.number(16, 4)
    made = it.node(16, 4, "cbHeaderLength", str(header))
    yield made if _HEADER <= header <= it.end - it.start else replace(made, problem="not within the message")
    yield it.node(20, 4, "cbMessageLength", str(it.number(20, 4)))
    yield it.node(24, _GUID, "ConversationId", _guid(it, 24), "the same in all messages of one exchange")
    yield from fields(it)


def _guid(it: _Message, at: int) -> str:
    """A GUID as Windows writes it: three numbers little-endian, eight octets in their order (MS-DTYP section 2.3.4)."""
    octets = take(it.data, it.start + at, _GUID, it.end)
    numbers = (octets[3::-1], octets[5:3:-1], octets[7:5:-1], octets[8:10], octets[10:])
    return "-".join(number.hex() for number in numbers).upper()


def _scheme(it: _Message, at: int, name: str) -> TreeNode:
    found = _guid(it, at)
    return it.node(at, _GUID, name, f"{{{found}}}", _SCHEMES.get(found, "a scheme that is not known here"))


def _nego(it: _Message) -> Iterator[TreeNode]:
    """NEGO_MESSAGE { header, Random (32), ProtocolVersion (8), AuthSchemes { offset (4), count (2), 2 of padding },
    Extensions { offset (4), count (2), 2 of padding } }.
    """
    yield it.node(40, 32, "Random", it.walk.octets(take(it.data, it.start + 40, 32, it.end)))
    version = it.number(72, 8)
    yield it.node(72, 8, "ProtocolVersion", str(version), "" if version == 0 else "0 is the only one")
    place, schemes = it.number(80, 4), it.number(84, 2)
    yield it.node(
        80, 8, "AuthSchemes", f"{schemes} at offset {it.start + place}", "in the order of preference"
    )
    for index in range(min(schemes, _MAXIMUM_SCHEMES)):
        yield _scheme(it, place + index * _GUID, f"AuthScheme {index + 1}")
    if schemes > _MAXIMUM_SCHEMES:
        raise DerError(offset=it.start + 84, due=f"at most {_MAXIMUM_SCHEMES} schemes", came=str(schemes))
    place, extensions = it.number(88, 4), it.number(92, 2)
    yield it.node(88, 8, "Extensions", str(extensions) if extensions else "none")
    for index in range(min(extensions, _MAXIMUM_SCHEMES)):
        yield _extension(it, place + index * 12)


def _extension(it: _Message, at: int) -> TreeNode:
    """EXTENSION { ExtensionType (4, negative: critical), ExtensionValue BYTE_VECTOR (8) }."""
    kind = it.number(at, 4)
    made = it.vector(at + 4, f"extension type 0x{kind:X}")
    return replace(made, meaning="critical" if kind >> 31 else "may be ignored")


def _exchange(it: _Message) -> Iterator[TreeNode]:
    """EXCHANGE_MESSAGE { header, AuthScheme GUID (16), Exchange BYTE_VECTOR (8) }."""
    yield _scheme(it, 40, "AuthScheme")
    yield replace(it.vector(56, "Exchange"), meaning="what the scheme's mechanism says")


def _verify(it: _Message) -> Iterator[TreeNode]:
    """VERIFY_MESSAGE { header, AuthScheme (16), CHECKSUM { cbHeaderLength (4), ChecksumScheme (4), ChecksumType (4),
    ChecksumValue BYTE_VECTOR (8) } }.
    """
    yield _scheme(it, 40, "AuthScheme")
    yield it.node(56, 4, "cbHeaderLength", str(it.number(56, 4)))
    scheme = it.number(60, 4)
    yield it.node(60, 4, "ChecksumScheme", str(scheme), "RFC 3961" if scheme == 1 else "not known here")
    yield it.node(64, 4, "ChecksumType", str(it.number(64, 4)), "a checksum type of Kerberos")
    yield replace(it.vector(68, "ChecksumValue"), meaning="over all messages of the exchange so far")


def _alert(it: _Message) -> Iterator[TreeNode]:
    """ALERT_MESSAGE { header, AuthScheme (16), ErrorCode (4), Alerts { offset (4), count (2), 2 of padding } };
    ALERT { AlertType (4), AlertValue BYTE_VECTOR (8) }; ALERT_PULSE { cbHeaderLength (4), Reason (4) }.
    """
    yield _scheme(it, 40, "AuthScheme")
    status = lookup.nt_status(it.number(56, 4))
    told = f"{status.name}: {status.meaning}"
    yield it.node(56, 4, "ErrorCode", f"0x{it.number(56, 4):08X}", told)
    place, alerts = it.number(60, 4), it.number(64, 2)
    yield it.node(60, 8, "Alerts", str(alerts))
    for index in range(min(alerts, _MAXIMUM_SCHEMES)):
        at = place + index * 12
        yield replace(it.vector(at + 4, f"alert type {it.number(at, 4)}"), meaning=_reason(it, at))


def _reason(it: _Message, at: int) -> str:
    place, length = it.number(at + 4, 4), it.number(at + 8, 4)
    if it.number(at, 4) != _PULSE or length < 8:
        return "not known here"
    reason = it.number(place + 4, 4)
    return _REASONS.get(reason, f"reason {reason}, not known here")


def _unknown(it: _Message) -> Iterator[TreeNode]:
    rest = it.end - it.start - _HEADER
    yield it.node(_HEADER, rest, "contents", it.walk.octets(it.data[it.start + _HEADER : it.end]))


_KINDS: dict[int, tuple[str, str, _Fields]] = {
    # MESSAGE_TYPE, MS-NEGOEX section 2.2.6.1.
    0: ("INITIATOR_NEGO", "the client's schemes", _nego),
    1: ("ACCEPTOR_NEGO", "the server's schemes", _nego),
    2: ("INITIATOR_META_DATA", "what the client's mechanism says of itself beforehand", _exchange),
    3: ("ACCEPTOR_META_DATA", "what the server's mechanism says of itself beforehand", _exchange),
    4: ("CHALLENGE", "a token of the server's", _exchange),
    5: ("AP_REQUEST", "a token of the client's", _exchange),
    6: ("VERIFY", "a checksum over the exchange: nobody changed the lists", _verify),
    7: ("ALERT", "an error, or the word that a key is missing", _alert),
}
