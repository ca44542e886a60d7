"""An account that an administrator has disabled, on all domain controllers or so far on one."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory
from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDisabled(Fault):
    """``account`` is disabled in the view of the KDC ``on`` or of all (``*``)."""

    KIND: ClassVar[str] = "account-disabled"
    account: str
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with the account disabled."""
        account = directory.account(self.account)
        if self.on not in ("*", kdc) or account is None:
            return directory
        return directory.with_account(replace(account, disabled=True))
