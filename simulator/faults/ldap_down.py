"""A domain controller whose directory cannot be asked: stopped, or behind a firewall."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.net.actions import Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapDown(Fault):
    """LDAP, the global catalog or both of the domain controller ``on``: ``refuse`` (stopped) or ``drop`` (accepted,
    and never answered). Its KDC goes on."""

    KIND: ClassVar[str] = "ldap-down"
    on: str
    mode: Literal["refuse", "drop"] = "refuse"
    service: Literal["ldap", "global-catalog", "both"] = "both"

    def ldap_port(self, kdc: str, service: str) -> Listen:
        """Closed, or open and without an answer."""
        if kdc != self.on or self.service not in ("both", service):
            return Listen.SERVE
        return Listen.REFUSE if self.mode == "refuse" else Listen.DROP
