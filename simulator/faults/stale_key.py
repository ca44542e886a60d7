"""The directory and the server do not have the same machine password."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Account
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import other_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleKey(Fault):
    """The server ``on`` holds keys of other contents than the directory's, under a version number ``kvno``
    steps
    away: 0 is the same number with another key, -1 a server that missed the last change."""

    KIND: ClassVar[str] = "stale-key"
    on: str
    kvno: int = -1

    def server_account(self, server: str, account: Account) -> Account:
        """The account as the server remembers it: keys derived from the true ones, but not equal to them."""
        if server != self.on:
            return account
        newest = account.newest()
        stale = other_keys(newest, newest.kvno + self.kvno, password=b"an older password")
        return replace(account, key_sets=(stale,))

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """The receiver's key is not the directory's."""
        return frozenset({"machine-key-stale"}) if self.on == lab.receiver else frozenset()
