"""Another computer answers under the server's name: a balancer, an old DNS record, an address used twice."""

from dataclasses import dataclass, replace
from hashlib import sha512
from typing import ClassVar

from probe.wire.crypto import Key
from simulator.directory.store import Account, KeySet
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import ComputerNames, TlsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongServer(Fault):
    """Behind the name of ``on`` stands the computer ``computer``, which has its own name and its own key.

    Its connector advertises what the one of ``on`` does, as connectors behind a balancer do."""

    KIND: ClassVar[str] = "wrong-server"
    on: str
    computer: str

    def computer_names(self, server: str, names: ComputerNames) -> ComputerNames:
        """The computer's own names, in the same domain."""
        if server != self.on:
            return names
        short = self.computer.partition(".")[0]
        return replace(names, computer=short.upper()[:15], dns_computer=f"{short.lower()}.{names.dns_domain}")

    def tls(self, server: str, settings: TlsSettings) -> TlsSettings:
        """The certificate that its Exchange made for itself."""
        if server != self.on:
            return settings
        return replace(settings, names=(self.computer.lower(), self.computer.partition(".")[0].lower()))

    def server_account(self, server: str, account: Account) -> Account:
        """Its key opens none of the tickets for ``on``."""
        if server != self.on:
            return account
        newest = account.newest()
        keys = {etype: Key(etype, self._key(key)) for etype, key in newest.keys.items()}
        return replace(account, key_sets=(KeySet(kvno=newest.kvno, keys=keys),))

    def _key(self, key: Key) -> bytes:
        """Contents of the same length that belong to this computer, the same at every call."""
        return sha512(self.computer.lower().encode() + key.contents).digest()[: len(key.contents)]

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Another computer answers."""
        return frozenset({"wrong-server-answers"}) if self.on == lab.receiver else frozenset()
