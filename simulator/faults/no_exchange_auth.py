"""A receive connector without Exchange Server authentication, such as a relay connector."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class NoExchangeAuth(Fault):
    """The connector of ``on`` offers no X-EXPS, no X-ANONYMOUSTLS; without ``integrated`` no AUTH either."""

    KIND: ClassVar[str] = "no-exchange-auth"
    on: str
    integrated: bool = True

    def offered(self, server: str, keywords: tuple[str, ...], tls: str) -> tuple[str, ...]:
        """The keywords without the ones that flag ExchangeServer brings."""
        if server != self.on:
            return keywords
        gone = ("X-EXPS", "X-ANONYMOUSTLS", "X-EXCHANGEAUTH") + (() if self.integrated else ("AUTH",))
        return tuple(line for line in keywords if line.split(" ")[0].upper() not in gone)

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """The connector is not for servers."""
        return frozenset({"exchange-auth-not-offered"}) if self.on == lab.receiver else frozenset()
