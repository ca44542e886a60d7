"""Authentications, and who the receiver says it is (PURE)."""

from dataclasses import dataclass
from typing import ClassVar

from probe.trace.facts.common import ClockReading, KerberosError, SmtpReply


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
    bindings: str = ""
    """The channel bindings in our token, ``tls-server-end-point`` or ``tls-unique`` (RFC 5929); empty for none."""
    kdc: str = ""
    """In a contrast that chose it: the KDC whose ticket was presented."""
    contrast: str = ""
    """The measurement that this authentication belongs to, with one difference to the main one; empty for that."""
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
