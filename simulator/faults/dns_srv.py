"""Service records by which nobody finds a domain controller: missing, or of one that is gone."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.values import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSrv(Fault):
    """The SRV records of ``service`` are ``missing``, name ``target`` in place of the domain controllers (``wrong``),
    or ``target`` beside them and before them (``stale``).

    ``target`` is asked on ``port``; 0: on the port of the one that it stands for."""

    KIND: ClassVar[str] = "dns-srv"
    service: Literal["kerberos", "ldap", "gc", "all"] = "all"
    mode: Literal["missing", "wrong", "stale"] = "missing"
    target: str = "gone.contoso.lab"
    port: int = 0

    def dns_records(self, name: str, number: int, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """The records of a name that begins with the service."""
        service = name.partition(".")[0].removeprefix("_")
        right = tuple(record for record in records if record.kind == "SRV")
        if not right or self.service not in ("all", service):
            return records
        if self.mode == "missing":
            return tuple(record for record in records if record not in right)
        wrong = tuple(map(self._wrong, right))
        return (*wrong, *(() if self.mode == "wrong" else map(_later, right)))

    def _wrong(self, record: Record) -> Record:
        priority, weight, port, _ = record.data.split(" ")
        return replace(record, data=f"{priority} {weight} {self.port or port} {self.target}.")


def _later(record: Record) -> Record:
    """A higher number is a lower priority (RFC 2782)."""
    priority, rest = record.data.split(" ", 1)
    return replace(record, data=f"{int(priority) + 10} {rest}")
