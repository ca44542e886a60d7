"""A balancer or firewall that ends TLS in front of the receiver and opens its own to it."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import TlsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsInterception(Fault):
    """TLS towards ``on`` ends at a box whose certificate is for ``certificate``; the rest of the way is another TLS."""

    KIND: ClassVar[str] = "tls-interception"
    on: str
    certificate: str = "balancer.contoso.lab"

    def tls(self, server: str, settings: TlsSettings) -> TlsSettings:
        """The settings with the box in front."""
        return replace(settings, intercepted_as=self.certificate) if server == self.on else settings

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """TLS ends before the receiver."""
        return frozenset({"tls-terminated-in-path"}) if self.on == lab.receiver else frozenset()
