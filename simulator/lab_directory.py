"""The LDAP servers of a lab's domain controllers: 389 and the global catalog of each, on any free ports."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from simulator.acceptor import Acceptor, ReplayCache
from simulator.addresses import ListenAddress
from simulator.faults import Faults
from simulator.kdc.store import Account, Directory
from simulator.ldap.controller import Controller
from simulator.ldap_transport import LdapServer
from simulator.ledger import Ledger
from simulator.population import Population
from simulator.scenario_values import KdcSetup, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryServers:
    """The two ports of one domain controller."""

    ldap: LdapServer
    catalog: LdapServer

    async def start(self) -> None:
        """Bind both. Raises OSError; nothing stays open then."""
        await self.ldap.start()
        try:
            await self.catalog.start()
        except BaseException:
            await self.ldap.stop()
            raise

    async def stop(self) -> None:
        """Close both ports and every connection."""
        await asyncio.gather(self.ldap.stop(), self.catalog.stop())


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """What the domain controllers of a lab have in common."""

    scenario: Scenario
    population: Population
    faults: Faults
    ledger: Ledger
    clock_of: Callable[[str], Callable[[], float]]
    randomness: Callable[[int], bytes]
    address: ListenAddress
    allow_remote: bool

    def servers(self, kdc: KdcSetup) -> DirectoryServers:
        """The ports of one domain controller."""
        replays = ReplayCache()
        return DirectoryServers(
            ldap=self._server(kdc, replays, catalog=False), catalog=self._server(kdc, replays, catalog=True)
        )

    def _server(self, kdc: KdcSetup, replays: ReplayCache, *, catalog: bool) -> LdapServer:
        realm = self.scenario.realm_of(kdc.name)
        others = [other for other in self.scenario.forest_of(realm) if catalog and other != realm]
        controller = Controller(
            name=kdc.name,
            realm=realm,
            views=lambda: (self._view(kdc.name), *map(self._first_view, others)),
            acceptor=lambda: self._acceptor(kdc.name, realm, replays),
            clock=self.clock_of(kdc.name),
            faults=self.faults,
            ledger=self.ledger,
            catalog=catalog,
            requires_signing=kdc.ldap_signing,
        )
        host, port = self.address.host, self.address.port
        return LdapServer(controller, host=host, port=port, allow_remote=self.allow_remote)

    def _view(self, name: str) -> Directory:
        """What a domain controller knows, after every fault."""
        return self.faults.directory(name, self.population.of(self.scenario.realm_of(name)))

    def _first_view(self, realm: str) -> Directory:
        """What the first domain controller of a realm knows: the catalog has other domains from there."""
        found = (kdc.name for kdc in self.scenario.kdcs if self.scenario.realm_of(kdc.name) == realm)
        first = next(found, None)
        return self.population.of(realm) if first is None else self._view(first)

    def _acceptor(self, name: str, realm: str, replays: ReplayCache) -> Acceptor:
        def account() -> Account:
            # Whatever a fault has made of the account: the name that tickets are for has to be known.
            return self._view(name).account(f"{name}$") or Account(name=f"{name}$", realm=realm)

        return Acceptor(
            server=name,
            account=account,
            realm=realm,
            clock=self.clock_of(name),
            randomness=self.randomness,
            replays=replays,
        )
