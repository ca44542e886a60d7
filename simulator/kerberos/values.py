"""The lab's Kerberos values: frozen, typed, without a trace of the ASN.1 library (PURE).

They are imported from `simulator.kerberos`, which reads and writes them. Times are whole seconds since the
Unix epoch, UTC: a KerberosTime has no fractions (RFC 4120 section 5.2.3), microseconds travel beside it.
"""

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from probe.wire.crypto import Key


class MessageType(IntEnum):
    """RFC 4120 section 7.5.7."""

    AS_REQ = 10
    AS_REP = 11
    TGS_REQ = 12
    TGS_REP = 13
    AP_REQ = 14
    AP_REP = 15
    KRB_ERROR = 30


class NameType(IntEnum):
    """RFC 4120 section 6.2 and, for ENTERPRISE, RFC 6806 section 5."""

    UNKNOWN = 0
    PRINCIPAL = 1
    SRV_INST = 2
    SRV_HST = 3
    ENTERPRISE = 10


class PaDataType(IntEnum):
    """RFC 4120 section 7.5.2."""

    TGS_REQ = 1
    ENC_TIMESTAMP = 2
    ETYPE_INFO2 = 19


def _bit(number: int) -> int:
    """KerberosFlags count from the most significant of 32 bits (RFC 4120 section 5.2.8)."""
    return 1 << (31 - number)


class KdcOption(IntFlag):
    """RFC 4120 section 5.4.1; CANONICALIZE: RFC 6806 section 3, CNAME_IN_ADDL_TKT: MS-SFU section 2.2.3."""

    FORWARDABLE = _bit(1)
    FORWARDED = _bit(2)
    PROXIABLE = _bit(3)
    PROXY = _bit(4)
    ALLOW_POSTDATE = _bit(5)
    POSTDATED = _bit(6)
    RENEWABLE = _bit(8)
    CNAME_IN_ADDL_TKT = _bit(14)
    CANONICALIZE = _bit(15)
    RENEWABLE_OK = _bit(27)
    ENC_TKT_IN_SKEY = _bit(28)
    RENEW = _bit(30)
    VALIDATE = _bit(31)


class TicketFlag(IntFlag):
    """RFC 4120 section 5.3."""

    FORWARDABLE = _bit(1)
    FORWARDED = _bit(2)
    PROXIABLE = _bit(3)
    PROXY = _bit(4)
    RENEWABLE = _bit(8)
    INITIAL = _bit(9)
    PRE_AUTHENT = _bit(10)
    TRANSITED_POLICY_CHECKED = _bit(12)
    OK_AS_DELEGATE = _bit(13)


class ApOption(IntFlag):
    """RFC 4120 section 5.5.1."""

    USE_SESSION_KEY = _bit(1)
    MUTUAL_REQUIRED = _bit(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalName:
    """A name without its realm."""

    name_type: int
    components: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join(self.components)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedData:
    """Ciphertext; `kvno` is there when a long-term key made it."""

    etype: int
    kvno: int | None = None
    cipher: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as it travels: all but realm, server, etype and kvno is inside `encrypted`."""

    realm: str
    server: PrincipalName
    encrypted: EncryptedData


@dataclass(frozen=True, slots=True, kw_only=True)
class PaData:
    """One piece of preauthentication data."""

    padata_type: int
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationElement:
    """One element of AuthorizationData."""

    ad_type: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """A checksum and its type (IANA "Kerberos Checksum Type Numbers")."""

    checksum_type: int
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EtypeInfoEntry:
    """One encryption type that the client may use, with its salt (RFC 4120 section 5.2.7.5)."""

    etype: int
    salt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcRequestBody:
    """What a client asks a KDC for. `till` 0 means as long as possible (MIT, and RFC 4120 section 3.1.3)."""

    options: KdcOption
    client: PrincipalName | None = None
    realm: str
    server: PrincipalName | None = None
    till: int
    renew_until: int | None = None
    nonce: int
    etypes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcRequest:
    """An AS-REQ or TGS-REQ."""

    message_type: MessageType
    padata: tuple[PaData, ...]
    body: KdcRequestBody
    raw_body: bytes = field(repr=False)
    """The body's octets as the client sent them: its authenticator's checksum is over these."""

    def first(self, padata_type: int) -> bytes | None:
        """The value of the first piece of that type."""
        return next((p.value for p in self.padata if p.padata_type == padata_type), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApRequest:
    """An AP-REQ: a ticket, and the proof that its sender knows the session key."""

    options: ApOption
    ticket: Ticket
    authenticator: EncryptedData


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator:
    """What is inside `ApRequest.authenticator`."""

    client_realm: str
    client: PrincipalName
    checksum: Checksum | None = None
    ctime: int
    cusec: int
    subkey: Key | None = None
    sequence_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EncTicketPart:
    """What is inside a ticket, for the server's eyes."""

    flags: TicketFlag
    key: Key
    client_realm: str
    client: PrincipalName
    auth_time: int
    start_time: int | None = None
    end_time: int
    renew_till: int | None = None
    authorization_data: tuple[AuthorizationElement, ...] = ()
    transited: tuple[str, ...] = ()
    """The realms between the client's and the server's, uncompressed (RFC 4120 section 3.3.3.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncKdcReplyPart:
    """What a KDC tells the client about a ticket, for the client's eyes."""

    key: Key
    nonce: int
    flags: TicketFlag
    auth_time: int
    start_time: int
    end_time: int
    renew_till: int | None = None
    server_realm: str
    server: PrincipalName


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcReply:
    """An AS-REP or TGS-REP."""

    message_type: MessageType
    padata: tuple[PaData, ...] = ()
    client_realm: str
    client: PrincipalName
    ticket: Ticket
    encrypted: EncryptedData


@dataclass(frozen=True, slots=True, kw_only=True)
class EncApReplyPart:
    """What is inside an AP-REP: the client's own time, sent back under the session key."""

    ctime: int
    cusec: int
    subkey: Key | None = None
    sequence_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KrbError:
    """A KRB-ERROR. `stime` and `susec` are the sender's own clock."""

    error_code: int
    stime: int
    susec: int
    realm: str
    server: PrincipalName
    ctime: int | None = None
    cusec: int | None = None
    client_realm: str | None = None
    client: PrincipalName | None = None
    text: str | None = None
    data: bytes | None = None
