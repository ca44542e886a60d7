"""A name that is an alias: of the server, of another one, or of nothing that there is any more."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.values import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsAlias(Fault):
    """The lab's DNS has under ``alias`` a CNAME record of ``target``, in place of whatever it had."""

    KIND: ClassVar[str] = "dns-alias"
    alias: str
    target: str

    def dns_records(self, name: str, number: int, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """The alias alone: RFC 1034 section 3.6.2 allows nothing beside it."""
        if name != self.alias.lower():
            return records
        return (Record(name=name, kind="CNAME", data=f"{self.target}."),)
