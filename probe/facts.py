"""What one step of a probe run saw: facts, without judgement (PURE).

One frozen class a kind of step. Everything here must survive a trip through JSON, so that a saved
trace can be judged again; nothing here is a secret or can be replayed. Times are seconds since the
Unix epoch (UTC), sizes are octets. An empty string or ``None`` means "not seen".
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Outcome(StrEnum):
    """How a step ended. A peer's behaviour, however odd, is one of these and never an exception."""

    OK = "ok"
    REFUSED = "refused"
    MALFORMED = "malformed"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    SKIPPED = "skipped"
    EARLY_DATA = "early-data"
    """Octets arrived in clear behind the reply to the TLS command; they were not parsed."""
    PROBE_BUG = "probe-bug"
    """Nobody foresaw this. It is never blamed on the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """A party's clock against this host's: ``offset_s`` > 0 means that the party is ahead."""

    who: str
    source: str
    """``kdc-stime``, ``smtp-banner``, ``ntlm-timestamp`` or ``krb-error-in-token``."""
    offset_s: float
    uncertainty_s: float
    """Half the round trip plus the resolution of the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpReply:
    """A reply as it came (RFC 5321 section 4.2), tokens removed."""

    code: int
    enhanced: str = ""
    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KerberosError:
    """A KRB-ERROR (RFC 4120 section 5.9.1)."""

    code: int
    name: str
    text: str = ""
    stime: float | None = None
    nt_status: int | None = None
    realm: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """A name looked up in one source."""

    KIND: ClassVar[str] = "resolve"
    name: str
    source: str
    """``system`` (hosts file and the resolver), ``dns``, ``literal`` or ``connect-option``."""
    addresses: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """A TCP connection to one address of the target."""

    KIND: ClassVar[str] = "connect"
    name: str
    address: str
    port: int
    family: str
    """``ipv4`` or ``ipv6``."""
    error: str = ""
    """``refused``, ``timed-out``, ``unreachable``, ``reset`` or the system's own word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """The 220 banner. Exchange's own carries the server's clock to one second."""

    KIND: ClassVar[str] = "greeting"
    reply: SmtpReply | None = None
    name: str = ""
    software: str = ""
    """``exchange``, ``postfix``, ``exim``, ``dovecot`` or empty."""
    masked: bool = False
    """Characters of the banner were replaced by ``*`` or ``X``, as inspecting firewalls do."""
    clock: ClockReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ehlo:
    """EHLO (or HELO, after a refused EHLO) and what the connector offers."""

    KIND: ClassVar[str] = "ehlo"
    verb: str
    name_sent: str
    tls: str
    """``none``, ``starttls`` or ``x-anonymoustls``: the protection at the time of the command."""
    reply: SmtpReply | None = None
    advertised_name: str = ""
    keywords: tuple[str, ...] = ()
    auth: tuple[str, ...] = ()
    exps: tuple[str, ...] = ()
    exchangeauth_hash: tuple[str, ...] = ()
    starttls: bool = False
    x_anonymoustls: bool = False
    is_exchange: bool = False
    """Keywords that only Exchange gives (X-EXPS, X-ANONYMOUSTLS, XRDST, XEXCH50, XSHADOW ...)."""
    masked: tuple[str, ...] = ()
    """Keywords replaced by runs of X, as inspecting firewalls do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate that the peer presented; it was not required to verify."""

    subject: str
    names: tuple[str, ...]
    issuer: str
    self_signed: bool
    key_type: str
    key_bits: int
    not_before: float
    not_after: float
    sha256: str
    public_key_sha256: str
    """SHA-256 of the contents of subjectPublicKey, in hex: tells a TLS-terminating box apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """STARTTLS or X-ANONYMOUSTLS: the command and the handshake behind it."""

    KIND: ClassVar[str] = "tls"
    verb: str
    reply: SmtpReply | None = None
    version: str = ""
    cipher: str = ""
    cipher_bits: int = 0
    certificate: Certificate | None = None
    early_octets: int = 0
    error: str = ""
    """The alert or library reason of a failed handshake, e.g. ``no shared cipher``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcExchange:
    """One request to one KDC over one transport, and its answer."""

    KIND: ClassVar[str] = "kdc"
    realm: str
    kdc: str
    """The KDC as it was named to us or by DNS: ``HOST:PORT``; words where the system does not tell."""
    transport: str
    """``udp`` or ``tcp``; ``native`` where the system put the question, or answered it from its own cache."""
    purpose: str
    """``clock`` (AS-REQ without preauthentication, needs no secret), ``as``, ``as-preauth``, ``tgs``,
    ``spn`` (a TGS-REQ only to learn whether the KDC knows a name)."""
    client: str = ""
    server: str = ""
    sent_octets: int = 0
    received_octets: int = 0
    error: KerberosError | None = None
    transport_error: str = ""
    """``refused``, ``timed-out``, ``closed``, ``unreachable``, ``too-long``, or empty."""
    ticket_etype: int | None = None
    ticket_kvno: int | None = None
    ticket_octets: int | None = None
    session_etype: int | None = None
    end_time: float | None = None
    referral_realm: str = ""
    problem: str = ""
    """What did not fit in an answer that did come: undecodable, wrong nonce, does not decrypt ..."""
    clock: ClockReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcDiscovery:
    """Where the KDCs of a realm come from."""

    KIND: ClassVar[str] = "kdc-discovery"
    realm: str
    source: str
    """``option``, ``dns-srv``, ``krb5.conf`` or ``none``."""
    kdcs: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """How a service ticket was come by; the exchanges themselves are steps of their own."""

    KIND: ClassVar[str] = "ticket"
    source: str
    """``password``, ``keytab``, ``ccache`` or ``native``."""
    client: str
    """Empty where the system does not tell."""
    server: str
    requested: tuple[str, ...] = ()
    """Every SPN that was asked for, in order; the last one is ``server`` if a ticket came."""
    etype: int | None = None
    kvno: int | None = None
    octets: int | None = None
    session_etype: int | None = None
    auth_time: float | None = None
    start_time: float | None = None
    end_time: float | None = None
    error: KerberosError | None = None
    problem: str = ""
    """``credentials-rejected``, ``no-kdc``, ``unknown-server``, ``no-key-for-etype``, ``expired`` ..."""
    detail: str = ""
    """The system's own words, where the system was to get the ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRound:
    """One leg of the mechanism's exchange."""

    direction: str
    """``sent`` or ``received``."""
    kind: str
    """``spnego-init``, ``krb5-ap-req``, ``spnego-resp``, ``krb5-ap-rep``, ``krb-error``, ``empty`` ..."""
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """One authentication on one connection: X-EXPS EXCHANGEAUTH, X-EXPS or AUTH GSSAPI or NTLM."""

    KIND: ClassVar[str] = "handshake"
    verb: str
    mechanism: str
    wrapping: str
    """``spnego`` or ``kerberos``."""
    tls: str
    server: str
    """The service principal of the ticket that was presented."""
    initial_response: bool
    token_octets: int = 0
    token_clean: bool = True
    """Our own decoder reads the token that we sent as one whole AP-REQ for ``server``."""
    injected: str = ""
    """The fault that the user asked us to commit, or empty."""
    rounds: tuple[TokenRound, ...] = ()
    reply: SmtpReply | None = None
    """The reply that ended the exchange: 235, 454, 535, 504 ..."""
    ap_rep_verified: bool = False
    negotiation_state: str = ""
    chosen_mechanism: str = ""
    peer_error: KerberosError | None = None
    """A KRB-ERROR that the receiver put into a token."""
    security_layers: int | None = None
    return_leg: str = ""
    """EXCHANGEAUTH's second half: ``verified``, ``unproven``, ``refused``, ``mismatch``, ``malformed`` or empty."""
    return_server: str = ""
    """Whom the receiver's own ticket is for: by rights ``SMTPSVC/<our name in EHLO>``."""
    return_client: str = ""
    """Whose ticket it is: the receiver's account, as only the holder of our machine key can read it."""
    return_etype: int | None = None
    return_kvno: int | None = None
    disconnected: bool = False
    """The receiver closed the connection after its final reply, as Exchange does after a 454."""
    problem: str = ""
    clock: ClockReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiation:
    """A contrast without any ticket: a SPNEGO NegTokenInit that only names Kerberos, of a chosen length.

    An acceptor that reads it answers with a NegTokenResp, whatever its keys and its clock. Short answered
    and long refused: something between us damages long lines. Both refused: it is not the ticket that is
    disliked.
    """

    KIND: ClassVar[str] = "negotiation"
    verb: str
    mechanism: str
    tls: str
    token_octets: int
    line_octets: int
    answered: bool = False
    """A NegTokenResp came that chose Kerberos or asked for more."""
    reply: SmtpReply | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ntlm:
    """Who the receiver says it is: an NTLM CHALLENGE, got without credentials on a connection of its own.

    The names are the computer's own, whatever the connector advertises (MS-NLMP section 2.2.2.1).
    """

    KIND: ClassVar[str] = "ntlm"
    verb: str
    tls: str
    banner_name: str = ""
    """The name in this connection's banner, and in its EHLO reply: the same server should say the same."""
    advertised_name: str = ""
    reply: SmtpReply | None = None
    """The reply to our cancelling, or the refusal before it."""
    computer: str = ""
    """NetBIOS name."""
    domain: str = ""
    """NetBIOS name."""
    dns_computer: str = ""
    dns_domain: str = ""
    forest: str = ""
    version: str = ""
    """Of Windows, e.g. ``10.0.14393``."""
    clock: ClockReading | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quit:
    """QUIT, and whether the peer said goodbye."""

    KIND: ClassVar[str] = "quit"
    reply: SmtpReply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """What nobody foresaw, in our own code: the traceback without values."""

    KIND: ClassVar[str] = "bug"
    where: str
    error: str
    traceback: tuple[str, ...] = ()


Facts = (
    Resolve
    | Connect
    | Greeting
    | Ehlo
    | Tls
    | KdcExchange
    | KdcDiscovery
    | Ticket
    | Handshake
    | Negotiation
    | Ntlm
    | Quit
    | Bug
)

KINDS: dict[str, type[Facts]] = {
    kind.KIND: kind
    for kind in (
        Resolve,
        Connect,
        Greeting,
        Ehlo,
        Tls,
        KdcExchange,
        KdcDiscovery,
        Ticket,
        Handshake,
        Negotiation,
        Ntlm,
        Quit,
        Bug,
    )
}
