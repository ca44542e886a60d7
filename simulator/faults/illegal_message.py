"""Tokens that the receiver cannot read: it dislikes them all, or the path damages the line."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Acceptance, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class IllegalMessage(Fault):
    """``mode`` ``reject``: the acceptor of ``on`` calls every token IllegalMessage, as event 1035 has it.

    ``cut``: lines towards ``on`` end after ``octets``, as an inspecting device does with long ones.
    ``damage``: one base64 character of each line longer than ``octets`` is replaced by one that is none."""

    KIND: ClassVar[str] = "illegal-message"
    on: str
    mode: Literal["reject", "cut", "damage"] = "reject"
    octets: int = 512

    def accepted(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """In mode ``reject``: whatever it was, it is not understood."""
        if self.mode != "reject" or server != self.on:
            return acceptance
        return Acceptance(status="IllegalMessage", reason="declared: every token is rejected")

    def arriving(self, server: str, line: bytes) -> bytes:
        """In the other modes: the line as the device on the path leaves it."""
        if server != self.on or len(line) <= self.octets:
            return line
        if self.mode == "cut":
            return line[: self.octets]
        if self.mode == "damage":
            return line[: self.octets] + b"!" + line[self.octets + 1 :]
        return line
