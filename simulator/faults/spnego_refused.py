"""A receiver whose Negotiate package is out of order, while Kerberos itself is not."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import Acceptance

_SPNEGO = bytes.fromhex("06062b0601050502")
"""1.3.6.1.5.5.2 in DER (RFC 4178 section 3), which stands at the beginning of a first token's frame."""
_FRAME_BYTES = 16
"""Tag, at most five octets of length, and the identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpnegoRefused(Fault):
    """``on`` takes no negotiation, whatever is offered in it; a bare Kerberos token it judges as ever."""

    KIND: ClassVar[str] = "spnego-refused"
    on: str

    def on_accept(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """Unsupported, and no word of why."""
        if server != self.on or _SPNEGO not in token[:_FRAME_BYTES]:
            return acceptance
        return Acceptance(status="Unsupported", reason="declared: no negotiation is taken")

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Negotiation is not taken."""
        return frozenset({"mechanism-refused"}) if self.on == lab.receiver else frozenset()
