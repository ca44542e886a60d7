"""An account that is enabled and may not log on all the same: locked, expired, at the wrong hour or place."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory, LogonLimit
from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimited(Fault):
    """``account`` may not log on, because of ``limit``, in the view of the KDC ``on`` or of all (``*``).

    Tickets *for* it are issued as ever. The KDC refuses with error 18, for a password that is over with 23, for the
    workstation with 12, and says the NTSTATUS behind it; the directory shows the attribute."""

    KIND: ClassVar[str] = "account-limited"
    account: str
    limit: LogonLimit
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with the account limited."""
        account = directory.account(self.account)
        if self.on not in ("*", kdc) or account is None:
            return directory
        return directory.with_account(replace(account, limit=self.limit))
