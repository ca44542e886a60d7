"""A firewall that lets only old SMTP commands through and overwrites the others."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedCommands(Fault):
    """On the way to ``on`` each of ``commands`` becomes X, so that the server does not know it.

    Observed: Cisco's PIX ("fixup protocol smtp", Mailguard) did so with everything outside RFC 821's minimum, EHLO
    among it."""

    KIND: ClassVar[str] = "masked-commands"
    on: str
    commands: tuple[str, ...] = ("EHLO",)

    def on_receive(self, server: str, line: bytes) -> bytes:
        """The line with its verb overwritten, to the same length."""
        verb, blank, rest = line.partition(b" ")
        known = {command.upper().encode() for command in self.commands}
        if server != self.on or verb.upper() not in known:
            return line
        return b"X" * len(verb) + blank + rest

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Something inspects SMTP; a verb of TLS that is overwritten is a TLS that does not come about."""
        if self.on != lab.receiver:
            return frozenset()
        tls = {command.upper() for command in self.commands} & {"STARTTLS", "X-ANONYMOUSTLS"}
        return frozenset({"smtp-inspection", *(("tls-failed",) if tls else ())})
