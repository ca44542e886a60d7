"""Extended Protection for Authentication as the receiver does it: are the client's channel bindings its own (PURE).

RFC 5929 names a TLS channel, by the certificate's hash or by the first Finished message; RFC 4121 section 4.1.1.2 puts
the MD5 of that name into the authenticator's checksum. Written apart from the probe's, so that neither hides the
other's mistake. That Exchange takes both names is not verified.
"""

import hashlib
import hmac
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

NONE_GIVEN = bytes(16)
"""A client that gives no bindings leaves the field 0 (RFC 4121 section 4.1.1.2)."""


class Policy(StrEnum):
    """``Set-ReceiveConnector -ExtendedProtectionPolicy``."""

    NONE = "none"
    ALLOW = "allow"
    """Whoever gives bindings must give the right ones."""
    REQUIRE = "require"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsNames:
    """What a TLS channel is called, at the server's end."""

    certificate: bytes = b""
    """DER."""
    signature_hash: str = ""
    """The hash of the certificate's signature."""
    finished: bytes = b""
    """The client's Finished message; empty with TLS 1.3, where it names nothing (RFC 8446 appendix C.5)."""

    def digests(self) -> Iterator[bytes]:
        """The field's value for each name."""
        if self.certificate:
            # RFC 5929 section 4.1: a certificate signed with MD5 or SHA-1 is hashed with SHA-256.
            strong = "sha256" if self.signature_hash in ("", "md5", "sha1") else self.signature_hash
            yield _digest(b"tls-server-end-point:" + hashlib.new(strong, self.certificate).digest())
        if self.finished:
            yield _digest(b"tls-unique:" + self.finished)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """A connector's policy on one connection. Without TLS there is no channel, and none can be asked for."""

    policy: Policy = Policy.NONE
    channel: TlsNames | None = None

    def objection(self, given: bytes) -> str:
        """What is wrong with the client's 16 octets; empty for nothing."""
        if self.policy is Policy.NONE:
            return ""
        if given == NONE_GIVEN:
            missing = self.policy is Policy.REQUIRE and self.channel is not None
            return "no channel bindings, which the connector requires" if missing else ""
        names = () if self.channel is None else self.channel.digests()
        if any(hmac.compare_digest(given, digest) for digest in names):
            return ""
        return "the channel bindings are those of another channel"


def _digest(name: bytes) -> bytes:
    """MD5 over gss_channel_bindings_struct without addresses: five numbers of 32 bits, then the name."""
    return hashlib.md5(struct.pack("<5I", 0, 0, 0, 0, len(name)) + name, usedforsecurity=False).digest()
