"""A service that clients get no tickets for: an authentication policy says who may."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from simulator.directory.store import Directory
from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRestricted(Fault):
    """The KDC ``on`` (``*``: all) gives no ticket for the names of ``account``: to ``everybody``, or to ``foreign``
    clients, those of other realms.

    The SPN is known, and the refusal is KDC_ERR_POLICY (12) with STATUS_AUTHENTICATION_FIREWALL_FAILED."""

    KIND: ClassVar[str] = "service-restricted"
    account: str
    to: Literal["everybody", "foreign"] = "everybody"
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with the account's policy."""
        account = directory.account(self.account)
        if self.on not in ("*", kdc) or account is None:
            return directory
        admits: Literal["own-realm", "nobody"] = "own-realm" if self.to == "foreign" else "nobody"
        return directory.with_account(replace(account, admits=admits))
