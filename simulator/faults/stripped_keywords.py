"""A mail proxy that leaves out the EHLO keywords that it does not know."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import Place
from simulator.net.actions import Action, Send


@dataclass(frozen=True, slots=True, kw_only=True)
class StrippedKeywords(Fault):
    """On the way from ``on`` every keyword that begins with X is gone, and STARTTLS too without ``starttls``.

    The server offers them all the same, and what travels inside TLS the proxy cannot see."""

    KIND: ClassVar[str] = "stripped-keywords"
    on: str
    starttls: bool = True

    def on_send(self, server: str, place: Place, reply: Action) -> Action:
        """The EHLO reply in clear as the proxy leaves it."""
        if server != self.on or place is not Place.EHLO or not isinstance(reply, Send):
            return reply
        first, *lines = reply.data.split(b"\r\n")[:-1]
        kept = [first, *(line for line in lines if self._passes(line[4:].upper()))]
        # RFC 5321 section 4.2.1: a hyphen behind the code of every line but the last.
        marked = [line[:3] + b"-" + line[4:] for line in kept[:-1]] + [kept[-1][:3] + b" " + kept[-1][4:]]
        return replace(reply, data=b"".join(line + b"\r\n" for line in marked))

    def _passes(self, keyword: bytes) -> bool:
        return not keyword.startswith(b"X") and (self.starttls or keyword != b"STARTTLS")

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Something inspects SMTP."""
        return frozenset({"smtp-inspection"}) if self.on == lab.receiver else frozenset()
