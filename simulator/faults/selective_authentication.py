"""A trust that lets other realms' clients in only where somebody has allowed it."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Account, Directory
from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectiveAuthentication(Fault):
    """The KDCs of ``realm`` (``on``: one of them) give clients of other realms no ticket for its services, but for
    those of the ``allowed`` accounts: KDC_ERR_POLICY (12) with STATUS_AUTHENTICATION_FIREWALL_FAILED.

    Referrals are taken as ever, and who is of the realm notices nothing."""

    KIND: ClassVar[str] = "selective-authentication"
    realm: str
    allowed: tuple[str, ...] = ()
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view in which "Allowed to authenticate" is given to few."""
        if directory.realm != self.realm or self.on not in ("*", kdc):
            return directory
        return replace(directory, accounts=tuple(map(self._guarded, directory.accounts)))

    def _guarded(self, account: Account) -> Account:
        if account.name == "krbtgt" or account.name.lower() in map(str.lower, self.allowed):
            return account
        return replace(account, admits="own-realm")
