"""The directories of the domain controllers, read only: who has the SPNs, with what key, and whether they agree.

It is what `setspn -L`, `setspn -X` and half of `repadmin` show, asked with our own ticket from wherever we are.
"""

from collections.abc import Iterable
from functools import partial

from probe.directory.visit import CATALOG_PORTS, Visit, Visited, Wanted
from probe.measurements import MeasurementContext
from probe.net.endpoint import Endpoint, EndpointError
from probe.net.tasks import run_together
from probe.tickets.client.transport import KERBEROS_PORT, KdcEndpoint
from probe.tickets.native.context import NativeTicket
from probe.trace import Trace
from probe.trace.facts import DirectoryAnswer, KdcExchange
from probe.trace.views.directory.ownership import computer_name
from probe.trace.views.smtp.session import is_address, receiver_name
from probe.wire.kerberos import Credential

NAME = "directory"
TITLE = "Accounts and SPNs, as every domain controller has them"
DECIDES = (
    "spn-missing",
    "spn-duplicate",
    "spn-on-wrong-account",
    "replication-diverged",
    "machine-key-stale",
    "not-authorized",
    "etype-unsupported",
    "return-spn-missing",
    "trust-broken",
    "tls-terminated-in-path",
    "connector-fqdn-mismatch",
    "receiver-account-refused",
    "return-leg-blocked",
)
COST = 14
REFUSALS = 0

LDAP_PORT = 389
MAXIMUM_CONTROLLERS = 8
MAXIMUM_NAMES = 10
MAXIMUM_CATALOGS = 2
"""Global catalogs tried for the forest-wide search."""


def wanted(trace: Trace) -> bool:
    """There is a realm, and a name to ask about."""
    name = receiver_name(trace)
    asked = trace.of(DirectoryAnswer)
    return bool(trace.request.realm and name) and not is_address(name) and not asked


async def perform(context: MeasurementContext) -> None:
    """Every controller side by side; then the forest, at the first of them that has a global catalog."""
    options = context.options
    controllers = _controllers(context) if options.ask_directory else ()
    names = _names(context)
    if not controllers or not names.spns:
        return
    visits = [
        _visit(context, endpoint, kdc=kdc).make(names, with_trusts=number == 0)
        for number, (endpoint, kdc) in enumerate(controllers)
    ]
    visited = await run_together(visits)
    await _search_forest(context, [each for each in visited if each is not None], names)


def _visit(context: MeasurementContext, endpoint: Endpoint, *, kdc: str = "") -> Visit:
    return Visit(context, endpoint, ticket_for=partial(_ticket, context), kdc=kdc)


async def _search_forest(context: MeasurementContext, visited: Iterable[Visited], names: Wanted) -> None:
    catalogs = [each for each in visited if each.root.global_catalog and each.endpoint.port in CATALOG_PORTS]
    for each in catalogs[:MAXIMUM_CATALOGS]:
        endpoint = Endpoint(each.endpoint.host, CATALOG_PORTS[each.endpoint.port])
        if await _visit(context, endpoint).search_forest(each, names):
            return


async def _ticket(context: MeasurementContext, spn: str) -> Credential | None:
    """Our own; the system's own security package gives no key to sign with."""
    if context.options.credentials.source in ("none", "native"):
        return None
    ticket = await context.ticket_service.other_ticket(spn)
    return None if isinstance(ticket, NativeTicket) else ticket


def _controllers(context: MeasurementContext) -> tuple[tuple[Endpoint, str], ...]:
    """Whom to ask, each with the KDC of the same host as other steps name it, where there is only one such.

    Without an option: the KDCs on port 88. One on another port stands in a lab, whose LDAP port cannot be guessed.
    """
    kdcs = _kdcs(context)
    named = context.options.directory
    endpoints = named or tuple(Endpoint(kdc.host, LDAP_PORT) for kdc in kdcs if kdc.port == KERBEROS_PORT)
    found = []
    for endpoint in dict.fromkeys(endpoints[:MAXIMUM_CONTROLLERS]):
        same = [kdc for kdc in kdcs if kdc.host.casefold() == endpoint.host.casefold()]
        found.append((endpoint, str(same[0]) if len(same) == 1 else ""))
    return tuple(found)


def _kdcs(context: MeasurementContext) -> tuple[KdcEndpoint, ...]:
    """The KDCs of our realm that were asked anything in this run."""
    found: dict[KdcEndpoint, None] = {}
    for step in context.recorder.steps():
        if not isinstance(step.facts, KdcExchange) or step.facts.realm != context.options.realm:
            continue
        try:
            endpoint = KdcEndpoint.parse(step.facts.kdc)
        except EndpointError:
            continue  # "the system's KDC", which nobody knows
        found[endpoint] = None
    return tuple(found)


def _names(context: MeasurementContext) -> Wanted:
    """The SPN forms and computer accounts of the receiver, by each of its names; the way back's, and our account.

    Nothing where the receiver has no name.
    """
    options = context.options
    advertised = "" if context.connected is None else context.connected.advertised_name
    hosts = _hosts(advertised, options.name)
    if not hosts:
        return Wanted(spns=(), accounts=())
    short = hosts[0].partition(".")[0]
    spns = [options.spn] if options.spn else []
    spns += [f"{service}/{host}" for service in ("SMTPSVC", "SMTP") for host in (hosts[0], short)]
    spns += [f"HOST/{hosts[0]}"]
    spns += [f"{service}/{host}" for host in hosts[1:] for service in ("SMTPSVC", "HOST")]
    ours = _hosts(options.ehlo_name)
    spns += [f"SMTPSVC/{host}" for host in ours]
    principal = options.credentials.principal
    accounts = [computer_name(host) for host in (*hosts, *ours)]
    accounts += [] if principal is None else [str(principal).partition("@")[0]]
    return Wanted(spns=_once(spns)[:MAXIMUM_NAMES], accounts=_once(accounts))


def _hosts(*names: str) -> list[str]:
    return [name for name in dict.fromkeys(names) if name and not is_address(name)]


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """Each once without regard to case, as Active Directory compares; of several spellings the first."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.casefold(), name)
    return tuple(first.values())
