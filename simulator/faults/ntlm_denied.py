"""A server that takes no log-on by NTLM, right password or not."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import Acceptance


@dataclass(frozen=True, slots=True, kw_only=True)
class NtlmDenied(Fault):
    """The policy "Restrict NTLM: Incoming NTLM traffic: Deny all accounts" on ``on``.

    The challenge still goes out: Windows denies the log-on and not the question (not verified)."""

    KIND: ClassVar[str] = "ntlm-denied"
    on: str

    def on_accept(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """Whatever the account and its password are worth."""
        if server != self.on or not token.startswith(b"NTLMSSP\0"):
            return acceptance
        return Acceptance(status="LogonDenied", reason="declared: the policy denies NTLM")

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """NTLM is refused."""
        return frozenset({"mechanism-refused"}) if self.on == lab.receiver else frozenset()
