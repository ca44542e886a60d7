"""Annotated trees of NTLM messages: NEGOTIATE, CHALLENGE, AUTHENTICATE (MS-NLMP section 2.2.1). PURE.

The responses of an AUTHENTICATE message can be cracked and, without signing, relayed: they are shown by size.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from probe.dissect import names as known
from probe.dissect.fields import collected, filetime, take, unsigned
from probe.dissect.node import TreeNode, Walk, count, flag_names, quoted

_HEADER = 12
_NTLMV2_LEAST = 44
"""NTProofStr and the fixed part of NTLMv2_CLIENT_CHALLENGE, MS-NLMP section 2.2.2.8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """The message, and where it begins in what is shown."""

    walk: Walk
    data: bytes
    at: int
    flags: int

    def node(self, offset: int, length: int, name: str, value: str = "", meaning: str = "") -> TreeNode:
        return TreeNode(offset=self.at + offset, length=length, name=name, value=value, meaning=meaning)

    def number(self, offset: int, size: int) -> int:
        return unsigned(self.data, offset, size, len(self.data))

    def text(self, content: bytes) -> str:
        unicode = self.flags & known.UNICODE
        return quoted(codecs.decode(content, "utf-16-le" if unicode else "latin-1", "replace"))


def message(walk: Walk, data: bytes, at: int = 0) -> TreeNode:
    """The tree of the NTLM message that `data` is; `at` is where it begins in the whole token."""
    kind = int.from_bytes(data[8:12], "little")
    name, meaning = known.MESSAGES.get(kind, ("unknown", f"type {kind} is not known here"))
    made = TreeNode(offset=at, length=len(data), name=f"NTLM {name}", meaning=meaning)
    parts: dict[int, tuple[int, Callable[[_Message], Iterator[TreeNode]]]] = {
        1: (12, _negotiate),
        2: (20, _challenge),
        3: (60, _authenticate),
    }
    flags_at, read = parts.get(kind, (_HEADER, _unknown))
    flags = int.from_bytes(data[flags_at : flags_at + 4].ljust(4, b"\0"), "little")
    return collected(walk, made, _parts(_Message(walk=walk, data=data, at=at, flags=flags), read))


def _parts(it: _Message, read: Callable[[_Message], Iterator[TreeNode]]) -> Iterator[TreeNode]:
    yield it.node(0, 8, "Signature", "NTLMSSP")
    yield it.node(8, 4, "MessageType", str(it.number(8, 4)))
    yield from read(it)


def _unknown(it: _Message) -> Iterator[TreeNode]:
    rest = it.data[_HEADER:]
    yield it.node(_HEADER, len(rest), "contents", it.walk.octets(rest))


def _negotiate(it: _Message) -> Iterator[TreeNode]:
    yield _flags(it, 12)
    oem = replace(it, flags=0)  # these names are OEM whatever the flags say
    if len(it.data) > 16:
        yield _buffer(oem, 16, "DomainName", _text)
        yield _buffer(oem, 24, "Workstation", _text)
    if it.flags & known.VERSION:
        yield _version(it, 32)


def _challenge(it: _Message) -> Iterator[TreeNode]:
    yield _buffer(it, 12, "TargetName", _text)
    yield _flags(it, 20)
    take(it.data, 24, 8, len(it.data))
    yield it.node(24, 8, "ServerChallenge", it.data[24:32].hex(), "a nonce of this exchange")
    if len(it.data) > 40:
        yield _buffer(it, 40, "TargetInfo", _av_pairs)
    if it.flags & known.VERSION:
        yield _version(it, 48)


def _authenticate(it: _Message) -> Iterator[TreeNode]:
    yield _buffer(it, 12, "LmChallengeResponse", _secret)
    yield _buffer(it, 20, "NtChallengeResponse", _nt_response)
    yield _buffer(it, 28, "DomainName", _text)
    yield _buffer(it, 36, "UserName", _text)
    yield _buffer(it, 44, "Workstation", _text)
    if len(it.data) < 64:
        return
    yield _buffer(it, 52, "EncryptedRandomSessionKey", _secret)
    yield _flags(it, 60)
    if it.flags & known.VERSION:
        yield _version(it, 64)
    # The MIC is there when the first payload begins behind it (MS-NLMP section 2.2.1.3).
    if _first_payload(it) >= 88 and len(it.data) >= 88:
        yield it.node(72, 16, "MIC", it.walk.octets(it.data[72:88]))


def _first_payload(it: _Message) -> int:
    heads = [(it.number(at, 2), it.number(at + 4, 4)) for at in (12, 20, 28, 36, 44, 52)]
    return min((place for size, place in heads if size), default=0)


def _flags(it: _Message, offset: int) -> TreeNode:
    value = it.number(offset, 4)
    return it.node(offset, 4, "NegotiateFlags", f"0x{value:08X}", flag_names(value, known.FLAGS.items()))


def _version(it: _Message, offset: int) -> TreeNode:
    major, minor = it.number(offset, 1), it.number(offset + 1, 1)
    build, revision = it.number(offset + 2, 2), it.number(offset + 7, 1)
    value = f"{major}.{minor}.{build}"
    return it.node(offset, 8, "Version", value, f"of Windows; NTLM revision {revision}")


Reader = Callable[[_Message, int, int], TreeNode]
"""(message, offset, length): the tree of a payload."""


def _buffer(it: _Message, offset: int, name: str, read: Reader) -> TreeNode:
    """A field of length, maximum length and offset, and the payload that it points to."""
    size, place = it.number(offset, 2), it.number(offset + 4, 4)
    if not size:
        return it.node(offset, 8, name, "empty")
    if place + size > len(it.data):
        made = it.node(offset, 8, name, f"{count(size)} at {it.at + place}")
        return replace(made, problem=f"it ends {count(place + size - len(it.data))} behind the message")
    return replace(read(it, place, size), name=name)


def _text(it: _Message, offset: int, size: int) -> TreeNode:
    return it.node(offset, size, "", it.text(it.data[offset : offset + size]))


def _secret(it: _Message, offset: int, size: int) -> TreeNode:
    return it.node(offset, size, "", it.walk.octets(it.data[offset : offset + size]))


def _av_pairs(it: _Message, offset: int, size: int) -> TreeNode:
    return collected(it.walk, it.node(offset, size, "", count(size)), _each_pair(it, offset, offset + size))


def _each_pair(it: _Message, offset: int, end: int) -> Iterator[TreeNode]:
    while offset < end:
        kind, size = unsigned(it.data, offset, 2, end), unsigned(it.data, offset + 2, 2, end)
        content = take(it.data, offset + 4, size, end)
        name, meaning = known.AV_PAIRS.get(kind, (f"AvId {kind}", "not known here"))
        value, told = _pair_value(it, kind, content)
        yield it.node(offset, 4 + size, name, value, told or meaning)
        if not kind:
            return
        offset += 4 + size


def _pair_value(it: _Message, kind: int, content: bytes) -> tuple[str, str]:
    """Value and meaning; names in AV pairs are Unicode whatever the flags say (MS-NLMP section 2.2.2.1)."""
    if kind in known.AV_TEXTS:
        return quoted(content.decode("utf-16-le", "replace")), ""
    if kind == 7 and len(content) == 8:
        return filetime(int.from_bytes(content, "little")), ""
    if kind == 6 and len(content) == 4:
        flags = int.from_bytes(content, "little")
        return f"0x{flags:08X}", flag_names(flags, known.AV_FLAGS)
    if kind == 10:
        return content.hex() if len(content) == 16 else count(len(content)), "" if any(content) else "none"
    return it.walk.octets(content) if content else "", ""


def _nt_response(it: _Message, offset: int, size: int) -> TreeNode:
    made = _secret(it, offset, size)
    if size < _NTLMV2_LEAST:
        return replace(made, meaning="NTLMv1" if size == 24 else "")
    return collected(it.walk, replace(made, meaning="NTLMv2"), _client_challenge(it, offset, offset + size))


def _client_challenge(it: _Message, offset: int, end: int) -> Iterator[TreeNode]:
    """NTLMv2_RESPONSE: NTProofStr and NTLMv2_CLIENT_CHALLENGE, MS-NLMP sections 2.2.2.7 and 2.2.2.8."""
    yield it.node(offset, 16, "NTProofStr", it.walk.octets(it.data[offset : offset + 16]))
    versions = f"{it.data[offset + 16]}, {it.data[offset + 17]}"
    yield it.node(offset + 16, 2, "RespType, HiRespType", versions, "1, 1 is due")
    ticks = unsigned(it.data, offset + 24, 8, end)
    told = "the client's clock, or the server's as its challenge gave it"
    yield it.node(offset + 24, 8, "TimeStamp", filetime(ticks), told)
    challenge = it.data[offset + 32 : offset + 40]
    yield it.node(offset + 32, 8, "ChallengeFromClient", it.walk.octets(challenge))
    yield from _each_pair(it, offset + 44, end)
