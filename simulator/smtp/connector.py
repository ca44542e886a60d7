"""A receive connector's settings, and what follows from them: banner, EHLO reply, what is accepted (PURE).

Sources: published protocol logs for the texts and their order; what each AuthMechanism flag makes a connector
advertise is described behaviour of the shipped product, consistent with those logs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

from simulator.acceptors import exchangeauth
from simulator.acceptors.channel_bindings import Policy
from simulator.faults.values import TlsSettings
from simulator.smtp import profiles, replies
from simulator.smtp.ip_ranges import EVERYBODY, AddressRange, closest, parse_client
from simulator.smtp.profiles import PROFILES, Profile

TlsKind = Literal["none", "starttls", "x-anonymoustls"]
Verb = Literal["AUTH", "X-EXPS"]

DEFAULT_SIZE = 37_748_736
"""Octets: 36 MB, MaxMessageSize of a Default connector since 2013."""
WEAKEST_CIPHER_BITS = 128


class AuthMechanism(StrEnum):
    """The flags of ``Set-ReceiveConnector -AuthMechanism`` that concern SMTP, as Exchange spells them."""

    TLS = "Tls"
    INTEGRATED = "Integrated"
    BASIC_AUTH = "BasicAuth"
    BASIC_AUTH_REQUIRE_TLS = "BasicAuthRequireTLS"
    EXCHANGE_SERVER = "ExchangeServer"


DEFAULT_AUTH = frozenset({AuthMechanism.TLS, AuthMechanism.INTEGRATED, AuthMechanism.EXCHANGE_SERVER})
"""A Default connector's flags, but for BasicAuth and BasicAuthRequireTLS, which concern people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorSettings:
    """One receive connector. Raises ValueError for a profile that is not known."""

    name: str
    server: str
    """The party in the lab, e.g. ``EX1``."""
    fqdn: str
    """The advertised name, out of which senders make ``SMTPSVC/<fqdn>``."""
    auth: frozenset[AuthMechanism] = DEFAULT_AUTH
    enable_auth_gssapi: bool = False
    profile: str = "2016"
    hub: bool = False
    """The Transport service that a 2013+ front end hands connections to, on port 2525."""
    remote_ip_ranges: tuple[AddressRange, ...] = EVERYBODY
    """RemoteIPRanges: the clients that it serves, unless another connector's range is more specific."""
    suppress_x_anonymous_tls: bool = False
    """SuppressXAnonymousTls: X-ANONYMOUSTLS is not offered, so that a WAN optimizer can read the traffic."""
    size: int | None = DEFAULT_SIZE
    """Octets; None advertises ``SIZE`` without a number, as some profiles always do."""
    max_logon_failures: int = 3
    """MaxLogonFailures: so many are accepted, the next one ends the connection; 0 for any number."""
    tarpit_s: float = 0.0
    """How long the answer to a failed log-on takes. Exchange's default is 5 s (TarpitInterval; newer builds have
    AuthTarpitInterval for this case); the lab's is none, so that nobody waits who does not want to."""
    anonymous_submission: bool = False
    """Whoever connects may submit mail for the lab's domain, as with PermissionGroups AnonymousUsers."""
    max_protocol_errors: int = 5
    tls: TlsSettings = field(default_factory=TlsSettings)
    exps_failure: Literal["454", "535"] = "454"
    """Which line a failed X-EXPS gets: 535 is a second code path of newer builds (not verified)."""
    extended_protection: Policy = Policy.NONE
    """ExtendedProtectionPolicy: what GSSAPI's channel bindings must be. EXCHANGEAUTH has a binding of its own; whether
    Exchange looks at both there is not verified."""
    utc_offset_minutes: int = 0
    """The server's time zone, as its banner shows it."""
    max_connections: int = 5000
    inactivity_timeout_s: float = 300.0
    """ConnectionInactivityTimeout: how long one read may take."""
    connection_timeout_s: float = 600.0
    """ConnectionTimeout: how long a connection lives at most, busy or not."""

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise ValueError(f"profile {self.profile!r} is none of {', '.join(PROFILES)}")

    @property
    def version(self) -> Profile:
        """What its version does in its own way."""
        return PROFILES[self.profile]

    def has(self, flag: AuthMechanism) -> bool:
        """Whether the connector has that flag."""
        return flag in self.auth


def banner(settings: ConnectorSettings, now: float) -> str:
    """The text behind ``220``: who it is, and the server's clock to one second.

    ``now`` is the server's own clock, seconds since the epoch. The day of the month has no leading zero:
    ``mail1.fabrikam.com Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700`` [log].
    """
    minutes = settings.utc_offset_minutes
    local = datetime.fromtimestamp(now, UTC) + timedelta(minutes=minutes)
    sign, hours, rest = "-" if minutes < 0 else "+", *divmod(abs(minutes), 60)
    # Names of days and months are English whatever the host's locale is, which strftime does not promise.
    day, month = _DAYS[local.weekday()], _MONTHS[local.month - 1]
    moment = f"{day}, {local.day} {month} {local.year} {local:%H:%M:%S} {sign}{hours:02}{rest:02}"
    return settings.version.banner.format(fqdn=settings.fqdn, moment=moment)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def ehlo_greeting(settings: ConnectorSettings, client_address: str) -> str:
    """The first line of the EHLO reply; HELO's only one."""
    return f"{settings.fqdn} Hello [{client_address}]"


def ehlo_keywords(settings: ConnectorSettings, *, tls: TlsKind) -> tuple[str, ...]:
    """The EHLO keyword lines, in the order of the version's protocol logs."""
    version = settings.version
    may_start = tls == "none" and settings.tls.offered
    starttls = may_start and settings.has(AuthMechanism.TLS)
    anonymous = may_start and settings.has(AuthMechanism.EXCHANGE_SERVER) and version.x_anonymoustls
    login = ("LOGIN",) if version.equals_login else ()
    auth, exps = _auth(settings, tls), _exps(settings, tls)
    offers = {
        profiles.SIZE: (_size(settings),),
        profiles.STARTTLS: version.starttls if starttls else (),
        profiles.X_ANONYMOUSTLS: (
            (profiles.X_ANONYMOUSTLS,) if anonymous and not settings.suppress_x_anonymous_tls else ()
        ),
        profiles.AUTH: _lines("AUTH", auth, login),
        profiles.X_EXPS: _lines("X-EXPS", exps, login),
        profiles.X_EXCHANGEAUTH: _lines("X-EXCHANGEAUTH", _exchangeauth(settings, tls)),
    }
    return tuple(
        line for keyword in version.keywords(hub=settings.hub) for line in offers.get(keyword, (keyword,))
    )


def _size(settings: ConnectorSettings) -> str:
    shown = settings.version.size_has_value and settings.size is not None
    return f"SIZE {settings.size}" if shown else "SIZE"


def _lines(verb: str, offered: tuple[str, ...], repeated: tuple[str, ...] = ()) -> tuple[str, ...]:
    """A verb with what it offers, none without an offer; old clients want some of it behind ``=`` as well."""
    if not offered:
        return ()
    return (" ".join((verb, *offered)), *(f"{verb}={name}" for name in repeated if name in offered))


def ehlo_lines(settings: ConnectorSettings, *, tls: TlsKind, client_address: str) -> tuple[str, ...]:
    """The whole EHLO reply, without codes."""
    return (ehlo_greeting(settings, client_address), *ehlo_keywords(settings, tls=tls))


def _auth(settings: ConnectorSettings, tls: TlsKind) -> tuple[str, ...]:
    """``AUTH``: GSSAPI is off by default; LOGIN would show a password in clear."""
    integrated = settings.has(AuthMechanism.INTEGRATED)
    login = settings.has(AuthMechanism.BASIC_AUTH) and (
        tls != "none" or not settings.has(AuthMechanism.BASIC_AUTH_REQUIRE_TLS)
    )
    offers = (
        ("GSSAPI", integrated and (settings.enable_auth_gssapi or settings.version.always_gssapi)),
        ("NTLM", integrated),
        ("LOGIN", login),
    )
    return tuple(name for name, offered in offers if offered)


def _exps(settings: ConnectorSettings, tls: TlsKind) -> tuple[str, ...]:
    """``X-EXPS``: all of it hangs on one flag."""
    if not settings.has(AuthMechanism.EXCHANGE_SERVER):
        return ()
    return (("EXCHANGEAUTH",) if _exchangeauth(settings, tls) else ()) + settings.version.exps


def _exchangeauth(settings: ConnectorSettings, tls: TlsKind) -> tuple[str, ...]:
    """``X-EXCHANGEAUTH``: the hash, offered where there is a channel to bind to; STARTTLS's does not count."""
    offered = settings.has(AuthMechanism.EXCHANGE_SERVER) and settings.version.exchangeauth
    return (exchangeauth.ALGORITHM,) if offered and tls == "x-anonymoustls" else ()


def unexpected_blob(settings: ConnectorSettings) -> str:
    """What event 1035 calls a context that wants another leg. Newer builds name the usual reason with it.

    Seen in the event of 2016 and later; that 2013 had the shorter name is not verified.
    """
    return "UnexpectedExchangeAuthBlob" + ("CheckForClockSkew" if settings.version.names_clock_skew else "")


def choose(connectors: Sequence[ConnectorSettings], client_address: str) -> ConnectorSettings | None:
    """Which of a port's connectors serves a client: the one with the most specific range, the first of equals.

    None when no range holds the address. Source: Microsoft's description of RemoteIPRanges (Receive connectors,
    "Receive connector remote addresses").
    """
    address = parse_client(client_address)
    if address is None:
        return None
    sizes = [(closest(each.remote_ip_ranges, address), each) for each in connectors]
    found = [(size, each) for size, each in sizes if size is not None]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def is_offered(keywords: tuple[str, ...], verb: str, mechanism: str = "") -> bool:
    """Whether EHLO keyword lines name the verb, with the mechanism when one is given, in any case."""
    for line in keywords:
        keyword, *parameters = line.upper().split(" ")
        if keyword == verb.upper() and (not mechanism or mechanism.upper() in parameters):
            return True
    return False


def failure_reply(settings: ConnectorSettings, verb: Verb, failures: int) -> tuple[bytes, bool]:
    """The reply to failure number ``failures`` of a connection, and whether the connection ends with it."""
    if 0 < settings.max_logon_failures < failures:
        return replies.TOO_MANY_ERRORS, True
    if verb == "AUTH":
        return replies.AUTHENTICATION_UNSUCCESSFUL, False
    if settings.exps_failure == "535":
        return replies.AUTHENTICATION_UNSUCCESSFUL, True
    return replies.TEMPORARY_AUTHENTICATION_FAILURE, True


_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = re.compile(
    rf"(?:{_LABEL})(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]{{2,45}}\]|\[IPv6:[0-9A-Fa-f:.]{{2,45}}\]"
)


def is_domain(text: str) -> bool:
    """Whether EHLO's argument is a name or an address literal (RFC 5321 section 4.1.1.1)."""
    return len(text) <= 255 and _DOMAIN.fullmatch(text) is not None
