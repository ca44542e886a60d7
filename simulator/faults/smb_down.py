"""A receiver whose SMB port answers nobody: servers that serve no files are often closed so."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.net.actions import Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class SmbDown(Fault):
    """The SMB port of ``on``: ``refuse`` (service stopped) or ``drop`` (accepts and stays silent)."""

    KIND: ClassVar[str] = "smb-down"
    on: str
    mode: Literal["refuse", "drop"] = "refuse"

    def smb_port(self, server: str) -> Listen:
        """Refuse or drop."""
        return Listen(self.mode) if server == self.on else Listen.SERVE
