"""What was found on this host: facts without judgement (PURE). Nothing here is a key or can be replayed.

Times are seconds since the Unix epoch (UTC). An empty string or ``None`` means "not seen".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from probe.tickets.files.includes import Configuration
from probe.trace.facts import ClockReading, TimeServer


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedTicket:
    """One ticket of a cache, without its session key and its octets."""

    server: str
    """``SMTPSVC/ex1.contoso.lab@CONTOSO.LAB``."""
    start_time: float
    end_time: float
    etype: int
    kvno: int | None = None
    session_etype: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """The default credential cache."""

    name: str
    """``FILE:/tmp/krb5cc_1000``."""
    named_by: str
    """``KRB5CCNAME``, ``krb5.conf`` or ``default``."""
    kind: str = "FILE"
    """What stands before the colon: FILE, DIR, KEYRING, KCM, MSLSA, API, MEMORY."""
    found: bool = False
    error: str = ""
    """Why there is a file and it cannot be read, or is no cache."""
    principal: str = ""
    realm: str = ""
    tickets: tuple[CachedTicket, ...] = ()
    kdc_offset_s: float = 0.0
    """The KDC's clock minus this host's, as the program that wrote the cache measured it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeytabRow:
    """One key's name and version, never the key."""

    principal: str
    kvno: int
    etype: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeytabFile:
    """The default keytab."""

    name: str
    named_by: str
    """``KRB5_KTNAME``, ``krb5.conf`` or ``default``."""
    kind: str = "FILE"
    found: bool = False
    denied: bool = False
    """It is there, and this user may not read it."""
    error: str = ""
    open_to_all: bool = False
    """Any user of this host can read it."""
    rows: tuple[KeytabRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeService:
    """What keeps this host's clock, as far as it shows without privilege."""

    running: tuple[str, ...] = ()
    """``chronyd``, ``ntpd``, ``systemd-timesyncd``, ``w32time`` ..."""
    configured: tuple[str, ...] = ()
    """Servers or sources of the configuration, such as ``server dc1.contoso.lab`` or ``NT5DS``."""
    synchronized: bool | None = None
    """None where it cannot be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """This host's own name, from every source."""

    host: str = ""
    full: str = ""
    """What the resolver makes of it; the default EHLO name."""
    system_addresses: tuple[str, ...] = ()
    dns_addresses: tuple[str, ...] = ()
    dns_error: str = ""
    """A word of `probe.net.dns.Lookup`."""
    reverse: Mapping[str, str] = field(default_factory=dict)
    """Address -> name, empty where there is none."""
    hosts_file: str = ""
    hosts_lines: tuple[str, ...] = ()
    """The lines of the hosts file that name this host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dns:
    """The resolver, and what it says of the realm."""

    nameservers: tuple[str, ...] = ()
    udp_kdcs: tuple[str, ...] = ()
    """``_kerberos._udp.<realm>``: HOST:PORT."""
    tcp_kdcs: tuple[str, ...] = ()
    error: str = ""
    asked: bool = False
    """False without a realm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcWay:
    """A Kerberos exchange with one KDC over one transport."""

    kdc: str
    transport: str
    milliseconds: float
    error: str = ""
    """``refused``, ``timed-out``, ``closed``, ``unreachable``, ``too-long``; empty when something came."""
    code: int | None = None
    """The error code of the KRB-ERROR that came."""
    problem: str = ""
    """What did not fit in what came."""
    clock: ClockReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortKnock:
    """A TCP connection that was opened and closed, nothing said."""

    host: str
    port: int
    milliseconds: float
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kdcs:
    """The realm's KDCs and the ways to them."""

    source: str = "none"
    """``option``, ``dns-srv``, ``krb5.conf`` or ``none``."""
    ways: tuple[KdcWay, ...] = ()
    knocks: tuple[PortKnock, ...] = ()
    time_servers: tuple[TimeServer, ...] = ()
    """The time services of the KDCs' hosts, by SNTP; ``clock.who`` is the KDC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The program's own surroundings."""

    python: str = ""
    openssl: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Distribution -> version; empty where it is not installed."""
    native: bool = False
    """pyspnego finds a Kerberos of this host's own."""
    native_error: str = ""
    library: str = ""
    """The Kerberos library of the system that was found: ``libgssapi_krb5.so.2``, ``SSPI``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """Everything that was found."""

    host: str
    platform: str
    """As `sys.platform`: ``linux``, ``win32``, ``darwin``."""
    user: str = ""
    realm: str = ""
    realm_from: str = ""
    """``option``, ``krb5.conf``, ``domain`` (of this host), or empty."""
    now: float = 0.0
    configuration: Configuration = field(default_factory=Configuration)
    cache: Cache = field(default_factory=lambda: Cache(name="", named_by="default"))
    keytab: KeytabFile = field(default_factory=lambda: KeytabFile(name="", named_by="default"))
    time_service: TimeService = field(default_factory=TimeService)
    names: Names = field(default_factory=Names)
    dns: Dns = field(default_factory=Dns)
    kdcs: Kdcs = field(default_factory=Kdcs)
    installed: Installed = field(default_factory=Installed)
