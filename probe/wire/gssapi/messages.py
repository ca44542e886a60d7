"""Per-message tokens of the Kerberos mechanism, as an initiator wraps and unwraps them. PURE.

RFC 4121 section 4.2 for AES keys, RFC 4757 section 7.3 (the older form, framed as in RFC 1964) for rc4-hmac.
They are needed for the security-layer round of AUTH GSSAPI (RFC 4752 section 3.1).
"""

import hmac
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from probe.wire import crypto
from probe.wire.crypto import EncryptionType, Key
from probe.wire.der import DerError
from probe.wire.gssapi import frame as gss
from probe.wire.kerberos import KeyUsage

_WRAP = b"\x05\x04"
"""RFC 4121 section 4.2.6.2. Such a token has no GSS framing."""
_WRAP_RC4 = b"\x02\x01"
"""RFC 1964 section 1.2.2."""
_SENT_BY_ACCEPTOR, _SEALED, _ACCEPTOR_SUBKEY = 1, 2, 4
"""Flags of RFC 4121 section 4.2.2."""
_HEADER = struct.Struct(">2sBBHHQ")
"""TOK_ID, Flags, Filler, EC, RRC, SND_SEQ."""
_FILLER = 0xFF
_RC4_SEALED, _RC4_PLAIN = b"\x11\x00\x10\x00\xff\xff", b"\x11\x00\xff\xff\xff\xff"
"""SGN_ALG HMAC, SEAL_ALG RC4 or none, Filler: RFC 4757 section 7.3."""
_RC4_HEAD = 22
"""Those six octets, SND_SEQ and SGN_CKSUM."""
_RC4_CONFOUNDER = 8
_ZERO_SALT = bytes(4)


class ContextError(Exception):
    """A token of the peer's that this context cannot use. The text holds no key."""


class Malformed(ContextError):
    """A token that is not what is due: not DER, another token id, too short."""


class MessageAltered(ContextError):
    """A per-message token that does not verify: another key, or altered on the way."""


class OutOfSequence(ContextError):
    """A per-message token that verifies but is not the next one."""

    def __init__(self, *, expected: int, came: int) -> None:
        super().__init__(f"sequence number {expected} is due, {came} came")
        self.expected = expected
        self.came = came


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKeys:
    """The keys of an established context: the initiator's, and the acceptor's subkey if it asserted one."""

    initiator: Key
    acceptor: Key | None

    @property
    def current(self) -> Key:
        """The key of what we send: the acceptor's, once there is one (RFC 4121 section 2)."""
        return self.acceptor or self.initiator


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwrapped:
    """What a per-message token held."""

    data: bytes = field(repr=False)
    sequence_number: int
    confidential: bool


def wrap(
    data: bytes,
    *,
    keys: MessageKeys,
    sequence_number: int,
    confidential: bool,
    randomness: Callable[[int], bytes],
) -> bytes:
    """Make the wrap token of an initiator. Raises `ContextError` for a key that cannot be used."""
    try:
        if keys.current.etype == EncryptionType.RC4_HMAC:
            confounder = randomness(_RC4_CONFOUNDER)
            return _wrap_rc4(keys.current, confounder + data, sequence_number, confidential=confidential)
        flags = (_SEALED if confidential else 0) | (_ACCEPTOR_SUBKEY if keys.acceptor else 0)
        if not confidential:
            return _sign(keys.current, data, flags, sequence_number)
        header = _HEADER.pack(_WRAP, flags, _FILLER, 0, 0, sequence_number)
        confounder = randomness(crypto.confounder_length(keys.current.etype))
        return header + crypto.encrypt(keys.current, KeyUsage.INITIATOR_SEAL, data + header, confounder)
    except crypto.CryptoError as error:
        raise ContextError(str(error)) from error


def unwrap(token: bytes, *, keys: MessageKeys) -> Unwrapped:
    """Verify an acceptor's wrap token and give what it holds.

    Raises `Malformed`, `MessageAltered`, and `ContextError` for a key that cannot be used. Whether the
    sequence number is the one due is for the caller to judge.
    """
    try:
        if keys.current.etype == EncryptionType.RC4_HMAC:
            return _unwrap_rc4(token, keys.current)
        return _unwrap(token, keys)
    except DerError as error:
        raise Malformed(str(error)) from error
    except crypto.IntegrityError as error:
        raise MessageAltered(str(error)) from error
    except crypto.CryptoError as error:
        raise ContextError(str(error)) from error


def _sign(key: Key, data: bytes, flags: int, sequence_number: int) -> bytes:
    # The checksum is over a header whose EC and RRC are zero (RFC 4121 section 4.2.4).
    protected = _HEADER.pack(_WRAP, flags, _FILLER, 0, 0, sequence_number)
    value = crypto.checksum(key, KeyUsage.INITIATOR_SEAL, data + protected)
    return _HEADER.pack(_WRAP, flags, _FILLER, len(value), 0, sequence_number) + data + value


def _unwrap(token: bytes, keys: MessageKeys) -> Unwrapped:
    if len(token) <= _HEADER.size:
        raise Malformed(f"a wrap token of {len(token)} octets has no contents")
    token_id, flags, filler, extra, rotation, sequence_number = _HEADER.unpack_from(token)
    if token_id != _WRAP or filler != _FILLER:
        raise Malformed(f"a wrap token begins with 0504, this one with {token[:4].hex()}")
    if not flags & _SENT_BY_ACCEPTOR:
        raise Malformed("the token is not one of an acceptor's: our own came back")
    key = keys.initiator
    if flags & _ACCEPTOR_SUBKEY:
        if keys.acceptor is None:
            raise Malformed("the token is for an acceptor's subkey, and there is none")
        key = keys.acceptor
    body = _rotate_left(token[_HEADER.size :], rotation)
    open_body = _open_sealed if flags & _SEALED else _open_signed
    data = open_body(body, key=key, extra=extra, flags=flags, sequence_number=sequence_number)
    return Unwrapped(data=data, sequence_number=sequence_number, confidential=bool(flags & _SEALED))


def _rotate_left(body: bytes, count: int) -> bytes:
    """Undo the right rotation count (RFC 4121 section 4.2.5), which may be more than the length."""
    count %= len(body)
    return body[count:] + body[:count]


def _open_sealed(body: bytes, *, key: Key, extra: int, flags: int, sequence_number: int) -> bytes:
    plain = crypto.decrypt(key, KeyUsage.ACCEPTOR_SEAL, body)
    header = _HEADER.pack(_WRAP, flags, _FILLER, extra, 0, sequence_number)
    end = len(plain) - _HEADER.size - extra
    if end < 0 or plain[end + extra :] != header:
        raise MessageAltered("the header within the ciphertext is another than the one before it")
    return plain[:end]


def _open_signed(body: bytes, *, key: Key, extra: int, flags: int, sequence_number: int) -> bytes:
    end = len(body) - extra
    if end < 0:
        raise Malformed(f"a checksum of {extra} octets is announced, {len(body)} are there")
    protected = _HEADER.pack(_WRAP, flags, _FILLER, 0, 0, sequence_number)
    crypto.verify_checksum(key, KeyUsage.ACCEPTOR_SEAL, body[:end] + protected, body[end:])
    return body[:end]


def _wrap_rc4(key: Key, message: bytes, sequence_number: int, *, confidential: bool) -> bytes:
    # One octet of padding: RC4 has no blocks, but the older form always pads (RFC 4757 section 7.3).
    message += b"\x01"
    head = _RC4_SEALED if confidential else _RC4_PLAIN
    value = crypto.checksum(key, KeyUsage.ACCEPTOR_SIGN, _WRAP_RC4 + head + message)[:8]
    number = (sequence_number & 0xFFFFFFFF).to_bytes(4, "big")
    sequence = crypto.rc4(_rc4_sequence_key(key, value), number + bytes(4))
    if confidential:
        message = crypto.rc4(_rc4_sealing_key(key, number), message)
    return gss.frame(_WRAP_RC4, head + sequence + value + message)


def _unwrap_rc4(token: bytes, key: Key) -> Unwrapped:
    framed = gss.unframe(token)
    head, body = framed.body[:6], framed.body
    if framed.token_id != _WRAP_RC4 or head not in {_RC4_SEALED, _RC4_PLAIN}:
        raise Malformed(
            f"0201 1100 begins a wrap token for rc4-hmac, {(framed.token_id + head).hex()} this one"
        )
    if len(body) <= _RC4_HEAD + _RC4_CONFOUNDER:
        raise Malformed(f"a wrap token of {len(body)} octets has no contents")
    value, message = body[14:_RC4_HEAD], body[_RC4_HEAD:]
    sequence = crypto.rc4(_rc4_sequence_key(key, value), body[6:14])
    if head == _RC4_SEALED:
        message = crypto.rc4(_rc4_sealing_key(key, sequence[:4]), message)
    expected = crypto.checksum(key, KeyUsage.ACCEPTOR_SIGN, _WRAP_RC4 + head + message)[:8]
    if not hmac.compare_digest(expected, value):
        raise MessageAltered("the checksum of the token does not verify")
    if sequence[4:] != b"\xff\xff\xff\xff":
        raise Malformed("the token is not one of an acceptor's: our own came back")
    return Unwrapped(
        data=_unpad(message[_RC4_CONFOUNDER:]),
        sequence_number=int.from_bytes(sequence[:4], "big"),
        confidential=head == _RC4_SEALED,
    )


def _unpad(padded: bytes) -> bytes:
    """Take off the padding of RFC 1964 section 1.2.2.3: 1 to 8 octets, each of them their number."""
    count = padded[-1]
    if not 1 <= count <= 8 or padded[-count:] != bytes((count,)) * count:
        raise Malformed("the padding of the message is none")
    return padded[:-count]


def _rc4_sequence_key(key: Key, value: bytes) -> bytes:
    """Kseq of RFC 4757 section 7.3."""
    return crypto.hmac_md5(crypto.hmac_md5(key.contents, _ZERO_SALT), value)


def _rc4_sealing_key(key: Key, sequence_number: bytes) -> bytes:
    """Kcrypt of RFC 4757 section 7.3, of the key with each octet changed by 0xF0."""
    local = bytes(octet ^ 0xF0 for octet in key.contents)
    return crypto.hmac_md5(crypto.hmac_md5(local, _ZERO_SALT), sequence_number)
