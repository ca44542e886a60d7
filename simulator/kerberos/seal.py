"""Encryption of the lab's messages: a value's octets and a key in, EncryptedData out, and back (PURE)."""

from collections.abc import Callable
from enum import IntEnum

from probe.wire.crypto import IntegrityError, Key, confounder_length, decrypt, encrypt
from simulator.kerberos.values import EncryptedData


class KeyUsage(IntEnum):
    """RFC 4120 section 7.5.1: what a key is used for is part of the encryption."""

    AS_REQ_TIMESTAMP = 1
    TICKET = 2
    AS_REP_PART = 3
    TGS_REQ_CHECKSUM = 6
    TGS_REQ_AUTHENTICATOR = 7
    TGS_REP_PART_SESSION_KEY = 8
    TGS_REP_PART_SUBKEY = 9
    AP_REQ_CHECKSUM = 10
    AP_REQ_AUTHENTICATOR = 11
    AP_REP_PART = 12


def seal(
    key: Key, usage: int, plaintext: bytes, randomness: Callable[[int], bytes], *, kvno: int | None = None
) -> EncryptedData:
    """Encrypt. Raises `CryptoError` for an encryption type or a key length that the lab does not have."""
    cipher = encrypt(key, usage, plaintext, randomness(confounder_length(key.etype)))
    return EncryptedData(etype=key.etype, kvno=kvno, cipher=cipher)


def unseal(key: Key, usage: int, encrypted: EncryptedData) -> bytes:
    """Decrypt. Raises `IntegrityError` when key and ciphertext do not match, `CryptoError` otherwise."""
    if key.etype != encrypted.etype:
        raise IntegrityError(f"ciphertext of encryption type {encrypted.etype}, key of type {key.etype}")
    return decrypt(key, usage, encrypted.cipher)
