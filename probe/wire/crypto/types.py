"""The values and errors of `probe.wire.crypto`, which is where they are imported from."""

from dataclasses import dataclass, field
from enum import IntEnum


class EncryptionType(IntEnum):
    """The encryption types this module has (IANA "Kerberos Encryption Type Numbers")."""

    AES128_CTS_HMAC_SHA1_96 = 17
    AES256_CTS_HMAC_SHA1_96 = 18
    AES128_CTS_HMAC_SHA256_128 = 19
    AES256_CTS_HMAC_SHA384_192 = 20
    RC4_HMAC = 23


class CryptoError(Exception):
    """A cryptographic operation could not be done. The text never holds a key or a password."""


class IntegrityError(CryptoError):
    """A ciphertext or checksum does not verify: the wrong key, or damaged octets."""


class UnsupportedEncryptionType(CryptoError):
    """An encryption type that this module, or this host's OpenSSL, does not have."""

    def __init__(self, etype: int) -> None:
        super().__init__(f"encryption type {etype} is not supported")
        self.etype = etype


@dataclass(frozen=True, slots=True)
class Key:
    """An EncryptionKey of RFC 4120 section 5.2.9. Any number and length can be held; only use is checked."""

    etype: int
    contents: bytes = field(repr=False)


def contents_of(key: Key, size: int) -> bytes:
    """Give the key's octets; raise `CryptoError` if they are not `size`: a peer's key may hold anything."""
    if len(key.contents) != size:
        raise CryptoError(f"a key of encryption type {key.etype} has {size} octets, not {len(key.contents)}")
    return key.contents
