"""A trust whose two sides are not set to the encryption types that everybody else uses."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory, Trust
from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustEtype(Fault):
    """The KDCs of ``realm`` (``on``: one of them) seal referrals with ``etypes`` (RFC 3961 numbers) only, to each realm
    that they trust, or to the realm ``to``: 23 is a trust without "supports Kerberos AES encryption".

    A referral's session key is of these types as well, so a client that knows none of them gets error 14."""

    KIND: ClassVar[str] = "trust-etype"
    realm: str
    etypes: tuple[int, ...]
    to: str = ""
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with the trusted domain objects' msDS-SupportedEncryptionTypes changed."""
        if directory.realm != self.realm or self.on not in ("*", kdc):
            return directory
        return replace(directory, trusts=tuple(map(self._limited, directory.trusts)))

    def _limited(self, trust: Trust) -> Trust:
        if self.to and trust.realm != self.to:
            return trust
        return replace(trust, outgoing=replace(trust.outgoing, etypes=self.etypes))
