"""A name that DNS does not know."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingName(Fault):
    """The lab's DNS has no address for ``name``."""

    KIND: ClassVar[str] = "missing-name"
    name: str

    def resolvable(self, name: str, address: str) -> str:
        """No address for the one name."""
        return "" if name.lower() == self.name.lower() else address
