"""What one domain controller, or its global catalog, has to say about itself and its forest (PURE)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from simulator.acceptors.acceptor import Acceptor
from simulator.acceptors.channel_bindings import Policy
from simulator.directory.store import Directory
from simulator.faults.engine import Faults
from simulator.ldap.entries import Entry, entry
from simulator.ldap.messages import PAGED_RESULTS
from simulator.ldap.names import of_domain
from simulator.ldap.tree import objects
from simulator.ledger import Ledger

WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3"
"""RFC 4532."""
START_TLS = "1.3.6.1.4.1.1466.20037"
"""RFC 4511 section 4.14."""
DOMAIN_SCOPE = "1.2.840.113556.1.4.1339"
"""LDAP_SERVER_DOMAIN_SCOPE_OID: no references (MS-ADTS section 3.1.1.3.4.1.4)."""
CONTROLS = (PAGED_RESULTS, DOMAIN_SCOPE, "1.2.840.113556.1.4.801", "1.2.840.113556.1.4.1340")
"""Those above, LDAP_SERVER_SD_FLAGS_OID and LDAP_SERVER_SEARCH_OPTIONS_OID, which change nothing here."""
CAPABILITIES = (
    "1.2.840.113556.1.4.800",
    "1.2.840.113556.1.4.1670",
    "1.2.840.113556.1.4.1791",
    "1.2.840.113556.1.4.1935",
    "1.2.840.113556.1.4.2080",
    "1.2.840.113556.1.4.2237",
)
"""Active Directory, of 2003, with signing, of 2008, of 2008 R2, of 2012 (MS-ADTS section 3.1.1.3.4.3)."""
MECHANISMS = ("GSSAPI", "GSS-SPNEGO")
TlsPolicy = Literal["none", "offered", "required"]
LEVEL_2016 = "7"
"""DS_BEHAVIOR_WIN2016 (MS-ADTS section 6.1.4.2)."""
SITE = "CN=Default-First-Site-Name,CN=Sites,CN=Configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """One port of a domain controller: 389, or with ``catalog`` 3268, the global catalog."""

    name: str
    realm: str
    views: Callable[[], tuple[Directory, ...]]
    """Its own domain after every fault, then the other domains of the forest."""
    acceptor: Callable[[], Acceptor]
    """A new one for each bind."""
    clock: Callable[[], float]
    faults: Faults
    ledger: Ledger
    catalog: bool = False
    requires_signing: bool = True
    """As a modern domain controller's policy "LDAP server signing requirements" has it."""
    tls: TlsPolicy = "none"
    """``none``: without a certificate; ``required``: no bind outside TLS, which is no policy of AD's."""
    channel_bindings: Policy = Policy.ALLOW
    """Its policy "LDAP server channel binding token requirements": never, when supported, always."""
    domain: str = field(init=False)
    """The distinguished name of its own domain."""
    _shown: dict[str, tuple[tuple[Directory, ...], tuple[Entry, ...]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    """What the last search looked through: half of a search's cost was making the same objects again."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", of_domain(self.realm.lower()))

    @property
    def fqdn(self) -> str:
        """Its full name."""
        return f"{self.name.lower()}.{self.realm.lower()}"

    @property
    def configuration(self) -> str:
        """The configuration naming context."""
        return f"CN=Configuration,{self.domain}"

    def entries(self) -> tuple[Entry, ...]:
        """What a search looks through: its domain, its configuration, and in the catalog the other domains."""
        views = self.views()
        if "last" not in self._shown or self._shown["last"][0] != views:
            self._shown["last"] = views, self._made(views)
        return self._shown["last"][1]

    def _made(self, views: tuple[Directory, ...]) -> tuple[Entry, ...]:
        own, *others = views
        found = [*objects(own), *self._configuration_entries()]
        if self.catalog:
            found += [each for other in others for each in objects(other)]
        return tuple(found)

    def _configuration_entries(self) -> tuple[Entry, ...]:
        schema = f"CN=Schema,{self.configuration}"
        return (
            entry(
                self.configuration,
                {
                    "objectClass": ("top", "configuration"),
                    "distinguishedName": self.configuration,
                    "cn": "Configuration",
                },
            ),
            entry(schema, {"objectClass": ("top", "dMD"), "distinguishedName": schema, "cn": "Schema"}),
        )

    def root(self) -> Entry:
        """The rootDSE (MS-ADTS section 3.1.1.3.2), which anybody may read."""
        server = f"CN={self.name},CN=Servers,{SITE},{self.domain}"
        contexts = (self.domain, self.configuration, f"CN=Schema,{self.configuration}")
        now = datetime.fromtimestamp(self.clock(), UTC).strftime("%Y%m%d%H%M%S.0Z")
        return entry(
            "",
            {
                "domainFunctionality": LEVEL_2016,
                "forestFunctionality": LEVEL_2016,
                "domainControllerFunctionality": LEVEL_2016,
                "rootDomainNamingContext": self.domain,
                "ldapServiceName": f"{self.realm.lower()}:{self.name.lower()}$@{self.realm.upper()}",
                "isGlobalCatalogReady": "TRUE",
                "supportedSASLMechanisms": MECHANISMS,
                "supportedLDAPVersion": ("3", "2"),
                "supportedControl": CONTROLS,
                "supportedCapabilities": CAPABILITIES,
                "supportedExtension": (START_TLS, WHO_AM_I),
                "subschemaSubentry": f"CN=Aggregate,{contexts[2]}",
                "serverName": server,
                "schemaNamingContext": contexts[2],
                "namingContexts": contexts,
                "isSynchronized": "TRUE",
                "dsServiceName": f"CN=NTDS Settings,{server}",
                "dnsHostName": self.fqdn,
                "defaultNamingContext": self.domain,
                "currentTime": now,
                "configurationNamingContext": self.configuration,
            },
        )
