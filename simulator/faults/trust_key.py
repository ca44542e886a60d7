"""Two domains that do not have the same trust password any more."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Account, Directory, Trust
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import other_keys


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
        before = b"the trust's password before the reset"
        return replace(account, key_sets=(other_keys(newest, newest.kvno + self.kvno, password=before),))

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """It matters to who has to go over it."""
        crossing = lab.sender_realm != lab.receiver_realm and self.realm in lab.on_the_way()
        return lab.diverged(self.on, {"trust-broken"} if crossing else ())
