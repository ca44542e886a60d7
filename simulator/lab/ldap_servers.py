"""The LDAP servers of a lab's domain controllers: 389, the global catalog and LDAPS, on any free ports."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from OpenSSL import SSL

from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.acceptors.channel_bindings import Policy
from simulator.directory.store import Account, Directory
from simulator.faults.engine import Faults
from simulator.faults.values import TlsSettings
from simulator.lab.accounts import Accounts
from simulator.ldap.controller import Controller
from simulator.ldap.transport import LdapServer
from simulator.ledger import Ledger
from simulator.net.addresses import ListenAddress
from simulator.scenario.values import KdcSetup, Scenario
from simulator.tls.transport import server_context


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryServers:
    """The ports of one domain controller."""

    ldap: LdapServer
    catalog: LdapServer
    ldaps: LdapServer | None = None
    """Of one that has a certificate."""

    async def start(self) -> None:
        """Bind all of them. Raises OSError; nothing stays open then."""
        async with AsyncExitStack() as opened:
            for server in self._servers():
                await server.start()
                opened.push_async_callback(server.stop)
            opened.pop_all()

    async def stop(self) -> None:
        """Close the ports and every connection."""
        await asyncio.gather(*(server.stop() for server in self._servers()))

    def _servers(self) -> tuple[LdapServer, ...]:
        found = (self.ldap, self.catalog, self.ldaps)
        return tuple(server for server in found if server is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """What the domain controllers of a lab have in common."""

    scenario: Scenario
    accounts: Accounts
    faults: Faults
    ledger: Ledger
    clock_of: Callable[[str], Callable[[], float]]
    randomness: Callable[[int], bytes]
    address: ListenAddress
    allow_remote: bool

    def servers(self, kdc: KdcSetup) -> DirectoryServers:
        """The ports of one domain controller."""
        replays, tls = ReplayCache(), self._tls(kdc)
        host, port, remote = self.address.host, self.address.port, self.allow_remote

        def server(*, catalog: bool = False, implicit_tls: bool = False) -> LdapServer:
            return LdapServer(
                self._controller(kdc, replays, catalog=catalog),
                host=host,
                port=port,
                tls=tls,
                implicit_tls=implicit_tls,
                allow_remote=remote,
            )

        return DirectoryServers(
            ldap=server(),
            catalog=server(catalog=True),
            ldaps=None if tls is None else server(implicit_tls=True),
        )

    def _controller(self, kdc: KdcSetup, replays: ReplayCache, *, catalog: bool) -> Controller:
        realm = self.scenario.realm_of(kdc.name)
        others = [other for other in self.scenario.forest_of(realm) if catalog and other != realm]
        return Controller(
            name=kdc.name,
            realm=realm,
            views=lambda: (self._view(kdc.name), *map(self._first_view, others)),
            acceptor=lambda: self._acceptor(kdc.name, realm, replays),
            clock=self.clock_of(kdc.name),
            faults=self.faults,
            ledger=self.ledger,
            catalog=catalog,
            requires_signing=kdc.ldap_signing,
            tls=kdc.ldap_tls,
            channel_bindings=Policy(kdc.ldap_channel_binding),
        )

    def _tls(self, kdc: KdcSetup) -> SSL.Context | None:
        if kdc.ldap_tls == "none":
            return None
        # A certificate of its own, as an enterprise's authority gives one to each domain controller.
        settings = TlsSettings(maximum="TLSv1.3", key_type="ec-p256")
        return server_context(settings, fqdn=self.scenario.fqdn(kdc.name), now=self.clock_of(kdc.name)())

    def _view(self, name: str) -> Directory:
        """What a domain controller knows, after every fault."""
        return self.faults.directory(name, self.accounts.of(self.scenario.realm_of(name)))

    def _first_view(self, realm: str) -> Directory:
        """What the first domain controller of a realm knows: the catalog has other domains from there."""
        found = (kdc.name for kdc in self.scenario.kdcs if self.scenario.realm_of(kdc.name) == realm)
        first = next(found, None)
        return self.accounts.of(realm) if first is None else self._view(first)

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
