"""A whole lab in one process: connectors, domain controllers, DNS and clocks, with the faults of a scenario.

`Lab` is where values become running servers. Order matters, because each step needs the ports of those before it:
files with keys first, then the KDCs, their LDAP ports, krb5.conf, connectors, SMB, and DNS last, which names all of
them. If one cannot start, those that run are stopped again, and nothing stays open.

Every party gets its own of everything that may be wrong: a clock (true time plus the offsets that faults declare,
asked each time, for no clock is ever set), a view of the directory, its own copy of its account's keys. What is
shared is what Kerberos itself shares: the keys that `accounts` makes anew at each start, one set a password.

`state_folder` has the files that others use the lab with; `ccache` makes a ticket cache as kinit would leave it, so
that nobody types a password; `ldap_servers` and `smb_server` put those services together; `ready` is the one JSON
object that says where everything is.
"""

import errno
import itertools
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.acceptors.channel_bindings import Policy
from simulator.acceptors.ntlm import NtlmAcceptor, names_of
from simulator.directory.store import Account, Directory
from simulator.dns.transport import DnsServer
from simulator.faults.engine import Faults
from simulator.faults.values import TlsSettings
from simulator.kdc.service import KdcService
from simulator.kdc.transport import KdcServer
from simulator.kerberos.refusal import Refusal
from simulator.lab.accounts import build_accounts
from simulator.lab.ccache import ticket_cache
from simulator.lab.ldap_servers import DirectoryServers, Forest
from simulator.lab.name_server import name_server
from simulator.lab.ready import describe
from simulator.lab.smb_server import smb_server
from simulator.lab.state_folder import StateFolder
from simulator.ledger import Ledger
from simulator.logs.files import LabLogs, Servers
from simulator.net.actions import Listen
from simulator.net.addresses import LOOPBACK, ListenAddress
from simulator.scenario.values import ConnectorSetup, KdcSetup, Scenario
from simulator.smb.transport import SmbServer
from simulator.smtp.connector import AuthMechanism, ConnectorSettings
from simulator.smtp.ip_ranges import EVERYBODY, parse_range
from simulator.smtp.mail import Mail, Mailboxes
from simulator.smtp.maildir import Maildir, traced
from simulator.smtp.profiles import PROFILES
from simulator.smtp.server import ReceiveServer
from simulator.smtp.session import ServerContext
from simulator.smtp.session_numbers import SessionNumbers
from simulator.tickets.files import write_private
from simulator.tickets.return_leg import KdcClient, ReturnLeg

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

    Several ports of connectors, and several domain controllers, take one port after the other from the first one's;
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
        self.logs = LabLogs(state, self._servers(), now=clock())
        self.accounts = build_accounts(scenario, randomness)
        self._smtp, self._kdc = smtp, kdc
        self._allow_remote = allow_remote
        self._clock, self._began, self._randomness = clock, clock(), randomness
        self._running = AsyncExitStack()
        self._session_ids: dict[str, SessionNumbers] = {}
        self.kdcs: dict[str, KdcServer] = {}
        self.directories: dict[str, DirectoryServers] = {}
        self.connectors: dict[str, ReceiveServer] = {}
        self.smb: dict[str, SmbServer] = {}
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
            await self._start_directories()
            home, *others = self.scenario.realms
            self.state.write_krb5_conf(
                home, self.kdcs_of(home), others={other: self.kdcs_of(other) for other in others}
            )
            for number, setups in enumerate(self.scenario.ports):
                address = self._smtp.nth(number)
                connector = self._receive_server(setups, address)
                self.connectors |= {setup.name: connector for setup in setups}
                await self._start(connector, f"connector {setups[0].name}", address)
            await self._start_smb()
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
            self._running.callback(self.logs.close)
            self.logs.open()
            self.ledger.subscribe(self.logs.write)
            self.state.write_accounts(self.accounts, timestamp=int(self._clock()))
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

    def _servers(self) -> Servers:
        """For the logs. Their stamps must not count as a clock that somebody read, so no fault is noted."""
        return Servers(
            profiles={setup.name: PROFILES[setup.profile] for setup in self.scenario.connectors},
            clock_offset=lambda party: self.faults.offset(party, running_s=self.running_s()),
            fqdn=self.scenario.fqdn,
        )

    def _clock_of(self, party: str) -> Clock:
        return lambda: self._clock() + self.faults.clock_offset(party, running_s=self.running_s())

    def running_s(self) -> float:
        """Seconds of true time since the lab was made: what drifting clocks have had to drift in."""
        return self._clock() - self._began

    def kdcs_of(self, realm: str) -> list[tuple[str, int]]:
        """Host and port of each running domain controller of a realm."""
        running = (found for found in self.kdcs.items() if self.scenario.realm_of(found[0]) == realm)
        return [(server.host, server.port) for _, server in running]

    def kdc_client(self, server: str, realm: str) -> KdcClient:
        """A server's own way to the domain controllers of a realm, with what is shut on it."""

        def reach(address: tuple[str, int], transport: Literal["udp", "tcp"]) -> Listen:
            name = next(name for name, kdc in self.kdcs.items() if (kdc.host, kdc.port) == address)
            return self.faults.server_kdc_port(server, name, transport)

        return KdcClient(partial(self.kdcs_of, realm), reach=reach)

    def ldap_of(self, realm: str) -> list[tuple[str, int]]:
        """Host and port of LDAP of each domain controller of a realm."""
        running = (found for found in self.directories.items() if self.scenario.realm_of(found[0]) == realm)
        return [(servers.ldap.host, servers.ldap.port) for _, servers in running]

    def _kdc_server(self, kdc: KdcSetup, address: ListenAddress) -> KdcServer:
        realm = self.scenario.realm_of(kdc.name)
        service = KdcService(
            name=kdc.name,
            realm=realm,
            directory=self.accounts.of(realm),
            faults=self.faults,
            clock=self._clock_of(kdc.name),
            randomness=self._randomness,
            ledger=self.ledger,
        )
        return KdcServer(service, faults=self.faults, host=address.host, port=address.port)

    async def _start_directories(self) -> None:
        """LDAP of every domain controller, on any free ports: READY and the DNS name them."""
        address = ListenAddress(host=self._kdc.host, port=0)
        forest = Forest(
            scenario=self.scenario,
            accounts=self.accounts,
            faults=self.faults,
            ledger=self.ledger,
            clock_of=self._clock_of,
            randomness=self._randomness,
            address=address,
            allow_remote=self._allow_remote,
        )
        for kdc in self.scenario.kdcs:
            self.directories[kdc.name] = servers = forest.servers(kdc)
            await self._start(servers, f"LDAP of domain controller {kdc.name}", address)

    async def _start_smb(self) -> None:
        """The SMB service of every Exchange server, on any free port."""
        for server in self.scenario.servers:
            self.smb[server] = service = smb_server(
                server,
                account=self.account(f"{server}$"),
                clock=self._clock_of(server),
                randomness=self._randomness,
                faults=self.faults,
                ledger=self.ledger,
                host=self._smtp.host,
                allow_remote=self._allow_remote,
            )
            await self._start(service, f"SMB of {server}", ListenAddress(host=self._smtp.host, port=0))

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
                hub=setup.hub,
                remote_ip_ranges=tuple(map(parse_range, setup.remote_ip_ranges)) or EVERYBODY,
                suppress_x_anonymous_tls=setup.suppress_x_anonymous_tls,
                exps_failure=setup.exps_failure,
                tarpit_s=setup.tarpit,
                extended_protection=Policy(setup.extended_protection),
                utc_offset_minutes=setup.utc_offset_minutes,
                tls=TlsSettings(maximum=setup.tls_maximum, key_type=setup.tls_key),
            )
        except ValueError as error:
            raise LabError(f"connector {setup.name}: {error}") from None

    def _receive_server(self, setups: Sequence[ConnectorSetup], address: ListenAddress) -> ReceiveServer:
        """A port of a server, and the connectors that share it."""
        server = setups[0].server
        clock = self._clock_of(server)
        account, replays, realm = self.account(f"{server}$"), ReplayCache(), self.scenario.realm_of(server)
        return_leg = ReturnLeg(
            account=lambda: self.faults.server_account(server, account),
            kdcs=self.kdc_client(server, realm),
            others={other: self.kdc_client(server, other) for other in self.scenario.realms},
            clock=clock,
            randomness=self._randomness,
        )
        surroundings = ServerContext(
            acceptor=lambda: Acceptor(
                server=server,
                account=lambda: self.faults.server_account(server, account),
                realm=realm,
                clock=clock,
                randomness=self._randomness,
                replays=replays,
            ),
            faults=self.faults,
            ledger=self.ledger,
            clock=clock,
            initiate=return_leg.initiate,
            ntlm=lambda profile: self._ntlm_acceptor(server, profile),
            mailboxes=self._mailboxes(server, clock),
            session_id=self._session_ids.setdefault(server, SessionNumbers(self._clock())),
        )
        return ReceiveServer(
            self._settings(setups[0]),
            surroundings,
            others=tuple(self._settings(setup) for setup in setups[1:]),
            elsewhere=self._server_of,
            host=address.host,
            port=address.port,
            allow_remote=self._allow_remote,
        )

    def _server_of(self, server: str) -> ReceiveServer | None:
        """The first port of a server; None when no connector is there."""
        return next((found for found in self.connectors.values() if found.settings.server == server), None)

    def _mailboxes(self, server: str, clock: Clock) -> Mailboxes:
        """All of a server's mail goes into one Maildir."""
        fqdn = self.scenario.fqdn(server)
        maildir, numbers = Maildir(self.state.mail(server), host=fqdn), itertools.count(1)

        def deliver(mail: Mail) -> int:
            number, now = next(numbers), clock()
            path = maildir.deliver(traced(mail, fqdn=fqdn, number=number, now=now), now=now)
            self.ledger.add("delivery", server, number=number, octets=len(mail.content), path=str(path))
            return number

        return Mailboxes(domain=self.scenario.domain, deliver=deliver)

    def _ntlm_acceptor(self, server: str, profile: str) -> NtlmAcceptor:
        """NTLM of ``server``, which asks the first domain controller of its realm about accounts."""
        realm = self.scenario.realm_of(server)
        names = names_of(server, realm)
        return NtlmAcceptor(
            names=self.faults.computer_names(server, names),
            realm=realm,
            account=lambda name: self._first_view(realm).account(name),
            clock=self._clock_of(server),
            randomness=self._randomness,
            profile=profile,
        )

    async def _start_dns(self) -> None:
        """Any free port: whoever wants to ask it reads READY."""
        self.dns = name_server(self, host=self._kdc.host)
        await self._start(self.dns, "DNS", ListenAddress(host=self._kdc.host, port=0))

    def account(self, name: str) -> Account:
        """An account as the directory has it, before faults. Raises KeyError."""
        found = self.accounts.of(self.scenario.realm_of(name)).account(name)
        if found is None:
            raise KeyError(name)
        return found

    def _first_view(self, realm: str) -> Directory:
        """What the first domain controller of a realm knows."""
        first = next(kdc.name for kdc in self.scenario.kdcs if self.scenario.realm_of(kdc.name) == realm)
        return self.faults.directory(first, self.accounts.of(realm))

    def write_ccache(self, name: str) -> Path:
        """A ticket cache for ``name``, as kinit would have made it a moment ago. Raises LabError where it could not."""
        path, realm = self.state.ccache(name), self.scenario.realm_of(name)
        # A cached ticket is of an earlier time, whatever has become of the directory since.
        known = self.accounts.of(realm).accounts
        earlier = [found for found in map(self.faults.cached_service, known) if found is not None]
        first = next(kdc.name for kdc in self.scenario.kdcs if self.scenario.realm_of(kdc.name) == realm)
        try:
            cache = ticket_cache(
                self._first_view(realm),
                self.account(name),
                now=self._clock_of(first)(),
                randomness=self._randomness,
                services=earlier,
            )
        except Refusal as refusal:
            raise LabError(f"no ticket cache for {name}: {first} refuses ({refusal})") from None
        write_private(path, cache)
        return path

    def ready(self) -> Mapping[str, object]:
        """What READY says: where everything is."""
        return describe(self)
