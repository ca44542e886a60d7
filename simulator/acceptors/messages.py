"""The acceptor's side of GSS framing and of Kerberos per-message tokens (PURE).

RFC 2743 section 3.1 (framing), RFC 4121 section 4.2 (MIC and wrap tokens for AES keys), RFC 1964 section 1.2
with RFC 4757 section 7 (the older tokens for rc4-hmac). Written apart from the probe's, which does the
initiator's side; only the ciphers are shared.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from probe.wire.crypto import (
    CryptoError,
    EncryptionType,
    Key,
    confounder_length,
    decrypt,
    encrypt,
    hmac_md5,
    rc4,
)
from probe.wire.crypto import checksum as keyed_checksum

KERBEROS_OID = bytes.fromhex("06092a864886f712010202")
"""1.2.840.113554.1.2.2 in DER (RFC 4121 section 4.1)."""
AP_REQ, AP_REP, KRB_ERROR = b"\x01\x00", b"\x02\x00", b"\x03\x00"
"""Token identifiers of RFC 4121 section 4.1."""
SENT_BY_ACCEPTOR, SEALED, ACCEPTOR_SUBKEY = 1, 2, 4
"""Flags of RFC 4121 section 4.2.2."""


class Usage(IntEnum):
    """Key usages of RFC 4121 section 2."""

    ACCEPTOR_SEAL = 22
    ACCEPTOR_SIGN = 23
    INITIATOR_SEAL = 24
    INITIATOR_SIGN = 25


class TokenError(Exception):
    """A token that is not what is due, or does not verify. ``status`` is SSPI's name for it."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def frame(token_id: bytes, body: bytes) -> bytes:
    """A Kerberos token in its GSS frame: ``60 <length> <OID> <token id> <body>``."""
    contents = KERBEROS_OID + token_id + body
    return b"\x60" + _length(len(contents)) + contents


def unframe(token: bytes) -> tuple[bytes, bytes]:
    """Token identifier and body of a framed Kerberos token. Raises TokenError("IllegalMessage")."""
    contents, trailing = split_element(token, tag=0x60)
    if trailing:
        raise TokenError("IllegalMessage", f"{len(trailing)} octets follow the token")
    if not contents.startswith(KERBEROS_OID):
        raise TokenError("IllegalMessage", "a GSS token of another mechanism than Kerberos")
    body = contents[len(KERBEROS_OID) :]
    if len(body) < 2:
        raise TokenError("IllegalMessage", "a GSS token without a token identifier")
    return body[:2], body[2:]


def split_element(data: bytes, *, tag: int) -> tuple[bytes, bytes]:
    """Contents of the first DER element, which must have this tag, and what follows. Raises TokenError."""
    if len(data) < 2 or data[0] != tag:
        raise TokenError("IllegalMessage", f"no element with tag {tag:#04x}")
    octets = data[1] & 0x7F if data[1] & 0x80 else 0
    start = 2 + octets
    length = int.from_bytes(data[2:start], "big") if octets else data[1]
    if octets > 4 or data[1] == 0x80 or len(data) < start + length:
        raise TokenError("IllegalMessage", f"{len(data)} octets, and more are announced")
    return data[start : start + length], data[start + length :]


def _length(count: int) -> bytes:
    if count < 0x80:
        return bytes((count,))
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


@dataclass(slots=True, kw_only=True)
class Context:
    """An accepted context: who the client is, the keys, and where both sequences are."""

    client: str
    """``name@REALM``."""
    flags: int
    """What the initiator asked for: the flags of RFC 4121 section 4.1.1.1."""
    session_key: Key = field(repr=False)
    """What SSPI gives for SECPKG_ATTR_SESSION_KEY: the initiator's subkey, else the ticket's session key."""
    acceptor_subkey: Key | None = field(default=None, repr=False)
    send_sequence: int
    receive_sequence: int
    randomness: Callable[[int], bytes] = field(repr=False)

    @property
    def key(self) -> Key:
        """The key of what we send: our own subkey when we asserted one (RFC 4121 section 2)."""
        return self.acceptor_subkey or self.session_key

    def wrap(self, data: bytes, *, sealed: bool = False) -> bytes:
        """A wrap token to the initiator; ``sealed`` encrypts it."""
        sequence, self.send_sequence = self.send_sequence, self.send_sequence + 1
        if self.key.etype == EncryptionType.RC4_HMAC:
            return _wrap_rc4(self.key, data, sequence, confounder=self.randomness(8), sealed=sealed)
        flags = self._sent_flags()
        if sealed:
            header = _header(b"\x05\x04", flags | SEALED, sequence)
            confounder = self.randomness(confounder_length(self.key.etype))
            return header + encrypt(self.key, Usage.ACCEPTOR_SEAL, data + header, confounder)
        # The checksum covers a header whose EC and RRC are zero (RFC 4121 section 4.2.4).
        value = keyed_checksum(self.key, Usage.ACCEPTOR_SEAL, data + _header(b"\x05\x04", flags, sequence))
        return _header(b"\x05\x04", flags, sequence, extra=len(value)) + data + value

    def unwrap(self, token: bytes) -> bytes:
        """What the initiator's wrap token holds. Raises TokenError."""
        try:
            if self._is_old(token):
                data, sequence = _unwrap_rc4(self.key, token)
            else:
                data, sequence = self._unwrap_new(token)
        except CryptoError as error:
            raise TokenError("MessageAltered", str(error)) from None
        self._expect(sequence)
        return data

    def mic(self, data: bytes) -> bytes:
        """A MIC token over ``data`` (RFC 4121 section 4.2.6.1, RFC 4757 section 7.2)."""
        sequence, self.send_sequence = self.send_sequence, self.send_sequence + 1
        if self.key.etype == EncryptionType.RC4_HMAC:
            return _mic_rc4(self.key, data, sequence, direction=_FROM_ACCEPTOR)
        header = _mic_header(self._sent_flags(), sequence)
        return header + keyed_checksum(self.key, Usage.ACCEPTOR_SIGN, data + header)

    def verify_mic(self, data: bytes, token: bytes) -> None:
        """Verify the initiator's MIC token over ``data``. Raises TokenError."""
        try:
            if self._is_old(token):
                sequence = _verify_mic_rc4(self.key, data, token)
            else:
                sequence = self._verify_mic_new(data, token)
        except CryptoError as error:
            raise TokenError("MessageAltered", str(error)) from None
        self._expect(sequence)

    def _is_old(self, token: bytes) -> bool:
        """RFC 4757's tokens, which alone are framed. Tokens of the wrong kind for the key do not verify."""
        return self.key.etype == EncryptionType.RC4_HMAC and token[:1] == b"\x60"

    def _sent_flags(self) -> int:
        return SENT_BY_ACCEPTOR | (ACCEPTOR_SUBKEY if self.acceptor_subkey else 0)

    def _expect(self, sequence: int) -> None:
        # 32 bits: the older tokens have no more, and an initiator's number starts within them.
        if (sequence - self.receive_sequence) & 0xFFFFFFFF:
            raise TokenError("OutOfSequence", f"number {self.receive_sequence} is due, {sequence} came")
        self.receive_sequence += 1

    def _key_for(self, flags: int) -> Key:
        if flags & SENT_BY_ACCEPTOR:
            raise TokenError("MessageAltered", "our own token came back")
        # impacket says that it uses a subkey of ours where we gave none, and Windows takes its tokens.
        return self.key if flags & ACCEPTOR_SUBKEY else self.session_key

    def _unwrap_new(self, token: bytes) -> tuple[bytes, int]:
        if len(token) <= 16 or token[:2] != b"\x05\x04" or token[3] != 0xFF:
            raise TokenError("IllegalMessage", f"no wrap token of RFC 4121: {len(token)} octets")
        flags, extra, rotation = (
            token[2],
            int.from_bytes(token[4:6], "big"),
            int.from_bytes(token[6:8], "big"),
        )
        sequence, key = int.from_bytes(token[8:16], "big"), self._key_for(flags)
        body = token[16:]
        rotation %= len(body)
        body = body[rotation:] + body[:rotation]
        if not flags & SEALED:
            if extra > len(body):
                raise TokenError("IllegalMessage", "a wrap token shorter than its checksum")
            data, value = body[: len(body) - extra], body[len(body) - extra :]
            signed = data + _header(b"\x05\x04", flags, sequence)
            _compare(keyed_checksum(key, Usage.INITIATOR_SEAL, signed), value)
            return data, sequence
        plain = decrypt(key, Usage.INITIATOR_SEAL, body)
        _compare(_header(b"\x05\x04", flags, sequence, extra=extra), plain[-16:])
        return plain[: max(len(plain) - 16 - extra, 0)], sequence

    def _verify_mic_new(self, data: bytes, token: bytes) -> int:
        if len(token) <= 16 or token[:2] != b"\x04\x04" or token[3:8] != b"\xff" * 5:
            raise TokenError("IllegalMessage", f"no MIC token of RFC 4121: {len(token)} octets")
        key = self._key_for(token[2])
        _compare(keyed_checksum(key, Usage.INITIATOR_SIGN, data + token[:16]), token[16:])
        return int.from_bytes(token[8:16], "big")


def _compare(expected: bytes, value: bytes) -> None:
    if not hmac.compare_digest(expected, value):
        raise TokenError("MessageAltered", "a per-message token does not verify")


def _header(token_id: bytes, flags: int, sequence: int, *, extra: int = 0) -> bytes:
    """TOK_ID, Flags, filler, EC, RRC 0, SND_SEQ (RFC 4121 section 4.2.6.2)."""
    return token_id + bytes((flags, 0xFF)) + extra.to_bytes(2, "big") + b"\0\0" + sequence.to_bytes(8, "big")


def _mic_header(flags: int, sequence: int) -> bytes:
    return b"\x04\x04" + bytes((flags,)) + b"\xff" * 5 + sequence.to_bytes(8, "big")


# RFC 4757 section 7: SGN_ALG 11 00 is HMAC; SEAL_ALG 10 00 is RC4, ff ff none.
_MIC_HEAD = bytes.fromhex("01011100ffffffff")
_WRAP_SEALED, _WRAP_PLAIN = bytes.fromhex("020111001000ffff"), bytes.fromhex("02011100ffffffff")
_FROM_INITIATOR, _FROM_ACCEPTOR = b"\0\0\0\0", b"\xff\xff\xff\xff"
_MIC_USAGE = 15
"""RFC 4757 section 7.2: MICs are salted with 15; wrap tokens with 13, which is what usage 23 turns into."""


def _rc4_mic_value(key: Key, data: bytes) -> bytes:
    return keyed_checksum(key, _MIC_USAGE, _MIC_HEAD + data)[:8]


def _rc4_sequence_key(key: Key, value: bytes) -> bytes:
    return hmac_md5(hmac_md5(key.contents, bytes(4)), value)


def _rc4_seal_key(key: Key, sequence: bytes) -> bytes:
    local = bytes(octet ^ 0xF0 for octet in key.contents)
    return hmac_md5(hmac_md5(local, bytes(4)), sequence)


def _mic_rc4(key: Key, data: bytes, sequence: int, *, direction: bytes) -> bytes:
    value = _rc4_mic_value(key, data)
    number = (sequence & 0xFFFFFFFF).to_bytes(4, "big") + direction
    body = _MIC_HEAD[2:] + rc4(_rc4_sequence_key(key, value), number) + value
    return frame(_MIC_HEAD[:2], body)


def _verify_mic_rc4(key: Key, data: bytes, token: bytes) -> int:
    token_id, body = unframe(token)
    if token_id + body[:6] != _MIC_HEAD or len(body) != 22:
        raise TokenError("IllegalMessage", f"no MIC token of RFC 4757: {len(token)} octets")
    value = body[14:]
    _compare(_rc4_mic_value(key, data), value)
    return _rc4_sequence(key, body[6:14], value)


def _rc4_sequence(key: Key, encrypted: bytes, value: bytes) -> int:
    number = rc4(_rc4_sequence_key(key, value), encrypted)
    if number[4:] != _FROM_INITIATOR:
        raise TokenError("MessageAltered", "our own token came back")
    return int.from_bytes(number[:4], "big")


def _wrap_rc4(key: Key, data: bytes, sequence: int, *, confounder: bytes, sealed: bool) -> bytes:
    # One octet of padding, always (RFC 4757 section 7.3).
    head, message = _WRAP_SEALED if sealed else _WRAP_PLAIN, confounder + data + b"\x01"
    value = keyed_checksum(key, Usage.ACCEPTOR_SIGN, head + message)[:8]
    number = (sequence & 0xFFFFFFFF).to_bytes(4, "big")
    encrypted = rc4(_rc4_sequence_key(key, value), number + _FROM_ACCEPTOR)
    if sealed:
        message = rc4(_rc4_seal_key(key, number), message)
    return frame(head[:2], head[2:] + encrypted + value + message)


def _unwrap_rc4(key: Key, token: bytes) -> tuple[bytes, int]:
    token_id, body = unframe(token)
    head = token_id + body[:6]
    if head not in (_WRAP_SEALED, _WRAP_PLAIN) or len(body) < 22 + 8 + 1:
        raise TokenError("IllegalMessage", f"no wrap token of RFC 4757: {len(token)} octets")
    value, message = body[14:22], body[22:]
    sequence = _rc4_sequence(key, body[6:14], value)
    if head == _WRAP_SEALED:
        message = rc4(_rc4_seal_key(key, sequence.to_bytes(4, "big")), message)
    _compare(keyed_checksum(key, Usage.ACCEPTOR_SIGN, head + message)[:8], value)
    padding = message[-1]
    if not 1 <= padding <= 8 or padding > len(message) - 8:
        raise TokenError("MessageAltered", "the padding of the message is none")
    return message[8:-padding], sequence
