"""Collects the facts of this host: files first, then everything on the network side by side, each with a time-out."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from probe.doctor import host as own
from probe.doctor.judge.kdcs import PORTS
from probe.doctor.values import Dns, HostFacts, Installed, Kdcs, KdcWay, Names, PortKnock
from probe.kdcs.srv import srv_kdcs
from probe.net.dns import dns_addresses, system_addresses
from probe.net.endpoint import Endpoint
from probe.net.hosts_file import lines_naming
from probe.net.sntp import TimeAnswer, ask_time
from probe.net.tasks import run_together
from probe.settings.environment import Environment
from probe.settings.host import Host, hosts_path, read_hosts, read_krb5_conf
from probe.tickets.client.kerberos_client import ClientSettings, KerberosClient
from probe.tickets.client.locator import KdcLocator, SrvAnswer
from probe.tickets.client.transport import KERBEROS_PORT, KdcEndpoint, Transport
from probe.tickets.files.krb5conf import Krb5Config
from probe.trace import Recorder, Step
from probe.trace.facts import KdcDiscovery, KdcExchange, TimeServer
from probe.wire.sntp import SNTP_PORT

T = TypeVar("T")

MAXIMUM_KDCS = 16
_MAXIMUM_ADDRESSES = 8
"""Own addresses whose names are looked up."""
_NATIVE_S = 10.0
"""For loading the system's Kerberos: no KDC is asked, but libraries may lie on a slow disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions:
    """What a run is about. ``timeout_s`` is for each wait, in seconds."""

    realm: str = ""
    kdcs: tuple[KdcEndpoint, ...] = ()
    nameserver: Endpoint | None = None
    timeout_s: float = 3.0


async def gather(options: DoctorOptions, environment: Environment, host: Host) -> HostFacts:
    """Everything, in a few time-outs' time. Never raises for what a peer or a file is like."""
    return await _Doctor(options, environment, host).run()


class _Doctor:
    def __init__(self, options: DoctorOptions, environment: Environment, host: Host) -> None:
        self._options = options
        self._environment = environment
        self._host = host
        self._timeout_s = options.timeout_s

    async def run(self) -> HostFacts:
        configuration = read_krb5_conf(self._host)
        config = configuration.config
        name, full = await self._in_thread(own.own_names, (socket.gethostname(), ""), self._timeout_s)
        realm, realm_from = self._realm(config, full or name)
        servers = await self._servers()
        async with asyncio.TaskGroup() as group:
            srv = group.create_task(self._srv(realm))
            dns = group.create_task(self._dns(servers, srv, asked=bool(realm)))
            kdcs = group.create_task(self._kdcs(realm, config, srv))
            names = group.create_task(self._names(name, full or name))
        return HostFacts(
            host=full or name,
            platform=self._host.platform,
            user=self._host.user(),
            realm=realm,
            realm_from=realm_from,
            now=self._environment.clock(),
            configuration=configuration,
            cache=own.read_cache(self._host, config),
            keytab=own.read_keytab(self._host, config),
            time_service=own.read_time_service(self._host),
            names=names.result(),
            dns=dns.result(),
            kdcs=kdcs.result(),
            # Last: its imports would be in the way of whatever is timed.
            installed=await self._installed(),
        )

    def _realm(self, config: Krb5Config, full: str) -> tuple[str, str]:
        """The realm and where it comes from: option, krb5.conf, the domain."""
        if self._options.realm:
            return self._options.realm, "option"
        if config.default_realm:
            return config.default_realm, "krb5.conf"
        domain = self._host.environ.get("USERDNSDOMAIN", "") if self._host.windows else ""
        realm = domain.upper() or config.realm_of(full) or full.rstrip(".").partition(".")[2].upper()
        return realm, "domain" if realm else ""

    async def _in_thread(self, job: Callable[[], T], otherwise: T, seconds: float) -> T:
        """What blocks, waited for that long."""
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.to_thread(job)
        except TimeoutError:
            return otherwise

    async def _srv(self, realm: str) -> SrvAnswer:
        if not realm:
            return SrvAnswer()
        return await srv_kdcs(realm, timeout_s=self._timeout_s, nameserver=self._options.nameserver)

    async def _dns(self, servers: tuple[str, ...], srv: "asyncio.Task[SrvAnswer]", *, asked: bool) -> Dns:
        answer = await srv
        return Dns(
            nameservers=servers,
            udp_kdcs=_over(answer, Transport.UDP),
            tcp_kdcs=_over(answer, Transport.TCP),
            error=answer.error,
            asked=asked,
        )

    async def _servers(self) -> tuple[str, ...]:
        """Found before anything is timed, also where another is given: dnspython takes its time to import."""
        nothing: tuple[str, ...] = ()
        found = await self._in_thread(own.name_servers, nothing, self._timeout_s)
        return found if self._options.nameserver is None else (str(self._options.nameserver),)

    async def _names(self, name: str, full: str) -> Names:
        system, by_dns = await self._together(
            system_addresses(full, timeout_s=self._timeout_s),
            dns_addresses(full, timeout_s=self._timeout_s, nameserver=self._options.nameserver),
        )
        addresses = tuple(dict.fromkeys((*system.addresses, *by_dns.addresses)))[:_MAXIMUM_ADDRESSES]
        back = await self._together(*(self._reverse(address) for address in addresses))
        return Names(
            host=name,
            full=full,
            system_addresses=system.addresses,
            dns_addresses=by_dns.addresses,
            dns_error=by_dns.error,
            reverse=dict(zip(addresses, back, strict=True)),
            hosts_file=str(hosts_path(self._host)),
            hosts_lines=lines_naming(read_hosts(self._host), (name, full)),
        )

    async def _reverse(self, address: str) -> str:
        """The address' name by the system's resolver, empty where it has none."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout_s):
                return (await loop.getnameinfo((address, 0), socket.NI_NAMEREQD))[0]
        except (OSError, TimeoutError, UnicodeError):
            return ""

    async def _kdcs(self, realm: str, config: Krb5Config, srv: "asyncio.Task[SrvAnswer]") -> Kdcs:
        if not realm:
            return Kdcs()

        async def answer(_: str) -> SrvAnswer:
            return await srv

        recorder = Recorder(self._environment.monotonic)
        locator = KdcLocator(
            given={realm: self._options.kdcs} if self._options.kdcs else {},
            srv=answer,
            config=config,
            recorder=recorder,
        )
        endpoints = tuple(await locator(realm))[:MAXIMUM_KDCS]
        found = [step.facts for step in recorder.steps() if isinstance(step.facts, KdcDiscovery)]
        ways, knocks, time_servers = await self._together(
            self._survey(realm, endpoints), self._knocks(endpoints), self._time_servers(endpoints)
        )
        return Kdcs(source=found[-1].source, ways=ways, knocks=knocks, time_servers=time_servers)

    async def _survey(self, realm: str, endpoints: tuple[KdcEndpoint, ...]) -> tuple[KdcWay, ...]:
        environment = self._environment
        client = KerberosClient(
            together=run_together,
            locator={realm: endpoints},
            transport=environment.kdc_transport,
            recorder=Recorder(environment.monotonic),
            clock=environment.clock,
            randomness=environment.randomness,
            settings=ClientSettings(timeout_s=self._timeout_s, maximum_kdcs=MAXIMUM_KDCS),
        )
        return tuple(_way(step) for step in await client.survey(realm))

    async def _knocks(self, endpoints: tuple[KdcEndpoint, ...]) -> tuple[PortKnock, ...]:
        """Active Directory's other ports; a KDC on a port of its own is no domain controller."""
        hosts = dict.fromkeys(item.host for item in endpoints if item.port == KERBEROS_PORT)
        jobs = [self._knock(host, port) for host in hosts for port in PORTS]
        return tuple(await self._together(*jobs))

    async def _time_servers(self, endpoints: tuple[KdcEndpoint, ...]) -> tuple[TimeServer, ...]:
        """The same hosts' time services: a domain controller is the time server of its domain."""
        usual = [item for item in endpoints if item.port == KERBEROS_PORT]
        return tuple(await self._together(*(self._time(item) for item in usual)))

    async def _time(self, kdc: KdcEndpoint) -> TimeServer:
        environment = self._environment
        answer = await ask_time(
            Endpoint(kdc.host, SNTP_PORT),
            clock=environment.clock,
            randomness=environment.randomness,
            timeout_s=self._timeout_s,
        )
        return _time_server(kdc, answer)

    async def _knock(self, host: str, port: int) -> PortKnock:
        begun = self._environment.monotonic()
        error = ""
        try:
            async with asyncio.timeout(self._timeout_s):
                _, writer = await asyncio.open_connection(host, port)
            writer.transport.abort()  # nothing was said, and nothing is waited for
        except (OSError, TimeoutError, UnicodeError) as failure:
            error = _error(failure)
        elapsed = (self._environment.monotonic() - begun) * 1000
        return PortKnock(host=host, port=port, milliseconds=round(elapsed, 3), error=error)

    async def _installed(self) -> Installed:
        nothing = Installed(native_error="no answer in time")
        return await self._in_thread(
            partial(own.read_installed, self._host), nothing, _NATIVE_S + self._timeout_s
        )

    async def _together(self, *jobs: Coroutine[Any, Any, Any]) -> list[Any]:
        return await run_together(jobs)


def _over(answer: SrvAnswer, transport: Transport) -> tuple[str, ...]:
    return tuple(str(kdc) for kdc in answer.kdcs if transport in kdc.transports)


def _way(step: Step[KdcExchange]) -> KdcWay:
    facts = step.facts
    return KdcWay(
        kdc=facts.kdc,
        transport=facts.transport,
        milliseconds=step.duration_ms,
        error=facts.transport_error,
        code=None if facts.error is None else facts.error.code,
        problem=facts.problem,
        clock=facts.clock,
    )


def _time_server(kdc: KdcEndpoint, answer: TimeAnswer) -> TimeServer:
    """A KDC's host is asked for its own clock, so that its distance from true time does not count."""
    server, reply = str(Endpoint(kdc.host, SNTP_PORT)), answer.reply
    if reply is None or reply.kiss:
        return TimeServer(
            server=server, error=answer.error if reply is None else f"kiss-of-death {reply.kiss}"
        )
    return TimeServer(
        server=server,
        stratum=reply.stratum,
        reference=reply.reference,
        synchronized=reply.synchronized,
        clock=answer.clock_reading(str(kdc)),
    )


def _error(failure: Exception) -> str:
    if isinstance(failure, ConnectionRefusedError):
        return "refused"
    return "timed-out" if isinstance(failure, TimeoutError) else "unreachable"
