"""KDCs and tickets (PURE)."""

from dataclasses import dataclass
from typing import ClassVar

from probe.trace.facts.common import ClockReading, KerberosError


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
    """``option``, ``krb5.conf``, ``none``; of DNS ``dns-srv-site`` (the site's), ``dns-srv-dc`` (every domain
    controller's) or ``dns-srv`` (any Kerberos'), a step each."""
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
    cached: bool = False
    """The service's ticket was in the cache already: no KDC was asked for it in this run."""
    detail: str = ""
    """The system's own words, where the system was to get the ticket."""
