"""A receive connector whose Fqdn is not the name of its server."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class FqdnMismatch(Fault):
    """The connector of ``on`` advertises ``fqdn``, and senders ask for tickets for that name."""

    KIND: ClassVar[str] = "fqdn-mismatch"
    on: str
    fqdn: str

    def advertised_name(self, server: str, name: str) -> str:
        """The name that somebody typed into Set-ReceiveConnector -Fqdn."""
        return self.fqdn if server == self.on else name
