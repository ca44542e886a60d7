"""What is measured around the handshake: time servers, more connections, the directory, another service (PURE)."""

from dataclasses import dataclass
from typing import ClassVar

from probe.trace.facts.common import ClockReading, KerberosError


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeServer:
    """An SNTP question (RFC 4330) and its answer: this host's, a domain controller's or the receiver's time service."""

    KIND: ClassVar[str] = "time-server"
    server: str
    """``HOST:PORT``."""
    stratum: int | None = None
    """1 to 15; 0 is a "kiss of death", 16 is unsynchronized."""
    reference: str = ""
    """What the server takes its own time from: an address, or four letters such as ``LOCL``."""
    synchronized: bool | None = None
    """False when the leap indicator is 3: the server itself does not trust its clock."""
    error: str = ""
    """``refused``, ``timed-out``, ``unreachable``, or what did not fit in the answer."""
    clock: ClockReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One more connection to the same name and port, only to see who answers: a balancer sends it elsewhere."""

    KIND: ClassVar[str] = "look"
    address: str
    port: int
    banner_name: str = ""
    advertised_name: str = ""
    tls: str = "none"
    public_key_sha256: str = ""
    """As in `Certificate`; empty without TLS."""
    error: str = ""
    """Why the look ended early."""
    clock: ClockReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryAccount:
    """One account as one domain controller has it. ``None`` means that the attribute was not given."""

    name: str
    """sAMAccountName, ``EX1$``."""
    dn: str = ""
    dns_host_name: str = ""
    spns: tuple[str, ...] = ()
    """servicePrincipalName."""
    kvno: int | None = None
    """msDS-KeyVersionNumber."""
    password_set: float | None = None
    """pwdLastSet, seconds since the Unix epoch (UTC); 0 where the password must be changed."""
    account_control: int | None = None
    """userAccountControl, MS-ADTS section 2.2.16."""
    disabled: bool | None = None
    etypes: int | None = None
    """msDS-SupportedEncryptionTypes, MS-KILE section 2.2.7."""
    groups: tuple[str, ...] = ()
    """The common names of the groups in memberOf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryTrust:
    """A trustedDomain object, MS-ADTS section 6.1.6.7."""

    partner: str
    """trustPartner: the other domain's DNS name."""
    direction: int | None = None
    """trustDirection: 1 inbound, 2 outbound, 3 both ways."""
    attributes: int | None = None
    etypes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryAnswer:
    """One question to the directory of one domain controller over LDAP, read only."""

    KIND: ClassVar[str] = "directory"
    dc: str
    """``HOST:PORT`` as it was named to us."""
    host: str = ""
    """The controller's own DNS name (rootDSE ``dnsHostName``)."""
    kdc: str = ""
    """The KDC of the same controller as other steps name it, where that is known."""
    question: str = "root"
    """``root`` (rootDSE, needs no credentials), ``account`` (one account by name), ``owners`` (who has an SPN)
    or ``trusts``."""
    subject: str = ""
    """The account or SPN that was asked for."""
    forest_wide: bool = False
    """The whole forest was searched, through the global catalog; else one domain."""
    protection: str = "none"
    """``none``, ``signed``, ``sealed``, ``tls``."""
    accounts: tuple[DirectoryAccount, ...] = ()
    trusts: tuple[DirectoryTrust, ...] = ()
    complete: bool = True
    """False when the answer was cut by a limit: then an absence proves nothing."""
    error: str = ""
    """``refused``, ``timed-out``, ``unreachable``, ``no-ticket``, ``bind-refused``, ``not-installed``, ``malformed``
    or empty."""
    detail: str = ""
    """The directory's own words."""
    clock: ClockReading | None = None
    """``currentTime`` of rootDSE, one second exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmbSessionCheck:
    """What another service of the same computer says of its key and clock: an SMB2 session set-up, no share opened.

    Windows puts the KRB-ERROR that SMTP hides into the answer; Samba gives the status alone.
    """

    KIND: ClassVar[str] = "second-opinion"
    stage: str
    """``negotiate`` (needs no credentials, tells the clock) or ``session`` (shows a ticket)."""
    address: str
    port: int
    server: str = ""
    """The SPN of the ticket that was shown, ``cifs/<fqdn>``."""
    dialect: str = ""
    """``2.0.2`` to ``3.1.1``."""
    ticket_etype: int | None = None
    ticket_kvno: int | None = None
    status: int | None = None
    """NTSTATUS of the answer, MS-ERREF section 2.3."""
    accepted: bool = False
    ap_rep_verified: bool = False
    """The computer proved that it holds the key that the ticket was made with."""
    peer_error: KerberosError | None = None
    """The KRB-ERROR in the answer's SPNEGO token."""
    error: str = ""
    """Why there was no answer: ``refused``, ``timed-out``, ``closed``, ``unreachable``, ``no-ticket``."""
    problem: str = ""
    """What did not fit in an answer that did come."""
    clock: ClockReading | None = None
    """SystemTime of the negotiation, or the KRB-ERROR's ``stime``."""
