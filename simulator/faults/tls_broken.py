"""TLS that does not come about: no common version or cipher, garbage, or octets smuggled in clear."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import Place, TlsSettings
from simulator.net.actions import Action, Send


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsBroken(Fault):
    """The connector of ``on``, in ``mode``:

    ``no-cipher``: only ciphers that no client of today has; ``garbage``: no TLS behind the 220 at all;
    ``early-data``: a line in clear behind the 220, as an injecting attacker would; ``refused``: 554 in
    place of 220."""

    KIND: ClassVar[str] = "tls-broken"
    on: str
    mode: Literal["no-cipher", "garbage", "early-data", "refused"] = "garbage"

    def tls(self, server: str, settings: TlsSettings) -> TlsSettings:
        """The settings with the damage done."""
        if server != self.on:
            return settings
        if self.mode == "no-cipher":
            # a PSK cipher needs a key shared beforehand, which no client has
            return replace(settings, ciphers="PSK-AES128-CBC-SHA:@SECLEVEL=0", maximum="TLSv1.2")
        if self.mode == "garbage":
            return replace(settings, garbage=b"HTTP/1.1 400 Bad Request\r\n\r\n")
        if self.mode == "early-data":
            return replace(settings, early_data=b"250 injected\r\n")
        return settings

    def on_send(self, server: str, place: Place, reply: Action) -> Action:
        """In mode ``refused``: the receiver has no certificate to offer."""
        if server == self.on and self.mode == "refused" and place is Place.TLS:
            return Send(data=b"554 5.7.3 Unable to initialize security subsystem\r\n")
        return reply

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """TLS does not come about."""
        return frozenset({"tls-failed"}) if self.on == lab.receiver else frozenset()
