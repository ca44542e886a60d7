"""X-EXPS EXCHANGEAUTH: the blobs of both sides and the hashes that bind them to the TLS channel. PURE.

Source: described behaviour of the shipped product, consistent with published protocol logs
(``X-EXPS EXCHANGEAUTH SHA256 `` and ``235 <authentication response>``); known answers in the tests were made with
openssl and hashlib.

A blob is two fields, each 8 upper-case hex digits with the count of base64 characters that follow, then those: a
Kerberos token, and a SHA-256::

    hash C = SHA-256(P || Kc || E)            in the client's blob
    hash S = SHA-256(P || Kc || E || Ks)      in the server's

P is the server certificate's subjectPublicKey, Kc and Ks the session keys of the client's and the server's
context, E the TLS "EAP key block".
"""

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256

EXPORTER_LABEL = b"client EAP encryption"
EAP_KEY_BLOCK_BYTES = 128
"""RFC 5216 section 2.3 and RFC 5705: the TLS 1.2 exporter with this label and without a context."""
HASH_BYTES = 32
MAXIMUM_BLOB = 128 * 1024
"""Characters: two tokens of the largest size fit (MaxTokenSize is 48 000 octets by default)."""

_LENGTH_DIGITS = 8
_LENGTH = re.compile(r"[0-9A-F]{8}")


class BlobError(ValueError):
    """A blob that is none: ``offset`` is where, in characters, and ``due`` what should have been there."""

    def __init__(self, offset: int, due: str) -> None:
        super().__init__(offset, due)
        self.offset, self.due = offset, due

    def __str__(self) -> str:
        return f"at character {self.offset}: {self.due} is due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """One side's message."""

    token: bytes = field(repr=False)
    """A Kerberos AP-REQ in GSS framing (RFC 4121 section 4.1)."""
    digest: bytes = field(repr=False)
    """A SHA-256."""


def encode_blob(blob: Blob) -> str:
    """The blob as it stands on the command line or behind 235."""
    return "".join(_encode_field(value) for value in (blob.token, blob.digest))


def decode_blob(text: str) -> Blob:
    """Read a blob. Raises BlobError; nothing may follow the second field."""
    if len(text) > MAXIMUM_BLOB:
        raise BlobError(MAXIMUM_BLOB, "the end of a blob")
    token, offset = _decode_field(text, 0)
    digest, end = _decode_field(text, offset)
    if len(digest) != HASH_BYTES:
        raise BlobError(offset, f"a hash of {HASH_BYTES} octets")
    if end != len(text):
        raise BlobError(end, "the end of the blob")
    return Blob(token=token, digest=digest)


def client_hash(*, public_key: bytes, client_key: bytes, eap_key_block: bytes) -> bytes:
    """SHA-256(P || Kc || E)."""
    return sha256(public_key + client_key + eap_key_block).digest()


def server_hash(*, public_key: bytes, client_key: bytes, eap_key_block: bytes, server_key: bytes) -> bytes:
    """SHA-256(P || Kc || E || Ks)."""
    return sha256(public_key + client_key + eap_key_block + server_key).digest()


def _encode_field(value: bytes) -> str:
    encoded = b64encode(value).decode("ascii")
    return f"{len(encoded):08X}{encoded}"


def _decode_field(text: str, offset: int) -> tuple[bytes, int]:
    """A field's octets and the offset behind it."""
    begin = offset + _LENGTH_DIGITS
    if not _LENGTH.fullmatch(text, offset, begin):
        raise BlobError(offset, "a length of 8 upper-case hex digits")
    end = begin + int(text[offset:begin], 16)
    if end > len(text):
        raise BlobError(offset, f"a length of at most {len(text) - begin}")
    try:
        return b64decode(text[begin:end], validate=True), end
    except (binascii.Error, ValueError):
        raise BlobError(begin, "base64") from None
