"""The sender's cache holds a ticket from before the receiver's password changed."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Account
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import other_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketBeforeKey(Fault):
    """The cache given by `--ccache FILE` holds a ticket for ``account``, made with the key before the newest."""

    KIND: ClassVar[str] = "ticket-before-key"
    account: str

    def cached_service(self, account: Account) -> Account | None:
        """The account with the key that it had when the ticket was made."""
        if account.name != self.account:
            return None
        newest = account.newest()
        earlier = other_keys(newest, newest.kvno - 1, password=b"an older password")
        return replace(account, key_sets=(earlier,))

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Where the cache is used, and the ticket is for who we ask."""
        concerned = lab.cached and self.account == lab.receiver_account
        return frozenset({"ticket-stale"}) if concerned else frozenset()
