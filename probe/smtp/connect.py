"""The way to a target: resolve, connect to each address, greet, EHLO, TLS, EHLO again."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from probe.addresses import is_ip_address
from probe.net.connection import Address, Connection, ConnectionFailure
from probe.net.dns import Lookup, dns_addresses, system_addresses
from probe.net.tasks import run_together
from probe.settings.context import RunContext
from probe.settings.options import ProbeOptions
from probe.smtp.session import SmtpSession
from probe.trace import facts
from probe.trace.facts import Outcome

MAXIMUM_ADDRESSES = 8
"""Addresses of one name that are connected to."""
_HOST_NAME = re.compile(r"[A-Za-z0-9_.-]{1,255}|\[[A-Za-z0-9:.]{2,64}\]")
"""A domain, with the underscores of NetBIOS names, or an address literal (RFC 5321 section 4.1.2)."""

_OUTCOMES = {"refused": Outcome.REFUSED, "timed-out": Outcome.TIMEOUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedTarget:
    """A session that has come as far as it could."""

    session: SmtpSession
    address: Address
    target: str

    @property
    def advertised_name(self) -> str:
        """The name that the receiver gave in its last EHLO reply; the target's own without one.

        What cannot be a host's name is no part of a service principal's name either.
        """
        offer = self.session.capabilities
        name = offer.advertised_name if offer is not None else ""
        return name if _HOST_NAME.fullmatch(name) else self.target

    @property
    def is_exchange(self) -> bool:
        """Whether banner or keywords are Exchange's, or were hidden so that nobody can say."""
        offer = self.session.capabilities
        hidden = self.session.banner_masked or (offer is not None and bool(offer.masked))
        return self.session.software == "exchange" or hidden or (offer is not None and offer.is_exchange)

    def service_names(self, options: ProbeOptions) -> tuple[str, ...]:
        """The names to ask a ticket for, in order.

        A sending Exchange asks for ``SMTPSVC/<advertised name>`` only; other vendors' servers are
        ``smtp/<advertised name>`` (RFC 4752 section 3, service name "smtp").
        """
        if options.spn:
            return (options.spn,)
        if self.is_exchange:
            return (f"SMTPSVC/{self.advertised_name}",)
        return (f"smtp/{self.advertised_name}", f"SMTPSVC/{self.advertised_name}")

    def other_names(self) -> tuple[str, ...]:
        """Names of the same host: does the KDC know those while it does not know the service's?"""
        names = dict.fromkeys((self.advertised_name, self.target))
        hosts = [name for name in names if not is_ip_address(name)]
        return tuple(f"{service}/{host}" for host in hosts for service in ("SMTPSVC", "HOST"))


async def connect_target(
    context: RunContext, *, on_ehlo: Callable[[ConnectedTarget], None] = lambda _: None
) -> ConnectedTarget | None:
    """A session as far as EHLO behind TLS; None when nobody answers. Every step is in the context's recorder.

    ``on_ehlo`` is called after the first EHLO, if it was answered well: TLS and the second one are still to come.
    The session is the caller's to close. When this raises, or is cancelled, no connection is left open.
    """
    addresses = await _resolve(context)
    opened: dict[Address, _Opened] = {}
    try:
        await run_together([_connect(context, address, opened) for address in addresses])
        alive = [address for address in addresses if address in opened]
        for spare in alive[1:]:
            await opened[spare].connection.close()
        if not alive:
            return None
        connected = _begin(context, alive[0], opened[alive[0]])
        await _introduce(context.options, connected, on_ehlo)
        return connected
    except BaseException:
        for each in opened.values():
            each.connection.abort()
        raise


def _begin(context: RunContext, address: Address, opened: "_Opened") -> ConnectedTarget:
    session = SmtpSession(
        opened.connection, context.recorder, clock=context.environment.clock, opened_at=opened.at
    )
    return ConnectedTarget(session=session, address=address, target=context.options.name.rstrip("."))


async def _resolve(context: RunContext) -> list[Address]:
    """Addresses of the target, or of what ``--connect`` names; one Resolve step."""
    options, recorder = context.options, context.recorder
    start_ms = recorder.elapsed_ms()
    endpoint = options.connect
    host, port = (endpoint.host, endpoint.port) if endpoint else (options.name, options.port)
    source, found = await _look_up(host, options)
    if endpoint is not None and source == "literal":
        source = "connect-option"
    seen = facts.Resolve(name=host, source=source, addresses=found.addresses, error=found.error)
    outcome = Outcome.OK if found.addresses else Outcome.REFUSED
    recorder.add(seen, Outcome.TIMEOUT if found.error == "timed-out" else outcome, start_ms=start_ms)
    return [Address(host=address, port=port) for address in found.addresses[:MAXIMUM_ADDRESSES]]


async def _look_up(host: str, options: ProbeOptions) -> tuple[str, Lookup]:
    if is_ip_address(host):
        return "literal", Lookup(addresses=(host,))
    if options.nameserver is not None:
        return "dns", await dns_addresses(host, timeout_s=options.timeout_s, nameserver=options.nameserver)
    return "system", await system_addresses(host, timeout_s=options.timeout_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A connection, and when it came up: other addresses may keep us waiting after that."""

    connection: Connection
    at: float


async def _connect(context: RunContext, address: Address, opened: dict[Address, _Opened]) -> None:
    """Connect to one address, keep the step, and put the connection into ``opened``."""
    options, recorder = context.options, context.recorder
    start_ms, error = recorder.elapsed_ms(), ""
    try:
        connection = await Connection.open(address, timeout_s=options.timeout_s, source=options.source)
        opened[address] = _Opened(connection=connection, at=context.environment.clock())
    except ConnectionFailure as failure:
        error = failure.reason
    seen = facts.Connect(
        name=options.name, address=address.host, port=address.port, family=address.family, error=error
    )
    outcome = _OUTCOMES.get(error, Outcome.CLOSED) if error else Outcome.OK
    recorder.add(seen, outcome, start_ms=start_ms)


async def _introduce(
    options: ProbeOptions, connected: ConnectedTarget, on_ehlo: Callable[[ConnectedTarget], None]
) -> None:
    """Greeting, EHLO, TLS, EHLO: each only when the one before went well."""
    session = connected.session
    if not await session.greeting(options.name) or not await session.ehlo(options.ehlo_name):
        return
    on_ehlo(connected)
    mode = tls_mode(connected, options.tls)
    if mode != "none" and await session.start_tls(mode, connected.target):
        await session.ehlo(options.ehlo_name)


def tls_mode(connected: ConnectedTarget, wanted: str) -> str:
    """What a sending Exchange does: X-ANONYMOUSTLS where it is offered, else STARTTLS, else none."""
    if wanted != "auto":
        return wanted
    offer = connected.session.capabilities
    if offer is None:
        return "none"
    return "x-anonymoustls" if offer.x_anonymoustls else "starttls" if offer.starttls else "none"
