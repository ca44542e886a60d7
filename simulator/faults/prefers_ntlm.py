"""A receiver whose negotiation ends at NTLM, whatever it was offered."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import Acceptance

# RFC 4178 section 4.2.2: [1] NegTokenResp { negState [0] accept-incomplete, supportedMech [1] NTLMSSP }.
_CHOICE = bytes.fromhex("a1153013a0030a0101a10c060a2b06010401823702020a")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefersNtlm(Fault):
    """``on`` answers a Kerberos token by choosing NTLM, as one does that has no way to Kerberos itself."""

    KIND: ClassVar[str] = "prefers-ntlm"
    on: str

    def on_accept(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """In place of an opinion of the ticket: the wish for another mechanism."""
        if server != self.on or not token.startswith(b"\x60"):
            return acceptance
        return Acceptance(status="OK", token=_CHOICE, continue_needed=True)

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Kerberos is not taken."""
        return frozenset({"mechanism-refused"}) if self.on == lab.receiver else frozenset()
