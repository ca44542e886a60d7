"""A banner that the administrator wrote himself, as Set-ReceiveConnector -Banner permits."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBanner(Fault):
    """The connector of ``on`` greets with ``text``: no clock, and perhaps no word of Exchange."""

    KIND: ClassVar[str] = "own-banner"
    on: str
    text: str

    def banner(self, server: str, text: str) -> str:
        """What stands behind the 220."""
        return self.text if server == self.on else text
