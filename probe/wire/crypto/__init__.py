"""Kerberos encryption types: string-to-key, encryption and checksums.

Sources: RFC 3961 (framework, n-fold, key derivation), RFC 3962 (AES with HMAC-SHA-1), RFC 8009 (AES with
HMAC-SHA-2) and RFC 4757 (rc4-hmac). Published vectors pin every function, which is why the simulator may use
this module too; what it is made of (`types`, `aes`, `arcfour`, `md4`) is imported from here.

A key is never used as it is. Every message has a *usage* number (RFC 4120 section 7.5.1: 2 for a ticket, 7 for a
TGS-REQ's authenticator ...), from which and the key the working keys are derived; so a part of one message cannot be
passed off as a part of another. Encryption puts a random confounder in front and adds a checksum. A wrong key shows
as a checksum that does not hold (`IntegrityError`), and looks exactly like damaged octets: which of the two it was
is never decided here.

AES and RC4 themselves come from `cryptography`. Nothing here draws randomness: a confounder is an argument.
"""

import hmac
from collections.abc import Callable
from typing import Protocol

from probe.wire.crypto.aes import MAXIMUM_ITERATIONS, PROFILES, derive, n_fold
from probe.wire.crypto.arcfour import Rc4Hmac, hmac_md5, rc4
from probe.wire.crypto.types import (
    CryptoError,
    EncryptionType,
    IntegrityError,
    Key,
    UnsupportedEncryptionType,
)

__all__ = [
    "MAXIMUM_ITERATIONS",
    "CryptoError",
    "EncryptionType",
    "IntegrityError",
    "Key",
    "UnsupportedEncryptionType",
    "checksum",
    "checksum_type",
    "confounder_length",
    "decrypt",
    "derive",
    "encrypt",
    "hmac_md5",
    "n_fold",
    "random_key",
    "rc4",
    "string_to_key",
    "verify_checksum",
]


class _Scheme(Protocol):
    """What an encryption type can do. Message arguments hold the confounder in front; results do not."""

    key_size: int
    confounder_length: int
    mac_size: int
    checksum_type: int

    def string_to_key(self, password: str, salt: bytes, params: bytes | None) -> bytes: ...

    def encrypt(self, key: Key, usage: int, message: bytes) -> bytes: ...

    def decrypt(self, key: Key, usage: int, ciphertext: bytes) -> bytes: ...

    def checksum(self, key: Key, usage: int, data: bytes) -> bytes: ...


_SCHEMES: dict[int, _Scheme] = {**PROFILES, EncryptionType.RC4_HMAC: Rc4Hmac()}


def string_to_key(etype: int, password: str, salt: bytes, params: bytes | None = None) -> Key:
    """Derive a principal's long-term key from its password.

    `params` is `s2kparams` of ETYPE-INFO2: four octets, the PBKDF2 iteration count; None means the type's
    default. rc4-hmac uses neither salt nor params. Raises `UnsupportedEncryptionType`, and `CryptoError` for
    params of another length, more than `MAXIMUM_ITERATIONS`, or a password that UTF-8 or UTF-16 cannot hold.
    """
    scheme = _scheme(etype)
    try:
        return Key(etype, scheme.string_to_key(password, salt, params))
    except UnicodeEncodeError:
        # Its text and its attributes hold the password.
        raise CryptoError("the password holds a lone surrogate, which no encoding can carry") from None


def random_key(etype: int, randomness: Callable[[int], bytes]) -> Key:
    """Make a fresh key from `randomness`, which gives as many octets as it is asked for."""
    return Key(etype, randomness(_scheme(etype).key_size))


def confounder_length(etype: int) -> int:
    """Give the octets of confounder that `encrypt` needs for this type: 16 for AES, 8 for rc4-hmac."""
    return _scheme(etype).confounder_length


def encrypt(key: Key, usage: int, plaintext: bytes, confounder: bytes) -> bytes:
    """Encrypt and protect `plaintext` for a key usage (RFC 4120 section 7.5.1).

    `confounder` is `confounder_length` octets, random and never used twice. Raises `CryptoError`.
    """
    scheme = _scheme(key.etype)
    if len(confounder) != scheme.confounder_length:
        raise CryptoError(
            f"a confounder of {scheme.confounder_length} octets is due, not of {len(confounder)}"
        )
    return scheme.encrypt(key, usage, confounder + plaintext)


def decrypt(key: Key, usage: int, ciphertext: bytes) -> bytes:
    """Verify and decrypt `ciphertext`; the confounder is taken off.

    Raises `IntegrityError` for the wrong key or usage and damaged or missing octets, otherwise `CryptoError`.
    """
    scheme = _scheme(key.etype)
    if len(ciphertext) < scheme.confounder_length + scheme.mac_size:
        raise IntegrityError(f"{len(ciphertext)} octets are too short for encryption type {key.etype}")
    return scheme.decrypt(key, usage, ciphertext)


def checksum_type(etype: int) -> int:
    """Give the number of the type's mandatory checksum: 15, 16, 19, 20 or -138 (IANA)."""
    return _scheme(etype).checksum_type


def checksum(key: Key, usage: int, data: bytes) -> bytes:
    """Compute the mandatory keyed checksum of the key's type over `data`. Raises `CryptoError`."""
    return _scheme(key.etype).checksum(key, usage, data)


def verify_checksum(key: Key, usage: int, data: bytes, value: bytes) -> None:
    """Compare `value` with the checksum of `data` in constant time; raise `IntegrityError` if they differ."""
    if not hmac.compare_digest(checksum(key, usage, data), value):
        raise IntegrityError(f"the checksum of encryption type {key.etype} does not verify")


def _scheme(etype: int) -> _Scheme:
    scheme = _SCHEMES.get(etype)
    if scheme is None:
        raise UnsupportedEncryptionType(etype)
    return scheme
