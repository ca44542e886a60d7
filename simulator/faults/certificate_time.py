"""A certificate whose time is over, or has not come."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.values import Seconds, TlsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateTime(Fault):
    """The certificate of ``on`` is good from ``starts_in`` after its clock (negative: before it) for as long as it
    ``lasts``: ``-400d`` and ``365d`` is one that ended 35 days ago."""

    KIND: ClassVar[str] = "certificate-time"
    on: str
    starts_in: Seconds
    lasts: Seconds

    def tls(self, server: str, settings: TlsSettings) -> TlsSettings:
        """The settings with other times."""
        if server != self.on:
            return settings
        return replace(settings, not_before_s=self.starts_in, not_after_s=self.starts_in + self.lasts)
