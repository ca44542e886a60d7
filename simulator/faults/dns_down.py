"""A name server that is of no use: stopped, behind a firewall, or not willing or able to answer."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.net.actions import Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsDown(Fault):
    """The lab's DNS: ``refuse`` (stopped), ``drop`` (firewall), or it answers with ``REFUSED`` or ``SERVFAIL``.

    The last two for names ``under`` a domain only; empty: for all."""

    KIND: ClassVar[str] = "dns-down"
    mode: Literal["refuse", "drop", "REFUSED", "SERVFAIL"] = "drop"
    under: str = ""

    def dns_port(self) -> Listen:
        """Closed, or open and without an answer."""
        return Listen(self.mode) if self.mode in ("refuse", "drop") else Listen.SERVE

    def dns_failure(self, name: str) -> str:
        """What it says in place of an answer."""
        if self.mode in ("refuse", "drop") or not f".{name}".endswith(f".{self.under}".rstrip(".").lower()):
            return ""
        return self.mode
