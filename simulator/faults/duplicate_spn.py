"""One service principal name on two accounts: no KDC knows whose key to take."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory
from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateSpn(Fault):
    """``account`` has ``spn`` as well as its owner, in the view of the KDC ``on`` or of all (``*``)."""

    KIND: ClassVar[str] = "duplicate-spn"
    spn: str
    account: str
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view in which the name has one owner more."""
        thief = directory.account(self.account)
        if self.on not in ("*", kdc) or thief is None:
            return directory
        return directory.with_account(replace(thief, spns=(*thief.spns, self.spn)))
