"""What a fault has to know of its lab to say which causes it makes true (PURE).

Whether a fault stops mail is not said here: that is found by playing the log-on without it (`simulator.fuzz`). What it
makes *true* depends on the lab: a password that changed on one domain controller of two is a replication that
diverged, and on the only one it is a machine key that is out of date.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

LIMIT_S = 300.0
"""What Kerberos forgives between two clocks (Windows' default)."""
PROBE = "PROBE"
"""The sender's own host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The lab around a fault, as one log-on from ``sender`` to ``receiver`` sees it."""

    sender: str = "EX2$"
    """The account that logs on."""
    receiver: str = "EX1"
    """The party whose connector is examined; its account is the same with a dollar sign."""
    sender_realm: str = "CONTOSO.LAB"
    receiver_realm: str = "CONTOSO.LAB"
    kdcs: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"CONTOSO.LAB": ("DC1",)})
    """The domain controllers of each realm, in order."""
    spns: frozenset[str] = frozenset({"smtpsvc/ex1.contoso.lab"})
    """What the sender may ask a ticket for, in lower case."""
    own_name: str = "smtpsvc/ex1.contoso.lab"
    """The receiver's mail service under its own full name, in lower case."""
    return_spn: str = ""
    """What the receiver asks its own ticket for, in lower case; empty without EXCHANGEAUTH."""
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The accounts that have each SPN (in lower case) before any fault."""
    offsets: Mapping[str, float] = field(default_factory=dict)
    """Seconds by which each party's clock is ahead, all faults of the lab added up; ``PROBE`` is the sender."""
    closed: frozenset[str] = frozenset()
    """The domain controllers that are reached over neither transport, all faults of the lab together."""
    cached: bool = False
    """The sender has its tickets from a cache."""
    homes: Mapping[str, str] = field(default_factory=dict)
    """The realm of each account that is not of the sender's."""
    by_name: bool = False
    """The sender looks the receiver up in the DNS."""
    kdcs_by_name: bool = False
    """And the domain controllers."""

    @property
    def receiver_account(self) -> str:
        """The account whose key has to open the ticket."""
        return f"{self.receiver}$"

    def realm_of(self, kdc: str) -> str:
        """The realm that a domain controller serves; empty for somebody else."""
        return next((realm for realm, names in self.kdcs.items() if kdc in names), "")

    def is_one_of_several(self, kdc: str) -> bool:
        """``kdc`` names one domain controller of a realm that has others; ``*`` names all."""
        return len(self.kdcs.get(self.realm_of(kdc), ())) > 1

    def on_the_way(self) -> Iterator[str]:
        """The realms that a ticket for the receiver comes from and over."""
        yield from dict.fromkeys((self.sender_realm, self.receiver_realm))

    def knows(self, on: str, account: str) -> bool:
        """The domain controller ``on``, or some one (``*``), has the account in its directory."""
        return on == "*" or account == "krbtgt" or self.realm_of(on) == self.home_of(account)

    def home_of(self, account: str) -> str:
        """The realm of an account."""
        return self.homes.get(account, self.sender_realm)

    def asked_for(self, spn: str) -> bool:
        """The sender asks for a ticket for it, or would if the receiver gave its own name."""
        return spn.lower() in self.spns | {self.own_name}

    def is_form(self, spn: str) -> bool:
        """It is one of the names that the receiver's mail service has by rights, asked for or not."""
        service, _, host = spn.lower().partition("/")
        full = self.own_name.partition("/")[2]
        return service in ("smtp", "smtpsvc") and host in (full, full.partition(".")[0])

    def returned_to(self, spn: str) -> bool:
        """The receiver asks for a ticket for it."""
        return bool(self.return_spn) and spn.lower() == self.return_spn

    def diverged(self, on: str, causes: Collection[str]) -> frozenset[str]:
        """``causes``, and where only one of several controllers is concerned, that they differ: whoever needs it."""
        beside = {"replication-diverged"} if self.is_one_of_several(on) else set()
        return frozenset({*causes, *beside})
