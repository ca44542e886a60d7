"""A whole lab in one process: connectors, domain controllers, DNS and clocks, with the faults of a scenario."""

import errno
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from simulator.acceptor import Acceptor, ReplayCache
from simulator.addresses import LOOPBACK, ListenAddress
from simulator.ccache import ticket_cache
from simulator.connector import AuthMechanism, ConnectorSettings
from simulator.dns import lab_zone
from simulator.dns_transport import DnsServer
from simulator.faults import Faults, TlsSettings
from simulator.kdc.files import write_private
from simulator.kdc.service import KdcService
from simulator.kdc.store import Account
from simulator.kdc.transport import KdcServer
from simulator.ledger import Ledger
from simulator.population import populate
from simulator.receive_session import Surroundings
from simulator.return_leg import KdcClient, ReturnLeg
from simulator.scenario_values import ConnectorSetup, KdcSetup, Scenario
from simulator.server import ReceiveServer
from simulator.state import StateFolder

Randomness = Callable[[int], bytes]
Clock = Callable[[], float]


class LabError(Exception):
    """The lab cannot be started: why, in one line."""


class _Server(Protocol):
    """What the lab starts and stops."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Lab:
    """Starts and stops everything that a scenario names; ``clock`` is true time (UTC seconds).

    Several connectors, and several domain controllers, take one port after the other from the first one's;
    port 0 is any free one for each. Raises LabError for an address that is not loopback, unless
    ``allow_remote``.
    """

    def __init__(
        self,
        scenario: Scenario,
        state: Path,
        *,
        smtp: ListenAddress = LOOPBACK,
        kdc: ListenAddress = LOOPBACK,
        allow_remote: bool = False,
        clock: Clock = time.time,
        randomness: Randomness = secrets.token_bytes,
    ) -> None:
        for address in (smtp, kdc):
            if not allow_remote and not address.is_loopback:
                raise LabError(
                    f"{address} is not loopback: other hosts could reach it; --allow-remote permits that"
                )
        self.scenario = scenario
        self.state = StateFolder(state)
        self.ledger = Ledger(clock=clock)
        self.faults = Faults(scenario.faults, self.ledger)
        self.population = populate(scenario, randomness)
        self._smtp, self._kdc = smtp, kdc
        self._allow_remote = allow_remote
        self._clock, self._randomness = clock, randomness
        self._running = AsyncExitStack()
        self.kdcs: dict[str, KdcServer] = {}
        self.connectors: dict[str, ReceiveServer] = {}
        self.dns: DnsServer | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Write the files and open every port. Raises LabError; nothing stays open then."""
        try:
            self._write_accounts()
            for number, kdc in enumerate(self.scenario.kdcs):
                address = self._kdc.nth(number)
                self.kdcs[kdc.name] = server = self._kdc_server(kdc, address)
                await self._start(server, f"domain controller {kdc.name}", address)
            self.state.write_krb5_conf(
                self.scenario.realm, [(server.host, server.port) for server in self.kdcs.values()]
            )
            for number, setup in enumerate(self.scenario.connectors):
                address = self._smtp.nth(number)
                self.connectors[setup.name] = connector = self._receive_server(setup, address)
                await self._start(connector, f"connector {setup.name}", address)
            await self._start_dns()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close every port and file."""
        await self._running.aclose()

    def _write_accounts(self) -> None:
        try:
            self.state.create()
            self.state.follow(self.ledger)
            self._running.callback(self.state.close)
            self.state.write_accounts(self.population, timestamp=int(self._clock()))
        except OSError as error:
            raise LabError(f"{self.state.path}: {error.strerror or error}") from None

    async def _start(self, server: _Server, what: str, address: ListenAddress) -> None:
        try:
            await server.start()
        except OverflowError:
            raise LabError(f"{what}: cannot listen on {address}: a port is at most 65535") from None
        except OSError as error:
            why = "the port is in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
            raise LabError(f"{what}: cannot listen on {address}: {why}") from None
        self._running.push_async_callback(server.stop)

    def _clock_of(self, party: str) -> Clock:
        return lambda: self._clock() + self.faults.clock_offset(party)

    def _kdc_server(self, kdc: KdcSetup, address: ListenAddress) -> KdcServer:
        service = KdcService(
            name=kdc.name,
            realm=self.scenario.realm,
            directory=self.population.directory,
            faults=self.faults,
            clock=self._clock_of(kdc.name),
            randomness=self._randomness,
            ledger=self.ledger,
        )
        return KdcServer(service, faults=self.faults, host=address.host, port=address.port)

    def _settings(self, setup: ConnectorSetup) -> ConnectorSettings:
        try:
            return ConnectorSettings(
                name=setup.name,
                server=setup.server,
                fqdn=self.scenario.fqdn(setup.server),
                auth=frozenset(AuthMechanism(flag) for flag in setup.auth),
                enable_auth_gssapi=setup.enable_auth_gssapi,
                profile=setup.profile,
                max_logon_failures=setup.max_logon_failures,
                tls=TlsSettings(maximum=setup.tls_maximum, key_type=setup.tls_key),
            )
        except ValueError as error:
            raise LabError(f"connector {setup.name}: {error}") from None

    def _receive_server(self, setup: ConnectorSetup, address: ListenAddress) -> ReceiveServer:
        server, clock = setup.server, self._clock_of(setup.server)
        account, replays = self.account(f"{server}$"), ReplayCache()
        return_leg = ReturnLeg(
            account=lambda: self.faults.server_account(server, account),
            kdcs=KdcClient(lambda: [(kdc.host, kdc.port) for kdc in self.kdcs.values()]),
            clock=clock,
            randomness=self._randomness,
        )
        surroundings = Surroundings(
            acceptor=lambda: Acceptor(
                server=server,
                account=lambda: self.faults.server_account(server, account),
                realm=self.scenario.realm,
                clock=clock,
                randomness=self._randomness,
                replays=replays,
            ),
            faults=self.faults,
            ledger=self.ledger,
            clock=clock,
            initiate=return_leg.initiate,
        )
        return ReceiveServer(
            self._settings(setup),
            surroundings,
            host=address.host,
            port=address.port,
            allow_remote=self._allow_remote,
        )

    async def _start_dns(self) -> None:
        """Any free port: whoever wants to ask it reads READY. A server's names lead to its first connector."""
        hosts = {self.scenario.fqdn(server.name): server.host for server in self.kdcs.values()}
        for setup in reversed(self.scenario.connectors):
            hosts[self.scenario.fqdn(setup.server)] = self.connectors[setup.name].host
        found = {name: self.faults.resolvable(name, address) for name, address in hosts.items()}
        zone = lab_zone(
            self.scenario.domain,
            hosts={name: address for name, address in found.items() if address},
            kdcs=[(self.scenario.fqdn(server.name), server.port) for server in self.kdcs.values()],
        )
        self.dns = DnsServer(zone, host=self._kdc.host)
        await self._start(self.dns, "DNS", ListenAddress(host=self._kdc.host, port=0))

    def account(self, name: str) -> Account:
        """An account as the directory has it, before faults. Raises KeyError."""
        found = self.population.directory.account(name)
        if found is None:
            raise KeyError(name)
        return found

    def write_ccache(self, name: str) -> Path:
        """A ticket cache for ``name``, as kinit would have made it a moment ago."""
        path = self.state.ccache(name)
        first = self.scenario.kdcs[0].name
        write_private(
            path,
            ticket_cache(
                self.faults.directory(first, self.population.directory),
                self.account(name),
                now=self._clock_of(first)(),
                randomness=self._randomness,
            ),
        )
        return path

    def ready(self) -> Mapping[str, object]:
        """What READY says: where everything is."""
        passwords = self.population.passwords
        accounts = (account for account in self.population.directory.accounts if account.name != "krbtgt")
        return {
            "scenario": self.scenario.name,
            "state": str(self.state.path),
            "realm": self.scenario.realm,
            "connectors": [
                {
                    "name": connector.settings.name,
                    "fqdn": connector.settings.fqdn,
                    "host": connector.host,
                    "port": connector.port,
                }
                for connector in self.connectors.values()
            ],
            "kdcs": [
                {"name": server.name, "host": server.host, "port": server.port}
                for server in self.kdcs.values()
            ],
            "dns": {"host": self.dns.host, "port": self.dns.port} if self.dns else None,
            "principals": [
                self.state.principal(account, password=account.name in passwords) for account in accounts
            ],
            "krb5_conf": str(self.state.krb5_conf),
            "events": str(self.state.events),
            "protocol_log": str(self.state.protocol_log),
        }
