"""A receiver that speaks only some versions of TLS: hardened, or left behind."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.values import TlsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsVersions(Fault):
    """The connector of ``on`` speaks TLS from ``minimum`` to ``maximum`` and no other version, as the SCHANNEL keys of
    the registry set it for a whole server."""

    KIND: ClassVar[str] = "tls-versions"
    on: str
    minimum: Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] = "TLSv1"
    maximum: Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] = "TLSv1.3"

    def tls(self, server: str, settings: TlsSettings) -> TlsSettings:
        """The settings with these versions."""
        return (
            replace(settings, minimum=self.minimum, maximum=self.maximum) if server == self.on else settings
        )
