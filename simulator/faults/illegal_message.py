"""Tokens that the receiver cannot read: it dislikes them all, or the path damages the line."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import Acceptance


@dataclass(frozen=True, slots=True, kw_only=True)
class IllegalMessage(Fault):
    """``mode`` ``reject``: the acceptor of ``on`` calls every token IllegalMessage, as event 1035 has it.

    ``cut``: lines towards ``on`` end after ``octets``, as an inspecting device does with long ones.
    ``too-long``: the acceptor takes no token longer than ``octets``, as one with a small MaxTokenSize (KB 327825).
    ``damage``: one base64 character of each line longer than ``octets`` is replaced by one that is none."""

    KIND: ClassVar[str] = "illegal-message"
    on: str
    mode: Literal["reject", "too-long", "cut", "damage"] = "reject"
    octets: int = 512

    def on_accept(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """In mode ``reject``: whatever it was, it is not understood. In mode ``too-long``: a long one is not."""
        if server != self.on:
            return acceptance
        if self.mode == "reject":
            return Acceptance(status="IllegalMessage", reason="declared: every token is rejected")
        if self.mode == "too-long" and len(token) > self.octets:
            return Acceptance(status="IllegalMessage", reason=f"declared: over {self.octets} octets")
        return acceptance

    def on_receive(self, server: str, line: bytes) -> bytes:
        """In the other modes: the line as the device on the path leaves it."""
        if server != self.on or len(line) <= self.octets:
            return line
        if self.mode == "cut":
            return line[: self.octets]
        if self.mode == "damage":
            return line[: self.octets] + b"!" + line[self.octets + 1 :]
        return line

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Whoever does it, the receiver cannot read the message; what damages a line on its way inspects it."""
        if self.on != lab.receiver:
            return frozenset()
        on_the_path = self.mode in ("cut", "damage")
        return frozenset({"illegal-message", *(("smtp-inspection",) if on_the_path else ())})
