"""rc4-hmac (RFC 4757). Used through `probe.wire.crypto`."""

import hashlib
import hmac
import struct

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

from probe.wire.crypto.md4 import md4
from probe.wire.crypto.types import (
    EncryptionType,
    IntegrityError,
    Key,
    UnsupportedEncryptionType,
    contents_of,
)


class Rc4Hmac:
    """rc4-hmac: RFC 4757. The key is the NT hash."""

    key_size = 16
    confounder_length = 8
    mac_size = 16
    checksum_type = -138

    def string_to_key(self, password: str, salt: bytes, params: bytes | None) -> bytes:
        """Derive a long-term key: see `crypto.string_to_key`."""
        del salt, params  # Windows gives neither for this type, and no client uses them.
        return md4(password.encode("utf-16-le"))

    def encrypt(self, key: Key, usage: int, message: bytes) -> bytes:
        """Encrypt a message that has its confounder in front."""
        usage_key = hmac_md5(contents_of(key, self.key_size), _rc4_usage(usage))
        mac = hmac_md5(usage_key, message)
        return mac + rc4(hmac_md5(usage_key, mac), message)

    def decrypt(self, key: Key, usage: int, ciphertext: bytes) -> bytes:
        """Verify and decrypt; the confounder is taken off. Raises `IntegrityError`."""
        mac = ciphertext[:16]
        contents = contents_of(key, self.key_size)
        # A TGS-REP under a subkey: the RFC says 8, Windows uses 9, and MIT's clients try both.
        for attempt in (9, 8) if usage == 9 else (usage,):
            usage_key = hmac_md5(contents, _rc4_usage(attempt))
            message = rc4(hmac_md5(usage_key, mac), ciphertext[16:])
            if hmac.compare_digest(hmac_md5(usage_key, message), mac):
                return message[8:]
        raise IntegrityError("a ciphertext of encryption type 23 does not verify")

    def checksum(self, key: Key, usage: int, data: bytes) -> bytes:
        """Compute the type's mandatory checksum."""
        signing_key = hmac_md5(contents_of(key, self.key_size), b"signaturekey\0")
        inner = hashlib.md5(_rc4_usage(usage) + data, usedforsecurity=False).digest()
        return hmac_md5(signing_key, inner)


def rc4(key: bytes, data: bytes) -> bytes:
    """Apply RC4, as the per-message tokens of RFC 4757 section 7.3 do without any checksum of their own."""
    try:
        return Cipher(ARC4(key), mode=None).encryptor().update(data)
    except UnsupportedAlgorithm:
        # OpenSSL without its legacy provider, as in FIPS mode.
        raise UnsupportedEncryptionType(EncryptionType.RC4_HMAC) from None


def hmac_md5(key: bytes, data: bytes) -> bytes:
    """Compute HMAC-MD5, the one keyed function of RFC 4757."""
    return hmac.digest(key, data, "md5")


def _rc4_usage(usage: int) -> bytes:
    """Translate a key usage: for the AS-REP and for GSS signing RFC 4757 section 3 has numbers of its own."""
    return struct.pack("<I", {3: 8, 23: 13}.get(usage, usage))
