"""A computer account that is nobody's idea of an Exchange server: authenticated, and not allowed."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import NOT_AUTHORIZED, Acceptance


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInExchangeServers(Fault):
    """``account`` is not in ``group``, so the receiver ``on`` takes its token, proves its own key, and refuses."""

    KIND: ClassVar[str] = "not-in-exchange-servers"
    account: str
    on: str
    group: str = "Exchange Servers"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view in which the account is no member."""
        del kdc
        account = directory.account(self.account)
        if account is None or self.group not in account.groups:
            return directory
        groups = tuple(group for group in account.groups if group != self.group)
        return directory.with_account(replace(account, groups=groups))

    def on_accept(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """A refusal behind the AP-REP; without one (EXCHANGEAUTH) at once."""
        del token
        name = acceptance.client.partition("@")[0]
        complete = acceptance.status == "OK" and not acceptance.continue_needed
        if server != self.on or not complete or name.lower() != self.account.lower():
            return acceptance
        return replace(
            acceptance,
            status=NOT_AUTHORIZED,
            continue_needed=bool(acceptance.token),
            reason=f"{self.account} has no submit permission: it is not in {self.group}",
        )

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Ours has no right there."""
        concerned = self.on == lab.receiver and self.account == lab.sender
        return frozenset({"not-authorized"}) if concerned else frozenset()
