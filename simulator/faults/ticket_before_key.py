"""The sender's cache holds a ticket from before the receiver's password changed."""

from dataclasses import dataclass, replace
from typing import ClassVar

from probe.wire.crypto import Key
from simulator.directory.store import Account, KeySet
from simulator.faults import Fault
from simulator.faults.values import other_contents


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
        earlier = {etype: Key(etype, other_contents(key.contents)) for etype, key in newest.keys.items()}
        return replace(account, key_sets=(KeySet(kvno=max(newest.kvno - 1, 1), keys=earlier),))
