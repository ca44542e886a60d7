"""A trust that one side does not know of."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.faults import Fault
from simulator.kdc.store import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingTrust(Fault):
    """The KDCs of ``realm`` (``on``: one of them) know of no other realm: they refer nobody and trust nobody."""

    KIND: ClassVar[str] = "missing-trust"
    realm: str
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view without any trust."""
        if directory.realm != self.realm or self.on not in ("*", kdc):
            return directory
        return replace(directory, trusts=())
