"""Channel bindings: what ties a Kerberos log-on to the TLS channel that it travels in. PURE.

RFC 5929 says what a channel is called; RFC 4121 section 4.1.1.2 how its name gets into the authenticator: as the MD5
(field ``Bnd`` of the checksum 0x8003) of the structure that GSS_C_CHANNEL_BINDINGS of RFC 2744 section 3.11 is.
Windows' "Extended Protection for Authentication" compares exactly these 16 octets.
"""

from hashlib import md5, new

END_POINT_PREFIX = b"tls-server-end-point:"
"""RFC 5929 section 4: the server's certificate, hashed."""
UNIQUE_PREFIX = b"tls-unique:"
"""RFC 5929 section 3: the first Finished message of the handshake. Not defined for TLS 1.3 (RFC 8446 appendix C.5)."""

_WEAK_HASHES = frozenset({"md5", "sha1"})
_HASHES = frozenset({"sha224", "sha256", "sha384", "sha512", "sha3-224", "sha3-256", "sha3-384", "sha3-512"})
_NO_ADDRESSES = bytes(16)
"""Address types and lengths of initiator and acceptor, four numbers of 32 bits: GSS_C_AF_UNSPEC, none given."""


def bnd(application_data: bytes) -> bytes:
    """The 16 octets of field ``Bnd`` for a channel's name, which comes from `end_point` or `unique`.

    Numbers are little-endian (RFC 4121 section 4.1.1.2), and no addresses are given, as SSPI and MIT do.
    """
    length = len(application_data).to_bytes(4, "little")
    return md5(_NO_ADDRESSES + length + application_data, usedforsecurity=False).digest()


def end_point(certificate: bytes, signature_hash: str | None) -> bytes:
    """The name ``tls-server-end-point`` of a channel, from the server's certificate in DER.

    ``signature_hash`` is the hash of the certificate's own signature, ``sha256`` ...; MD5 and SHA-1 become SHA-256.
    Empty where RFC 5929 section 4.1 defines none: a signature without a hash of its own (Ed25519), an unknown one.
    """
    name = "sha256" if signature_hash in _WEAK_HASHES else signature_hash
    if name not in _HASHES:
        return b""
    return END_POINT_PREFIX + new(name.replace("-", "_"), certificate).digest()


def unique(finished: bytes) -> bytes:
    """The name ``tls-unique`` of a channel, from the client's Finished message of a full handshake; empty without."""
    return UNIQUE_PREFIX + finished if finished else b""
