"""What a probe run is asked to do (PURE values; files are read before this)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from probe.net.endpoint import Endpoint
from probe.settings.injection import Injection
from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files.krb5conf import Krb5Config
from probe.tickets.secret import Secret
from probe.wire.kerberos import PrincipalName

SMTP_PORT = 25
MECHANISMS = ("auto", "exchangeauth", "exps-gssapi", "auth-gssapi", "ntlm", "none")
WRAPPINGS = ("auto", "spnego", "kerberos")
EFFORTS = ("quick", "default", "thorough")
BINDINGS = ("none", "tls-server-end-point", "tls-unique")
TLS_MODES = ("auto", "x-anonymoustls", "starttls", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who the probe is in Kerberos, and how it proves that: a secret or a ticket cache."""

    source: str = "none"
    """``none``, ``password``, ``keytab``, ``ccache`` or ``native``."""
    principal: PrincipalName | None = None
    secret: Secret | None = field(default=None, repr=False)
    mail_host: str = ""
    """The host of the keytab's ``SMTPSVC`` entry, where exactly one fits the principal."""
    cache: bytes = field(default=b"", repr=False)
    """The octets of a credential cache; its tickets are chosen when the service's name is known."""


NO_CREDENTIALS = Credentials()
NO_CONFIG = Krb5Config()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOptions:
    """One target and everything that may be chosen about it. Times are seconds."""

    name: str
    port: int = SMTP_PORT
    connect: Endpoint | None = None
    """Where to connect when it is not ``name``: the answer to "what if DNS pointed here?"."""
    source: str = ""
    """Our own IP address for connections to the receiver; empty: the system's choice. Connectors differ by it."""
    realm: str = ""
    realm_source: str = "given"
    """Where it comes from: ``given``, ``keytab``, ``ccache``, ``krb5.conf`` or ``target`` (its domain)."""
    kdcs: tuple[KdcEndpoint, ...] = ()
    other_kdcs: Mapping[str, tuple[KdcEndpoint, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """KDCs of other realms, to which ours may refer us, by realm."""
    krb5_config: Krb5Config = NO_CONFIG
    """This host's krb5.conf, for KDCs that neither ``kdcs`` nor DNS name."""
    credentials: Credentials = NO_CREDENTIALS
    ehlo_name: str = "localhost"
    ehlo_source: str = "given"
    """Where ``ehlo_name`` comes from: ``given``, ``keytab``, ``account`` (guessed from it) or ``host`` (this one's)."""
    spn: str = ""
    mechanism: str = "auto"
    tls: str = "auto"
    wrapping: str = "auto"
    """How the AP-REQ travels: ``spnego``, ``kerberos``, or what the mechanism's usual client does."""
    bindings: str = "none"
    """Channel bindings of a GSSAPI token (RFC 5929); a sending Exchange is not known to give any."""
    initial_response: bool = False
    """Send the token on the command's own line; a sending Exchange sends the verb alone first."""
    ask_ntlm: bool = True
    """Ask the receiver by NTLM who it is and what time it has; that needs no credentials."""
    injection: Injection | None = None
    effort: str = "default"
    """``quick``: the handshake alone; ``default``: what is still undecided after it is measured; ``thorough``:
    everything that can be measured is."""
    directory: tuple[Endpoint, ...] = ()
    """Domain controllers to ask over LDAP; empty: those of the KDCs that listen on port 88."""
    ask_directory: bool = True
    smb: Endpoint | None = None
    """Where the receiver's own SMB service is; None: port 445 of the address that answered, when nobody said
    ``connect``."""
    ask_smb: bool = True
    sntp: tuple[Endpoint, ...] = ()
    """Time servers to ask; empty: the hosts of the KDCs that listen on port 88."""
    site: str = ""
    """The Active Directory site whose KDCs come first (MS-ADTS section 6.3.2.3); empty: any."""
    nameserver: Endpoint | None = None
    timeout_s: float = 10.0
    """For each wait on a peer."""
    deadline_s: float = 60.0
    """For the whole run; what is known by then is judged."""
