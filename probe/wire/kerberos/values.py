"""Kerberos messages as frozen values, and the numbers that they are built of. PURE; no encoding here.

Import these from `probe.wire.kerberos`. Every number is a plain int, so that one that nobody here knows is
kept. Times are seconds since the Unix epoch, UTC. Flags are 32-bit words with ASN.1's bit 0 uppermost, as
`klist` of Windows prints them (forwardable = 0x40000000). Ciphers, tickets and keys are left out of every
repr: they could be replayed.
"""

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from probe.wire.crypto import Key


class MessageType(IntEnum):
    """Application tags and msg-type, RFC 4120 sections 5.10 and 7.5.7."""

    TICKET = 1
    AUTHENTICATOR = 2
    ENC_TICKET_PART = 3
    AS_REQ = 10
    AS_REP = 11
    TGS_REQ = 12
    TGS_REP = 13
    AP_REQ = 14
    AP_REP = 15
    ENC_AS_REP_PART = 25
    ENC_TGS_REP_PART = 26
    ENC_AP_REP_PART = 27
    KRB_ERROR = 30


class NameType(IntEnum):
    """Principal name types, RFC 4120 section 7.5.8 and MS-KILE section 2.2 (the negative one)."""

    UNKNOWN = 0
    PRINCIPAL = 1
    SRV_INST = 2
    SRV_HST = 3
    SMTP_NAME = 7
    ENTERPRISE = 10
    WELLKNOWN = 11
    MS_PRINCIPAL = -128


class PaDataType(IntEnum):
    """Pre-authentication data types that a diagnosis meets, RFC 4120 section 7.5.2, RFC 6113, MS-KILE 2.2."""

    TGS_REQ = 1
    ENC_TIMESTAMP = 2
    PW_SALT = 3
    ETYPE_INFO = 11
    PK_AS_REQ = 16
    ETYPE_INFO2 = 19
    PAC_REQUEST = 128
    FX_COOKIE = 133
    FX_FAST = 136
    ENCRYPTED_CHALLENGE = 138
    REQ_ENC_PA_REP = 149
    SUPPORTED_ENCTYPES = 165
    PAC_OPTIONS = 167


class KeyUsage(IntEnum):
    """What a key encrypts or signs, RFC 4120 section 7.5.1; 22 to 25 from RFC 4121 section 2."""

    PA_ENC_TIMESTAMP = 1
    TICKET = 2
    AS_REP = 3
    TGS_REQ_CHECKSUM = 6
    TGS_REQ_AUTHENTICATOR = 7
    TGS_REP_SESSION_KEY = 8
    TGS_REP_SUBKEY = 9
    AP_REQ_CHECKSUM = 10
    AP_REQ_AUTHENTICATOR = 11
    AP_REP = 12
    ACCEPTOR_SEAL = 22
    ACCEPTOR_SIGN = 23
    INITIATOR_SEAL = 24
    INITIATOR_SIGN = 25


class KdcOption(IntFlag):
    """KDCOptions, RFC 4120 section 5.4.1; canonicalize from RFC 6806 section 3."""

    FORWARDABLE = 0x40000000
    PROXIABLE = 0x10000000
    RENEWABLE = 0x00800000
    CANONICALIZE = 0x00010000
    RENEWABLE_OK = 0x00000010
    RENEW = 0x00000002


class TicketFlag(IntFlag):
    """TicketFlags, RFC 4120 section 5.3; enc-pa-rep from RFC 6806 section 11."""

    FORWARDABLE = 0x40000000
    FORWARDED = 0x20000000
    PROXIABLE = 0x10000000
    PROXY = 0x08000000
    MAY_POSTDATE = 0x04000000
    POSTDATED = 0x02000000
    INVALID = 0x01000000
    RENEWABLE = 0x00800000
    INITIAL = 0x00400000
    PRE_AUTHENT = 0x00200000
    HW_AUTHENT = 0x00100000
    TRANSITED_POLICY_CHECKED = 0x00080000
    OK_AS_DELEGATE = 0x00040000
    ENC_PA_REP = 0x00010000


class ApOption(IntFlag):
    """APOptions, RFC 4120 section 5.5.1."""

    USE_SESSION_KEY = 0x40000000
    MUTUAL_REQUIRED = 0x20000000


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalName:
    """A name without its realm, RFC 4120 section 5.2.2.

    PrincipalName ::= SEQUENCE { name-type [0] Int32, name-string [1] SEQUENCE OF KerberosString }
    """

    name_type: int
    components: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join(part.replace("\\", "\\\\").replace("/", "\\/") for part in self.components)

    @classmethod
    def parse(cls, text: str, name_type: int | None = None) -> "PrincipalName":
        r"""`service/host` or `alice` as a name; `\/` is a slash within a component, `@` an ordinary one.

        The type is NT-PRINCIPAL for one component and NT-SRV-INST for more, unless given. Raises ValueError
        when empty.
        """
        if not text:
            raise ValueError("a principal name needs at least one character")
        components = tuple(_split(text))
        if name_type is None:
            name_type = NameType.PRINCIPAL if len(components) == 1 else NameType.SRV_INST
        return cls(name_type=int(name_type), components=components)


def _split(text: str) -> list[str]:
    components = [""]
    characters = iter(text)
    for character in characters:
        if character == "/":
            components.append("")
        else:
            components[-1] += next(characters, "\\") if character == "\\" else character
    return components


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedData:
    """RFC 4120 section 5.2.9.

    EncryptedData ::= SEQUENCE { etype [0] Int32, kvno [1] UInt32 OPTIONAL, cipher [2] OCTET STRING }
    """

    etype: int
    kvno: int | None
    cipher: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """RFC 4120 section 5.3; `raw` is the ticket as it came, to be sent on without a bit changed.

    Ticket ::= [APPLICATION 1] SEQUENCE {
        tkt-vno [0] INTEGER (5), realm [1] Realm, sname [2] PrincipalName, enc-part [3] EncryptedData }
    """

    realm: str
    sname: PrincipalName
    enc_part: EncryptedData
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaData:
    """RFC 4120 5.2.7: PA-DATA ::= SEQUENCE { padata-type [1] Int32, padata-value [2] OCTET STRING }"""

    type: int
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationData:
    """One element of RFC 4120 section 5.2.6: SEQUENCE { ad-type [0] Int32, ad-data [1] OCTET STRING }"""

    type: int
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EtypeInfo2Entry:
    """RFC 4120 section 5.2.7.5; also what an entry of the older ETYPE-INFO (5.2.7.4) becomes.

    ETYPE-INFO2-ENTRY ::= SEQUENCE {
        etype [0] Int32, salt [1] KerberosString OPTIONAL, s2kparams [2] OCTET STRING OPTIONAL }
    """

    etype: int
    salt_bytes: bytes | None
    s2kparams: bytes | None

    @property
    def salt(self) -> str | None:
        """The salt as text: UTF-8 if it is that, else Latin-1.

        `salt_bytes` is what goes into string-to-key.
        """
        if self.salt_bytes is None:
            return None
        try:
            return self.salt_bytes.decode()
        except UnicodeDecodeError:
            return self.salt_bytes.decode("latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcRep:
    """AS-REP (message_type 11) or TGS-REP (13), RFC 4120 section 5.4.2.

    KDC-REP ::= SEQUENCE { pvno [0] INTEGER (5), msg-type [1] INTEGER, padata [2] SEQUENCE OF PA-DATA
        OPTIONAL, crealm [3] Realm, cname [4] PrincipalName, ticket [5] Ticket, enc-part [6] EncryptedData }
    """

    message_type: int
    padata: tuple[PaData, ...]
    crealm: str
    cname: PrincipalName
    ticket: Ticket
    enc_part: EncryptedData


@dataclass(frozen=True, slots=True, kw_only=True)
class EncKdcRepPart:
    """The part of a KDC's reply that only the client reads, RFC 4120 5.4.2; encrypted-pa-data: RFC 6806.

    EncKDCRepPart ::= SEQUENCE { key [0] EncryptionKey, last-req [1] LastReq, nonce [2] UInt32,
        key-expiration [3] KerberosTime OPTIONAL, flags [4] TicketFlags, authtime [5] KerberosTime,
        starttime [6] KerberosTime OPTIONAL, endtime [7] KerberosTime, renew-till [8] KerberosTime OPTIONAL,
        srealm [9] Realm, sname [10] PrincipalName, caddr [11] HostAddresses OPTIONAL,
        encrypted-pa-data [12] SEQUENCE OF PA-DATA OPTIONAL }
    """

    message_type: int
    """The application tag: 25 (AS) or 26 (TGS). Some KDCs answer an AS-REQ with 26, so it decides nothing."""
    key: Key
    nonce: int
    flags: int
    auth_time: float
    start_time: float
    """auth_time where the message has none (RFC 4120 section 5.3)."""
    end_time: float
    renew_till: float | None
    srealm: str
    sname: PrincipalName
    key_expiration: float | None
    last_requests: tuple[tuple[int, float], ...]
    encrypted_padata: tuple[PaData, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncTicketPart:
    """What a ticket hides from all but the service, RFC 4120 section 5.3.

    EncTicketPart ::= [APPLICATION 3] SEQUENCE { flags [0] TicketFlags, key [1] EncryptionKey, crealm [2]
        Realm, cname [3] PrincipalName, transited [4] TransitedEncoding, authtime [5] KerberosTime, starttime
        [6] KerberosTime OPTIONAL, endtime [7] KerberosTime, renew-till [8] KerberosTime OPTIONAL, caddr [9]
        HostAddresses OPTIONAL, authorization-data [10] AuthorizationData OPTIONAL }
    """

    flags: int
    key: Key
    client_realm: str
    client: PrincipalName
    auth_time: float
    start_time: float
    end_time: float
    renew_till: float | None
    authorization_data: tuple[AuthorizationData, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApReq:
    """RFC 4120 section 5.5.1.

    AP-REQ ::= [APPLICATION 14] SEQUENCE { pvno [0] INTEGER (5), msg-type [1] INTEGER (14),
        ap-options [2] APOptions, ticket [3] Ticket, authenticator [4] EncryptedData }
    """

    options: int
    ticket: Ticket
    authenticator: EncryptedData


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator:
    """RFC 4120 section 5.5.1; `ctime` has whole seconds, `cusec` the rest.

    Authenticator ::= [APPLICATION 2] SEQUENCE { authenticator-vno [0] INTEGER (5), crealm [1] Realm,
        cname [2] PrincipalName, cksum [3] Checksum OPTIONAL, cusec [4] Microseconds, ctime [5] KerberosTime,
        subkey [6] EncryptionKey OPTIONAL, seq-number [7] UInt32 OPTIONAL,
        authorization-data [8] AuthorizationData OPTIONAL }
    """

    client_realm: str
    client: PrincipalName
    checksum_type: int | None
    checksum: bytes | None = field(repr=False)
    cusec: int
    ctime: float
    subkey: Key | None
    sequence_number: int | None
    authorization_data: tuple[AuthorizationData, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApRep:
    """RFC 4120 section 5.5.2.

    AP-REP ::= [APPLICATION 15] SEQUENCE {
        pvno [0] INTEGER (5), msg-type [1] INTEGER (15), enc-part [2] EncryptedData }
    """

    enc_part: EncryptedData


@dataclass(frozen=True, slots=True, kw_only=True)
class EncApRepPart:
    """RFC 4120 section 5.5.2; `ctime` and `cusec` must be the authenticator's own, octet for octet.

    EncAPRepPart ::= [APPLICATION 27] SEQUENCE { ctime [0] KerberosTime, cusec [1] Microseconds,
        subkey [2] EncryptionKey OPTIONAL, seq-number [3] UInt32 OPTIONAL }
    """

    ctime: float
    cusec: int
    subkey: Key | None
    sequence_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A ticket, its session key and what the KDC said about it: all that an AP-REQ or TGS-REQ needs."""

    client: PrincipalName
    client_realm: str
    server: PrincipalName
    server_realm: str
    ticket: Ticket
    session_key: Key
    auth_time: float
    start_time: float
    end_time: float
    renew_till: float | None
    flags: int
