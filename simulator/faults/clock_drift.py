"""A clock that runs too fast or too slow: a server's, a domain controller's, or that of the probe's own host."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDrift(Fault):
    """The clock of ``on`` is right when the lab starts and gains ``rate`` seconds a second from then on (loses, when
    negative): 0.01 is 36 seconds an hour, 1 runs twice as fast.

    On ``PROBE`` everybody else loses what it gains: a lab cannot set its visitor's clock."""

    KIND: ClassVar[str] = "clock-drift"
    on: str
    rate: float

    def clock_drift(self, party: str) -> float:
        """Seconds a second."""
        if self.on == "PROBE":
            return 0.0 if party == "PROBE" else -self.rate
        return self.rate if party == self.on else 0.0
