"""From what the user gives (a keytab's or a credential cache's octets) to a secret or a ticket (PURE)."""

from collections.abc import Sequence
from dataclasses import dataclass

from probe.tickets.client.kdc_reply import granted_realm
from probe.tickets.client.results import Problem, TicketError
from probe.tickets.files import ccache, keytab
from probe.tickets.secret import KeytabKeys
from probe.wire.kerberos import Credential, PrincipalName


@dataclass(frozen=True, slots=True, kw_only=True)
class KeytabSecret:
    """A principal of a keytab and its keys."""

    client: PrincipalName
    realm: str
    secret: KeytabKeys
    mail_host: str
    """The host whose ``SMTPSVC`` entry has this principal's keys: its EHLO name. Empty unless exactly one has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedTickets:
    """What a credential cache has for a run. All of it is valid at the time that was asked for."""

    client: PrincipalName
    client_realm: str
    tgt: Credential | None
    """krbtgt/REALM for the wanted realm, else for the client's own."""
    services: tuple[Credential, ...]
    """Tickets for the wanted services, in the order in which they were wanted."""
    kdc_offset_s: float
    """The KDC's clock minus this host's, as the program that wrote the cache measured it."""


def parse_principal(text: str, default_realm: str) -> tuple[PrincipalName, str]:
    r"""``NAME`` or ``NAME@REALM``; ``\@`` is an ``@`` of the name. Raises ValueError for an empty name or
    realm.
    """
    name, realm = text, default_realm
    for position in range(len(text) - 1, 0, -1):
        if text[position] == "@" and text[position - 1] != "\\":
            name, realm = text[:position], text[position + 1 :]
            break
    if not realm:
        raise ValueError(f"no realm is known for the principal {text!r}")
    return PrincipalName.parse(name), realm


def from_keytab(data: bytes, *, principal: str = "", realm: str = "") -> KeytabSecret:
    """The keys of ``principal`` (``NAME`` or ``NAME@REALM``) in a keytab.

    Without a name: the computer account (``NAME$``) if there is one, else the first principal. Names are
    compared as Active Directory does, without case, when nothing fits exactly. Raises KeytabError for a
    damaged file, TicketError (no-credentials) when there is no such principal, and ValueError for a principal
    that is none.
    """
    table = keytab.read(data)
    client, client_realm = _keytab_principal(table, principal, realm)
    keys = tuple((entry.kvno, entry.key) for entry in table.entries_of(client, client_realm))
    return KeytabSecret(
        client=client,
        realm=client_realm,
        secret=KeytabKeys(keys),
        mail_host=_mail_host(table, client, client_realm),
    )


def _mail_host(table: keytab.Keytab, client: PrincipalName, realm: str) -> str:
    """The full name behind ``SMTPSVC/`` of the principal itself, or of the only entry with the same keys.

    An account's SPNs have the account's key. Short names are left out: a sending server says its full one in EHLO.
    """
    own = {entry.key for entry in table.entries_of(client, realm)}
    hosts = {
        entry.principal.components[1].lower(): entry.principal.components[1]
        for entry in table.entries
        if entry.realm == realm and entry.key in own and _is_mail_service(entry.principal)
    }
    if _is_mail_service(client):
        return client.components[1]
    return next(iter(hosts.values())) if len(hosts) == 1 else ""


def _is_mail_service(name: PrincipalName) -> bool:
    parts = name.components
    return len(parts) == 2 and parts[0].upper() == "SMTPSVC" and "." in parts[1]


def _keytab_principal(table: keytab.Keytab, principal: str, realm: str) -> tuple[PrincipalName, str]:
    held = table.principals()
    if not principal:
        candidates = [pair for pair in held if not realm or pair[1].upper() == realm.upper()]
        computers = [pair for pair in candidates if str(pair[0]).endswith("$")]
        users = [pair for pair in candidates if len(pair[0].components) == 1]
        for pair in (*computers, *users, *candidates):
            return pair
        raise TicketError(Problem.NO_CREDENTIALS, detail=f"the keytab has {_listed(held)}")
    # The only realm of the keytab, where the user names none.
    realms = {pair[1] for pair in held}
    name, wanted_realm = parse_principal(principal, realm or (realms.pop() if len(realms) == 1 else ""))
    exact = [pair for pair in held if (str(pair[0]), pair[1]) == (str(name), wanted_realm)]
    loose = [
        pair
        for pair in held
        if (str(pair[0]).lower(), pair[1].upper()) == (str(name).lower(), wanted_realm.upper())
    ]
    for pair in (*exact, *loose):
        return pair
    raise TicketError(
        Problem.NO_CREDENTIALS,
        detail=f"{name}@{wanted_realm} is not in the keytab, which has {_listed(held)}",
    )


def _listed(held: Sequence[tuple[PrincipalName, str]]) -> str:
    names = [f"{name}@{realm}" for name, realm in held[:10]]
    return (", ".join(names) + (" ..." if len(held) > 10 else "")) or "no keys"


SKEW_S = 300.0
"""By how much a ticket may begin later than our clock has it: clocks may differ by that (RFC 4120 section 3.2.3). A
ticket that was fetched a moment ago begins in the future on a host that is behind."""


def from_ccache(data: bytes, *, now: float, realm: str = "", services: Sequence[str] = ()) -> CachedTickets:
    """The ticket-granting ticket for ``realm`` and the tickets for ``services`` in a credential cache.

    ``now`` is this host's clock in seconds since the Unix epoch; the cache's own KDC offset is added before
    anything is held to be expired. Raises CacheError for a damaged file and TicketError: ``expired`` or
    ``not-yet-valid`` when everything of use is, ``no-credentials`` when there is nothing of use.
    """
    cache = ccache.read(data)
    kdc_now = now + cache.kdc_offset_s
    home = realm or cache.default_realm
    fitting = [ticket for ticket in cache.credentials if _fits(ticket, home, cache.default_realm, services)]
    valid = [ticket for ticket in fitting if ticket.start_time - SKEW_S <= kdc_now < ticket.end_time]
    if not valid:
        raise _nothing(cache, fitting, kdc_now)
    return CachedTickets(
        client=cache.default_principal,
        client_realm=cache.default_realm,
        tgt=_tgt(valid, home) or _tgt(valid, cache.default_realm),
        services=tuple(_services(valid, services)),
        kdc_offset_s=cache.kdc_offset_s,
    )


def _fits(ticket: Credential, home: str, client_realm: str, services: Sequence[str]) -> bool:
    realm = granted_realm(ticket.server)
    if realm is not None:
        return realm.upper() in (home.upper(), client_realm.upper())
    return str(ticket.server).lower() in {service.lower() for service in services}


def _tgt(tickets: Sequence[Credential], realm: str) -> Credential | None:
    """The one that lives longest."""
    fitting = [ticket for ticket in tickets if (granted_realm(ticket.server) or "").upper() == realm.upper()]
    return max(fitting, key=lambda ticket: ticket.end_time, default=None)


def _services(tickets: Sequence[Credential], services: Sequence[str]) -> list[Credential]:
    found: list[Credential] = []
    for service in services:
        fitting = [ticket for ticket in tickets if str(ticket.server).lower() == service.lower()]
        found += sorted(fitting, key=lambda ticket: -ticket.end_time)[:1]
    return found


def _nothing(cache: ccache.CredentialCache, fitting: Sequence[Credential], kdc_now: float) -> TicketError:
    if not fitting:
        names = ", ".join(f"{ticket.server}@{ticket.server_realm}" for ticket in cache.credentials[:10])
        return TicketError(Problem.NO_CREDENTIALS, detail=f"the cache has {names or 'no tickets'}")
    last = max(fitting, key=lambda ticket: ticket.end_time)
    early = last.start_time - SKEW_S > kdc_now
    how = (
        f"begins in {last.start_time - kdc_now:.0f} s"
        if early
        else f"ended {kdc_now - last.end_time:.0f} s ago"
    )
    return TicketError(Problem.NOT_YET_VALID if early else Problem.EXPIRED, detail=f"{last.server} {how}")
