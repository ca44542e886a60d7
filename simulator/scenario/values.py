"""What a scenario file says, as values: the fields are the TOML keys.

Durations are seconds. Defaults make the smallest lab: one domain controller, one receive connector, the
computer accounts of two Exchange servers, and a user.
"""

from dataclasses import dataclass, field
from typing import Literal

from simulator.directory.store import DEFAULT_ETYPES
from simulator.faults import Fault
from simulator.faults.values import Seconds

Profile = Literal["2003", "2007", "2010", "2013", "2016", "2019", "se", "edge"]
AuthFlag = Literal["ExchangeServer", "Integrated", "Tls", "BasicAuth", "BasicAuthRequireTLS"]
TlsVersion = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
SERVICE_CLASSES = ("SMTPSVC", "SMTP", "HOST")
"""What a mailbox server's computer account has SPNs for: Exchange's two, and every computer's HOST."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealmSetup:
    """The Kerberos realm; its DNS domain is the same name in lower case."""

    name: str = "CONTOSO.LAB"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSetup:
    """One more realm, and a trust in both directions between it and one that is there; its domain is its name."""

    realm: str
    to: str = ""
    """The realm that it shares the trust with, declared before it; default: the first. Trusts are transitive."""
    kvno: int = 1
    """Of the password that the two share."""
    same_forest: bool = False
    """The global catalogs of both know the accounts of both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSetup:
    """A user, or a computer account (its name ends in ``$``)."""

    name: str
    realm: str = ""
    """Default: the first realm. A name is there once in the whole lab."""
    spns: tuple[str, ...] = ()
    """Of a computer account without this key: SMTPSVC, SMTP and HOST with the full and the short name."""
    more_spns: tuple[str, ...] = ()
    """Beside those of ``spns``, or beside what it has without that key."""
    etypes: tuple[int, ...] = tuple(int(etype) for etype in DEFAULT_ETYPES)
    kvno: int = 3
    disabled: bool = False
    requires_preauthentication: bool = True
    ticket_padding: int = 0
    """Octets that this client's tickets are longer by, as a large PAC makes them."""

    @property
    def is_computer(self) -> bool:
        """A computer account, with a random key and a keytab."""
        return self.name.endswith("$")

    @property
    def host(self) -> str:
        """The computer's short name in lower case."""
        return self.name.rstrip("$").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcSetup:
    """A domain controller."""

    name: str
    realm: str = ""
    """Default: the first realm."""
    ldap_signing: bool = True
    """Its policy "LDAP server signing requirements": a bind without signing or sealing is refused."""
    ldap_tls: Literal["none", "offered", "required"] = "none"
    """Whether it has a certificate, for StartTLS and LDAPS; ``required``: it takes no bind outside of TLS."""
    ldap_channel_binding: Literal["none", "allow", "require"] = "allow"
    """Its policy "LDAP server channel binding token requirements": never, when supported, always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorSetup:
    """A receive connector of an Exchange server."""

    name: str = "Default EX1"
    server: str = "EX1"
    profile: Profile = "2016"
    auth: tuple[AuthFlag, ...] = ("ExchangeServer", "Integrated", "Tls")
    enable_auth_gssapi: bool = False
    port: int = 25
    """Exchange's own number: connectors of a server with the same one share a port of the lab."""
    remote_ip_ranges: tuple[str, ...] = ()
    """The clients that it serves, as in ``192.0.2.17``, ``192.0.2.0/24`` or ``192.0.2.1-192.0.2.9``; default: all."""
    hub: bool = False
    """The Transport service behind a 2013+ front end, with the keywords that only it has."""
    suppress_x_anonymous_tls: bool = False
    exps_failure: Literal["454", "535"] = "454"
    """How it answers a failed X-EXPS."""
    tarpit: Seconds = Seconds(0.0)  # noqa: RUF009 - a NewType of float, immutable
    """How long the answer to a failed log-on takes; Exchange's default is 5 s."""
    max_logon_failures: int = 3
    """The next one ends the connection; 0: never."""
    extended_protection: Literal["none", "allow", "require"] = "none"
    """ExtendedProtectionPolicy: what GSSAPI's channel bindings must be."""
    tls_maximum: TlsVersion = "TLSv1.2"
    """The newest version that the server speaks; Windows has TLS 1.3 since Server 2022."""
    tls_key: Literal["rsa-2048", "ec-p256"] = "rsa-2048"
    utc_offset_minutes: int = 0
    """The server's time zone, which its banner shows; east is positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSettings:
    """How `exps lab run` calls the probe."""

    credentials: Literal["password", "keytab", "ccache", "none"] = "keytab"
    """With ``password`` a computer account has one too, as if somebody had set it by hand; ``none``: no log-on."""
    user: str = ""
    """Default: ``EX2$`` with a keytab, else ``alice``."""
    password: str = field(default="", repr=False)
    """In place of the account's own, to show a wrong one."""
    mechanism: Literal["auto", "exchangeauth", "exps-gssapi", "auth-gssapi", "ntlm", "none"] = "auto"
    """`probe.settings.options.MECHANISMS`, which a test compares this with."""
    tls: Literal["auto", "x-anonymoustls", "starttls", "none"] = "auto"
    inject: str = ""
    effort: Literal["quick", "default", "thorough"] = "default"
    """How much is measured around the log-on: `--quick`, neither, or `--thorough`."""
    target: str = ""
    """The name that is asked for; default: the server's own. Where it is another one, the probe asks the DNS for it."""
    connect: bool = True
    """False: the probe is given no address and has to ask the lab's DNS for the name."""
    discover_kdcs: bool = False
    """True: the probe is given no KDC and has to ask the lab's DNS for them."""
    ehlo: str = ""
    spn: str = ""
    source: str = ""
    """Our own address, which decides between connectors of a port; any of 127.0.0.0/8 on most systems."""
    connector: str = ""
    """Default: the scenario's first."""
    ask_ntlm: bool = True
    """False: `--no-ntlm`, as where a question by NTLM would raise an alarm."""
    timeout: Seconds = Seconds(5.0)  # noqa: RUF009 - a NewType of float, immutable

    @property
    def principal(self) -> str:
        """The account that the probe logs on as."""
        return self.user or ("EX2$" if self.credentials == "keytab" else "alice")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEvent:
    """An event that the receiver logs."""

    id: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What has to come out. The probe never sees this."""

    cause: str
    certainty: Literal["certain", "likely", "possible"] = "certain"
    status: Literal["ok", "warning", "failure", "unknown", ""] = ""
    """Empty: whatever goes with the cause."""
    smtp: str = ""
    """How the reply that ended the last authentication begins; empty: no authentication was answered."""
    event: ExpectedEvent | None = None
    """None: the receiver logs no event 1035."""
    alternatives: tuple[str, ...] = ()
    """Causes that the verdict must name beside its own."""
    truth: tuple[str, ...] = ()
    """What is really wrong, where that is not ``cause`` alone: two faults, or one that cannot be told from outside."""

    @property
    def true_causes(self) -> tuple[str, ...]:
        """Every cause that would be right."""
        return self.truth or (self.cause,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a reader takes home, and the commands by which an administrator sees it for himself."""

    explain: str
    check: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A lab, what is broken in it, and what has to come out."""

    name: str
    title: str
    story: str
    lesson: Lesson
    expect: Expect
    realm: str = "CONTOSO.LAB"
    accounts: tuple[AccountSetup, ...] = ()
    trusts: tuple[TrustSetup, ...] = ()
    kdcs: tuple[KdcSetup, ...] = (KdcSetup(name="DC1"),)
    connectors: tuple[ConnectorSetup, ...] = (ConnectorSetup(),)
    faults: tuple[Fault, ...] = ()
    probe: ProbeSettings = field(default_factory=ProbeSettings)

    @property
    def domain(self) -> str:
        """The realm's DNS domain."""
        return self.realm.lower()

    @property
    def servers(self) -> tuple[str, ...]:
        """The Exchange servers that have a connector, each once."""
        return tuple(dict.fromkeys(connector.server for connector in self.connectors))

    @property
    def ports(self) -> tuple[tuple[ConnectorSetup, ...], ...]:
        """The connectors of each port of each server, in the order of their first ones."""
        found: dict[tuple[str, int], tuple[ConnectorSetup, ...]] = {}
        for connector in self.connectors:
            key = connector.server, connector.port
            found[key] = (*found.get(key, ()), connector)
        return tuple(found.values())

    @property
    def realms(self) -> tuple[str, ...]:
        """The first realm, and those that it has a trust with."""
        return (self.realm, *(trust.realm for trust in self.trusts))

    def forest_of(self, realm: str) -> tuple[str, ...]:
        """The realms of a realm's forest, itself among them."""
        together = (self.realm, *(trust.realm for trust in self.trusts if trust.same_forest))
        return together if realm in together else (realm,)

    def realm_of(self, party: str) -> str:
        """The realm of a server, an account or a domain controller; the first one for everybody else."""
        homes = {account.name.removesuffix("$").lower(): account.realm for account in self.accounts}
        homes |= {kdc.name.lower(): kdc.realm for kdc in self.kdcs}
        return homes.get(party.removesuffix("$").lower()) or self.realm

    def fqdn(self, party: str) -> str:
        """The full DNS name of a server or domain controller."""
        return f"{party.lower()}.{self.realm_of(party).lower()}"


def default_spns(host: str, domain: str) -> tuple[str, ...]:
    """A computer account's SPNs: each service class with the full and the short name."""
    return tuple(f"{service}/{name}" for service in SERVICE_CLASSES for name in (f"{host}.{domain}", host))
