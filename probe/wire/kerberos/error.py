"""KRB-ERROR: the one Kerberos message that anybody may read, and what Microsoft's KDCs hide in its e-data.

PURE.
"""

from dataclasses import dataclass, field

from probe.wire.der import DerError, Node, optional, read_message, required
from probe.wire.kerberos.decode_parts import (
    decode_method_data,
    message_body,
    optional_name,
    optional_text,
    optional_time,
)
from probe.wire.kerberos.values import MessageType, PaData, PaDataType, PrincipalName

SKEW_RECOVERY = 2
"""KERB_AP_ERR_TYPE_SKEW_RECOVERY, MS-KILE section 2.2.2: the acceptor goes on with a corrected clock."""

EXTENDED = 3
"""KERB_ERR_TYPE_EXTENDED, MS-KILE section 2.2.2."""

_EXTENDED_ERROR_BYTES = 12
_SEVERITY_ERROR = 3  # the uppermost two bits of an NTSTATUS, MS-ERREF section 2.3


@dataclass(frozen=True, slots=True, kw_only=True)
class KrbError:
    """RFC 4120 section 5.9.1. `stime` is the clock of who refused; times include the microseconds.

    KRB-ERROR ::= [APPLICATION 30] SEQUENCE { pvno [0] INTEGER (5), msg-type [1] INTEGER (30), ctime [2]
        KerberosTime OPTIONAL, cusec [3] Microseconds OPTIONAL, stime [4] KerberosTime, susec [5]
        Microseconds, error-code [6] Int32, crealm [7] Realm OPTIONAL, cname [8] PrincipalName OPTIONAL, realm
        [9] Realm, sname [10] PrincipalName, e-text [11] KerberosString OPTIONAL, e-data [12] OCTET STRING
        OPTIONAL }
    """

    error_code: int
    stime: float
    ctime: float | None
    crealm: str | None
    cname: PrincipalName | None
    realm: str | None
    """Not optional in the RFC; Samba leaves names out of some errors all the same."""
    sname: PrincipalName | None
    e_text: str | None
    e_data: bytes | None = field(repr=False)

    def padata(self) -> tuple[PaData, ...]:
        """e-data as METHOD-DATA: what pre-authentication the KDC wants; empty when it is another thing."""
        try:
            return decode_method_data(self.e_data or b"")
        except DerError:
            return ()

    def error_data(self) -> tuple[int, bytes] | None:
        """data-type and data-value, when e-data is a KERB-ERROR-DATA (MS-KILE section 2.2.2), else None.

        KERB-ERROR-DATA ::= SEQUENCE { data-type [1] INTEGER, data-value [2] OCTET STRING OPTIONAL }
        """
        try:
            node = read_message(self.e_data or b"")
            fields = node.fields()
            value = optional(fields, 2)
            return required(fields, 1, "data-type", node).integer(), b"" if value is None else value.octets()
        except DerError:
            return None

    def nt_status(self) -> int | None:
        """The NTSTATUS with which a Windows or Samba KDC says why (0xC0000072: disabled account), or None.

        It is the first field of KERB_EXT_ERROR (MS-KILE section 2.2.1: three 32-bit words, little-endian),
        found in a KERB-ERROR-DATA of type 3, which is octet for octet a PA-DATA of type PA-PW-SALT. The same
        among METHOD-DATA or bare is taken too, if it is an error status: a salt of printable text is not.
        """
        found = self.error_data()
        if found is not None and found[0] == EXTENDED and len(found[1]) >= 4:
            return int.from_bytes(found[1][:4], "little")
        salts = [item.value for item in self.padata() if item.type == PaDataType.PW_SALT]
        for value in (*salts, self.e_data or b""):
            status = int.from_bytes(value[:4], "little")
            if len(value) == _EXTENDED_ERROR_BYTES and status >> 30 == _SEVERITY_ERROR:
                return status
        return None

    def offers_skew_recovery(self) -> bool:
        """Whether e-data says that skew recovery is being tried (Samba's acceptor sends 3005a103020102)."""
        found = self.error_data()
        return found is not None and found[0] == SKEW_RECOVERY


def _with_microseconds(seconds: float, node: Node | None) -> float:
    # Some peers count further than a million; a clock measurement must not be spoilt by that.
    microseconds = 0 if node is None else node.integer()
    return seconds + microseconds / 1e6 if 0 <= microseconds < 1_000_000 else seconds


def decode_krb_error(data: bytes) -> KrbError:
    """Decode a KRB-ERROR. Raises DerError."""
    body = message_body(data, MessageType.KRB_ERROR, "KRB-ERROR")
    fields = body.fields()
    ctime, e_data = optional_time(fields, 2), optional(fields, 12)
    return KrbError(
        error_code=required(fields, 6, "error-code", body).integer(),
        stime=_with_microseconds(required(fields, 4, "stime", body).time(), optional(fields, 5)),
        ctime=None if ctime is None else _with_microseconds(ctime, optional(fields, 3)),
        crealm=optional_text(fields, 7),
        cname=optional_name(fields, 8),
        realm=optional_text(fields, 9),
        sname=optional_name(fields, 10),
        e_text=optional_text(fields, 11),
        e_data=None if e_data is None else e_data.octets(),
    )
