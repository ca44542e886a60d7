"""Two domains that do not have the same trust password any more."""

from dataclasses import dataclass, replace
from hashlib import sha512
from typing import ClassVar

from probe.wire.crypto import Key
from simulator.directory.store import Account, Directory, KeySet, Trust
from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustKey(Fault):
    """The KDCs of ``realm`` (``on``: one of them) open other realms' referrals with another key than those are
    sealed with, under a version number ``kvno`` steps away: 0 is the same number."""

    KIND: ClassVar[str] = "trust-key"
    realm: str
    on: str = "*"
    kvno: int = 0

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with other keys for what comes in over each trust."""
        if directory.realm != self.realm or self.on not in ("*", kdc):
            return directory
        return replace(directory, trusts=tuple(map(self._broken, directory.trusts)))

    def _broken(self, trust: Trust) -> Trust:
        return replace(trust, incoming=self._changed(trust.incoming))

    def _changed(self, account: Account) -> Account:
        """Keys derived from the true ones, but not equal to them."""
        newest = account.newest()
        other = {etype: Key(etype, _other(key)) for etype, key in newest.keys.items()}
        return replace(account, key_sets=(KeySet(kvno=max(newest.kvno + self.kvno, 1), keys=other),))


def _other(key: Key) -> bytes:
    """Other contents of the same length, the same at every call."""
    return sha512(b"the trust's password before the reset" + key.contents).digest()[: len(key.contents)]
