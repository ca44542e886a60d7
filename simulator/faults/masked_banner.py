"""A firewall that inspects SMTP: the banner becomes asterisks, keywords it does not know become X."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedBanner(Fault):
    """On the way to ``on`` the banner is masked, and each keyword that the device does not know.

    Observed: Cisco's ESMTP inspection leaves ``220 ****``, and ``XXXXXXXA`` for what it does not allow."""

    KIND: ClassVar[str] = "masked-banner"
    on: str
    mask_banner: bool = True
    mask_keywords: bool = True

    def banner(self, server: str, text: str) -> str:
        """Asterisks, but for the last characters, as the device leaves them."""
        return "*" * max(len(text) - 2, 1) + text[-2:] if server == self.on and self.mask_banner else text

    def offered(self, server: str, keywords: tuple[str, ...], tls: str) -> tuple[str, ...]:
        """Every keyword outside the device's list becomes X to its length, the last character A."""
        if server != self.on or not self.mask_keywords or tls != "none":
            return keywords
        return tuple(line if line.split(" ")[0].upper() in _ALLOWED else _masked(line) for line in keywords)

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Something inspects SMTP."""
        return frozenset({"smtp-inspection"}) if self.on == lab.receiver else frozenset()


_ALLOWED = frozenset({"SIZE", "8BITMIME", "DSN", "PIPELINING", "ENHANCEDSTATUSCODES", "AUTH", "ETRN", "VRFY"})


def _masked(line: str) -> str:
    return "X" * (len(line) - 1) + "A"
