"""The four AES encryption types: RFC 3961's simplified profile with RFC 3962, and RFC 8009.

Used through `probe.wire.crypto`. Derived keys are cached per (key, usage), ready to encrypt with: deriving
them costs more than encrypting a message.
"""

import hashlib
import hmac
import math
import struct
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from probe.wire.crypto.types import (
    CryptoError,
    EncryptionType,
    IntegrityError,
    Key,
    UnsupportedEncryptionType,
    contents_of,
)

MAXIMUM_ITERATIONS = 1_000_000
"""The most PBKDF2 iterations that are done at a KDC's word (about a second).

Whoever answers on the KDC's port sends the count, in clear, and may ask for 2**32. The default is 4096 for
RFC 3962 and 32768 for RFC 8009; MIT refuses from 16 777 216 on.
"""

_BLOCK = 16
_ZERO_BLOCK = bytes(_BLOCK)
# The last octet of the constant from which a usage's key is derived: RFC 3961 section 5.3.
_CHECKSUM, _INTEGRITY, _ENCRYPTION = 0x99, 0x55, 0xAA
_CACHED_KEYS = 2048


class _UsageKeys(NamedTuple):
    """The keys of one (key, usage): Ke, ready to encrypt with, and Ki."""

    cipher: Cipher[CBC]
    integrity: bytes


class AesSha1:
    """aes*-cts-hmac-sha1-96: the simplified profile of RFC 3961 section 5.3, parameters of RFC 3962."""

    confounder_length = _BLOCK
    mac_size = 12
    hash_name = "sha1"
    default_iterations = 4096

    def __init__(self, key_size: int, checksum_type: int) -> None:
        self.key_size = key_size
        self.checksum_type = checksum_type
        self.integrity_key_size = key_size

    def string_to_key(self, password: str, salt: bytes, params: bytes | None) -> bytes:
        """Derive a long-term key: see `crypto.string_to_key`."""
        count = _iterations(params, self.default_iterations)
        seed = hashlib.pbkdf2_hmac(
            self.hash_name, password.encode(), self.pepper() + salt, count, self.key_size
        )
        return self.derive(seed, b"kerberos", self.key_size)

    def pepper(self) -> bytes:
        """Give what goes in front of the salt: nothing, or RFC 8009's name of the type."""
        return b""

    def derive(self, contents: bytes, constant: bytes, size: int) -> bytes:
        """Derive a key: DK of RFC 3961 section 5.1."""
        cipher = Cipher(AES(contents), CBC(_ZERO_BLOCK))
        # Each block is the encryption of the one before: CBC over zeros after the first block does just that.
        return cipher.encryptor().update(n_fold(constant, _BLOCK) + bytes(self.key_size - _BLOCK))[:size]

    def encrypt(self, key: Key, usage: int, message: bytes) -> bytes:
        """Encrypt a message that has its confounder in front."""
        keys = _usage_keys(key, usage)
        mac = hmac.digest(keys.integrity, message, "sha1")
        return encrypt_cts(keys.cipher, message) + mac[:12]

    def decrypt(self, key: Key, usage: int, ciphertext: bytes) -> bytes:
        """Verify and decrypt; the confounder is taken off. Raises `IntegrityError`."""
        keys = _usage_keys(key, usage)
        message = decrypt_cts(keys.cipher, ciphertext[:-12])
        _compare(hmac.digest(keys.integrity, message, "sha1")[:12], ciphertext[-12:], key)
        return message[_BLOCK:]

    def checksum(self, key: Key, usage: int, data: bytes) -> bytes:
        """Compute the type's mandatory checksum."""
        return hmac.digest(_checksum_key(key, usage), data, self.hash_name)[: self.mac_size]


class AesSha2(AesSha1):
    """aes*-cts-hmac-sha2: RFC 8009. The MAC is over the ciphertext, and keys come from SP 800-108's KDF."""

    default_iterations = 32768

    def __init__(self, key_size: int, checksum_type: int, hash_name: str) -> None:
        super().__init__(key_size, checksum_type)
        self.hash_name = hash_name
        self.mac_size = hashlib.new(hash_name).digest_size // 2
        self.integrity_key_size = self.mac_size

    def pepper(self) -> bytes:
        """Give the name of the type, which keeps the salts of the two key lengths apart (section 4)."""
        name = f"aes{8 * self.key_size}-cts-hmac-{self.hash_name}-{8 * self.mac_size}"
        return name.encode("ascii") + b"\0"

    def derive(self, contents: bytes, constant: bytes, size: int) -> bytes:
        """Derive a key: KDF-HMAC-SHA2 of RFC 8009 section 3."""
        message = b"\0\0\0\x01" + constant + b"\0" + struct.pack(">I", 8 * size)
        return hmac.digest(contents, message, self.hash_name)[:size]

    def encrypt(self, key: Key, usage: int, message: bytes) -> bytes:
        """Encrypt a message that has its confounder in front."""
        keys = _usage_keys(key, usage)
        body = encrypt_cts(keys.cipher, message)
        return body + self._mac(keys, body)

    def decrypt(self, key: Key, usage: int, ciphertext: bytes) -> bytes:
        """Verify and decrypt; the confounder is taken off. Raises `IntegrityError`."""
        keys = _usage_keys(key, usage)
        body = ciphertext[: -self.mac_size]
        _compare(self._mac(keys, body), ciphertext[-self.mac_size :], key)
        return decrypt_cts(keys.cipher, body)[_BLOCK:]

    def _mac(self, keys: _UsageKeys, body: bytes) -> bytes:
        # The initial cipher state is part of what is protected; in Kerberos it is always zero (section 5).
        return hmac.digest(keys.integrity, _ZERO_BLOCK + body, self.hash_name)[: self.mac_size]


PROFILES: dict[int, AesSha1] = {
    EncryptionType.AES128_CTS_HMAC_SHA1_96: AesSha1(16, 15),
    EncryptionType.AES256_CTS_HMAC_SHA1_96: AesSha1(32, 16),
    EncryptionType.AES128_CTS_HMAC_SHA256_128: AesSha2(16, 19, "sha256"),
    EncryptionType.AES256_CTS_HMAC_SHA384_192: AesSha2(32, 20, "sha384"),
}


def derive(key: Key, constant: bytes, *, size: int | None = None) -> bytes:
    """Derive `size` octets (by default a key's length) of an AES key and a constant.

    This is DK of RFC 3961 section 5.1 for RFC 3962 (whose keys are all of one length) and KDF-HMAC-SHA2 of
    RFC 8009 section 3. Raises `UnsupportedEncryptionType` for any other type.
    """
    profile = PROFILES.get(key.etype)
    if profile is None:
        raise UnsupportedEncryptionType(key.etype)
    return profile.derive(contents_of(key, profile.key_size), constant, size or profile.key_size)


@lru_cache(maxsize=_CACHED_KEYS)
def n_fold(data: bytes, size: int) -> bytes:
    """Stretch or fold `data` (not empty) to `size` octets (RFC 3961 section 5.1)."""
    bits = 8 * len(data)
    number = int.from_bytes(data, "big")
    copies = bytearray()
    for copy in range(math.lcm(len(data), size) // len(data)):
        turn = 13 * copy % bits
        turned = (number >> turn | number << (bits - turn)) & ((1 << bits) - 1)
        copies += turned.to_bytes(len(data), "big")
    total = sum(int.from_bytes(copies[start : start + size], "big") for start in range(0, len(copies), size))
    while carry := total >> 8 * size:
        # Ones' complement addition: the carry comes round to the low end.
        total = (total & ((1 << 8 * size) - 1)) + carry
    return total.to_bytes(size, "big")


@lru_cache(maxsize=_CACHED_KEYS)
def _usage_keys(key: Key, usage: int) -> _UsageKeys:
    profile = PROFILES[key.etype]
    contents = contents_of(key, profile.key_size)
    encryption = profile.derive(contents, struct.pack(">IB", usage, _ENCRYPTION), profile.key_size)
    integrity = profile.derive(contents, struct.pack(">IB", usage, _INTEGRITY), profile.integrity_key_size)
    return _UsageKeys(Cipher(AES(encryption), CBC(_ZERO_BLOCK)), integrity)


@lru_cache(maxsize=_CACHED_KEYS)
def _checksum_key(key: Key, usage: int) -> bytes:
    profile = PROFILES[key.etype]
    contents = contents_of(key, profile.key_size)
    return profile.derive(contents, struct.pack(">IB", usage, _CHECKSUM), profile.integrity_key_size)


def _iterations(params: bytes | None, default: int) -> int:
    if params is None:
        return default
    if len(params) != 4:
        raise CryptoError(f"s2kparams has {len(params)} octets, not 4")
    # Zero stands for 2**32 (RFC 3962 section 4).
    count = int.from_bytes(params, "big") or 1 << 32
    if count > MAXIMUM_ITERATIONS:
        raise CryptoError(f"s2kparams asks for {count} iterations; at most {MAXIMUM_ITERATIONS} are done")
    return count


def encrypt_cts(cipher: Cipher[CBC], message: bytes) -> bytes:
    """Encrypt in CBC mode with ciphertext stealing; the last two blocks swap places (RFC 3962 section 5)."""
    length = len(message)
    encrypted = cipher.encryptor().update(message + bytes(-length % _BLOCK))
    if length <= _BLOCK:
        return encrypted
    last = length - 1 & -_BLOCK
    return encrypted[: last - _BLOCK] + encrypted[last:] + encrypted[last - _BLOCK : length - _BLOCK]


def decrypt_cts(cipher: Cipher[CBC], ciphertext: bytes) -> bytes:
    """Undo `encrypt_cts`; `ciphertext` has at least one block."""
    length = len(ciphertext)
    if length == _BLOCK:
        return cipher.decryptor().update(ciphertext)
    last = length - 1 & -_BLOCK
    swapped, stolen = ciphertext[last - _BLOCK : last], ciphertext[last:]
    # Past the stolen octets, the swapped block decrypts to what the last but one block of ciphertext lacks.
    rest = cipher.decryptor().update(swapped)[len(stolen) :]
    plain = cipher.decryptor().update(ciphertext[: last - _BLOCK] + stolen + rest + swapped)
    return plain[:length]


def _compare(expected: bytes, value: bytes, key: Key) -> None:
    if not hmac.compare_digest(expected, value):
        raise IntegrityError(f"a ciphertext of encryption type {key.etype} does not verify")
