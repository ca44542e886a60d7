"""Tickets whose time is over, or has not come, when they are issued."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import Seconds

NO_TIME = Seconds(0.0)
TEN_HOURS = Seconds(36_000.0)
"""Windows' default, the Default Domain Policy's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTime(Fault):
    """Tickets of the KDC ``on`` (``*``: all) start ``starts_in`` after its clock and last ``lasts``."""

    KIND: ClassVar[str] = "ticket-time"
    on: str = "*"
    starts_in: Seconds = NO_TIME
    lasts: Seconds = TEN_HOURS

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with another ticket policy."""
        if self.on not in ("*", kdc):
            return directory
        return replace(directory, ticket_start_offset_s=self.starts_in, ticket_lifetime_s=self.lasts)

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Tickets of a realm on the way have the wrong times."""
        concerned = self.on == "*" or lab.realm_of(self.on) in lab.on_the_way()
        return frozenset({"ticket-time"}) if concerned else frozenset()
