"""A banner whose time is right and whose time zone is not."""

import re
from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault

_ZONE = re.compile(r"(?<= )[+-][0-9]{4}(?= |$)")
"""RFC 5322 section 3.3, behind a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerZone(Fault):
    """The banner of ``on`` says ``zone`` (as ``+0200``) behind the time in place of its own, and the time stays: who
    reads it is hours off. The clock itself, which Kerberos and NTLM use, is right."""

    KIND: ClassVar[str] = "banner-zone"
    on: str
    zone: str

    def banner(self, server: str, text: str) -> str:
        """The text with another zone; one without a time is left as it is."""
        return _ZONE.sub(self.zone, text) if server == self.on else text
