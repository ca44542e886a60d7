"""A name with another address than the one where the server is: an old record, a second one, another view."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.values import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsAddress(Fault):
    """The lab's DNS gives ``address`` for ``name``: ``instead`` of its own, ``before`` it, or ``behind`` it.

    Queries after number ``after``, of those every ``every``-th: what two views of a zone look like from outside.
    On an address of 127.0.0.0/8 beside the lab's own nobody listens."""

    KIND: ClassVar[str] = "dns-address"
    name: str
    address: str
    place: Literal["instead", "before", "behind"] = "instead"
    after: int = 0
    every: int = 1

    def dns_records(self, name: str, number: int, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """The records with the address among them."""
        late = number <= self.after or (self.every > 1 and (number - self.after - 1) % self.every)
        if name != self.name.lower() or late:
            return records
        added = Record(name=name, kind="AAAA" if ":" in self.address else "A", data=self.address)
        if self.place == "before":
            return (added, *records)
        if self.place == "behind":
            return (*records, added)
        return (*(record for record in records if record.kind not in ("A", "AAAA")), added)
