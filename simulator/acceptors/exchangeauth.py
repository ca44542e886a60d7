"""X-EXPS EXCHANGEAUTH as the receiver reads and writes it: the blobs, and the hashes over the TLS channel (PURE).

Source: described behaviour of the shipped product, consistent with protocol logs (``X-EXPS EXCHANGEAUTH SHA256 ``
and ``235 <authentication response>``). Written apart from the probe's, so that neither hides the other's mistake.

A blob is two fields: 8 upper-case hex digits that count the base64 characters behind them, then those characters.
The first is a Kerberos token, the second a SHA-256::

    client: SHA-256(P || Kc || E)        server: SHA-256(P || Kc || E || Ks)
"""

import binascii
import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from simulator.acceptors.channel_bindings import TlsNames
from simulator.acceptors.messages import TokenError, split_element

ALGORITHM = "SHA256"
"""The only word that X-EXCHANGEAUTH has been seen to announce."""
KEY_BLOCK_LABEL = b"client EAP encryption"
"""RFC 5216 section 2.3; as label of the exporter (RFC 5705) without a context it gives the same in TLS 1.0 to 1.2."""
KEY_BLOCK_BYTES = 128
COUNT_BYTES = 8
_HEX_DIGITS = frozenset(b"0123456789ABCDEF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a blob holds."""

    token: bytes = field(repr=False)
    """An AP-REQ in its GSS frame."""
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The TLS channel as both of its ends see it, as long as nobody sits in between."""

    public_key: bytes = field(repr=False)
    """P: the contents of subjectPublicKey in the receiver's certificate."""
    key_block: bytes = field(repr=False)
    """E: the "EAP key block". With TLS 1.3 it is the exporter's too, which nobody has seen Exchange do."""
    names: TlsNames = field(default_factory=TlsNames, repr=False)
    """What channel bindings are made of."""

    def is_clients(self, digest: bytes, *, client_key: bytes) -> bool:
        """Whether ``digest`` is the client's for this channel. Takes the same time whatever differs."""
        due = sha256(self.public_key + client_key + self.key_block).digest()
        return hmac.compare_digest(due, digest)

    def clients(self, *, client_key: bytes) -> bytes:
        """The digest that a client of the lab begins with."""
        return sha256(self.public_key + client_key + self.key_block).digest()

    def servers(self, *, client_key: bytes, server_key: bytes) -> bytes:
        """The digest with which the server answers."""
        return sha256(self.public_key + client_key + self.key_block + server_key).digest()


def encode(message: Message) -> bytes:
    """The blob of a message."""
    blob = b""
    for value in (message.token, message.digest):
        characters = b64encode(value)
        blob += b"%08X" % len(characters) + characters
    return blob


def decode(blob: bytes) -> Message:
    """Read a blob. Raises TokenError("IllegalMessage") for everything that is none."""
    token, rest = _field(blob, "token")
    digest, rest = _field(rest, "hash")
    if rest:
        raise TokenError("IllegalMessage", f"{len(rest)} octets follow the blob")
    return Message(token=token, digest=digest)


def public_key_of(subject_public_key_info: bytes) -> bytes:
    """P: what .NET's X509Certificate.GetPublicKey() gives, out of a SubjectPublicKeyInfo in DER.

    SubjectPublicKeyInfo ::= SEQUENCE { algorithm SEQUENCE, subjectPublicKey BIT STRING } (RFC 5280 section 4.1);
    the first octet of a BIT STRING counts its unused bits.
    """
    contents, _ = split_element(subject_public_key_info, tag=0x30)
    _, behind_algorithm = split_element(contents, tag=0x30)
    bits, _ = split_element(behind_algorithm, tag=0x03)
    return bits[1:]


def _field(data: bytes, name: str) -> tuple[bytes, bytes]:
    """A field's value, and what is behind it."""
    digits, rest = data[:COUNT_BYTES], data[COUNT_BYTES:]
    if len(digits) < COUNT_BYTES or not _HEX_DIGITS.issuperset(digits):
        raise TokenError("IllegalMessage", f"the {name}'s length is not {COUNT_BYTES} upper-case hex digits")
    count = int(digits, 16)
    if count > len(rest):
        raise TokenError("IllegalMessage", f"the {name} has {count} characters, and {len(rest)} came")
    try:
        return b64decode(rest[:count], validate=True), rest[count:]
    except (binascii.Error, ValueError):
        raise TokenError("IllegalMessage", f"the {name} is not base64") from None
