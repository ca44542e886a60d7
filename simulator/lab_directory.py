"""The LDAP servers of a lab's domain controllers: 389 and the global catalog of each, on any free ports."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.acceptor import Acceptor, ReplayCache
from simulator.faults import Faults
from simulator.kdc.store import Account, Directory
from simulator.ldap.controller import Controller
from simulator.ldap_transport import LdapServer
from simulator.ledger import Ledger


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

    first: Callable[[str], Directory]
    """What the first domain controller of a realm knows, after faults."""
    realms: Sequence[str]
    faults: Faults
    ledger: Ledger
    randomness: Callable[[int], bytes]

    def servers(
        self,
        *,
        name: str,
        realm: str,
        directory: Directory,
        clock: Callable[[], float],
        host: str,
        allow_remote: bool,
    ) -> DirectoryServers:
        """Those of the domain controller ``name``; ``directory`` is its view before faults."""
        replays = ReplayCache()

        def view() -> Directory:
            return self.faults.directory(name, directory)

        def account() -> Account:
            # Whatever a fault has made of the account: the name that tickets are for has to be known.
            return view().account(f"{name}$") or Account(name=f"{name}$", realm=realm)

        def acceptor() -> Acceptor:
            return Acceptor(
                server=name,
                account=account,
                realm=realm,
                clock=clock,
                randomness=self.randomness,
                replays=replays,
            )

        def server(*, catalog: bool) -> LdapServer:
            others = [other for other in self.realms if other != realm] if catalog else []
            controller = Controller(
                name=name,
                realm=realm,
                views=lambda: (view(), *map(self.first, others)),
                acceptor=acceptor,
                clock=clock,
                faults=self.faults,
                ledger=self.ledger,
                catalog=catalog,
            )
            return LdapServer(controller, host=host, allow_remote=allow_remote)

        return DirectoryServers(ldap=server(catalog=False), catalog=server(catalog=True))
