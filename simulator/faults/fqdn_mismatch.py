"""A receive connector whose Fqdn is not the name of its server."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class FqdnMismatch(Fault):
    """The connector of ``on`` advertises ``fqdn``, and senders ask for tickets for that name."""

    KIND: ClassVar[str] = "fqdn-mismatch"
    on: str
    fqdn: str

    def advertised_name(self, server: str, name: str) -> str:
        """The name that somebody typed into Set-ReceiveConnector -Fqdn."""
        return self.fqdn if server == self.on else name

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """An alias that the server's own account has an SPN for is no fault; another realm finds no short one."""
        owners = lab.owners.get(f"smtpsvc/{self.fqdn.lower()}", ())
        found = "." in self.fqdn or lab.sender_realm == lab.receiver_realm
        if self.on != lab.receiver or (owners == (lab.receiver_account,) and found):
            return frozenset()
        return frozenset({"connector-fqdn-mismatch"})
