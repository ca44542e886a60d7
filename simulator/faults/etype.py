"""An account that is restricted to encryption types that its partners no longer offer."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import DEFAULT_ETYPES, Directory
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Etype(Fault):
    """``account`` supports only ``etypes`` (RFC 3961 numbers) for the KDC ``on`` or for all (``*``)."""

    KIND: ClassVar[str] = "etype"
    account: str
    etypes: tuple[int, ...]
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with the account's msDS-SupportedEncryptionTypes changed."""
        account = directory.account(self.account)
        if self.on not in ("*", kdc) or account is None:
            return directory
        return directory.with_account(replace(account, etypes=self.etypes))

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """A type that its partners have is no fault."""
        if not lab.knows(self.on, self.account) or set(self.etypes) & {
            int(etype) for etype in DEFAULT_ETYPES
        }:
            return frozenset()
        concerned = self.account in (lab.sender, lab.receiver_account, "krbtgt")
        return lab.diverged(self.on, {"etype-unsupported"} if concerned else ())
