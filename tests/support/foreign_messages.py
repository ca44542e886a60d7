"""KRB-SAFE, KRB-PRIV, KRB-CRED as impacket's ASN.1 classes write them, user-to-user and IAKERB as pyasn1 does.

NEGOEX is put together from the layout in MS-NEGOEX section 2.2.6, octet by octet.
"""

from typing import Any

from impacket.krb5 import asn1
from pyasn1.type import char, namedtype, tag, univ  # type: ignore[import-untyped]

from tests.support.foreign_kerberos import (
    KEY,
    REALM,
    SERVER,
    TIMES,
    bits,
    octets,
    set_encrypted,
    set_name,
    set_ticket,
)

SERVER_TGT = ["krbtgt", REALM]
CONVERSATION = bytes(range(0x10, 0x20))
PKU2U = bytes.fromhex("5c33530deaf90d4db2ec4ae3786ec308")
"""{0D53335C-F9EA-4D0D-B2EC-4AE3786EC308} as it stands on the wire."""


def _user_data(value: Any, microseconds: str) -> None:
    value["user-data"] = b"hello"
    value["timestamp"] = TIMES["auth"]
    value[microseconds] = 1234
    value["seq-number"] = 77
    value["s-address"]["addr-type"] = 2
    value["s-address"]["address"] = b"\x0a\x00\x00\x01"


def krb_safe() -> bytes:
    """A KRB-SAFE."""
    value = asn1.KRB_SAFE()
    value["pvno"], value["msg-type"] = 5, 20
    _user_data(value["safe-body"], "usec")
    value["cksum"]["cksumtype"] = 16
    value["cksum"]["checksum"] = b"c" * 12
    return octets(value)


def krb_priv() -> bytes:
    """A KRB-PRIV with a cipher that is none."""
    value = asn1.KRB_PRIV()
    value["pvno"], value["msg-type"] = 5, 21
    set_encrypted(value, "enc-part", etype=18, kvno=None, cipher=b"c" * 60)
    return octets(value)


def enc_krb_priv_part() -> bytes:
    """An EncKrbPrivPart."""
    value = asn1.EncKrbPrivPart()
    _user_data(value, "cusec")
    return octets(value)


def enc_krb_cred_part() -> bytes:
    """An EncKrbCredPart with one ticket."""
    value = asn1.EncKrbCredPart()
    info = value["ticket-info"][0]
    info["key"]["keytype"], info["key"]["keyvalue"] = 18, KEY
    info["prealm"] = REALM
    set_name(info, "pname", ["alice"])
    info["flags"] = bits(0x40E10000)
    info["authtime"], info["starttime"], info["endtime"] = TIMES["auth"], TIMES["start"], TIMES["end"]
    info["srealm"] = REALM
    set_name(info, "sname", SERVER_TGT, 2)
    value["nonce"] = 9
    return octets(value)


def krb_cred(*, etype: int = 0, cipher: bytes | None = None) -> bytes:
    """A KRB-CRED with one ticket; of etype 0 its inner part is plain, as in a .kirbi file."""
    value = asn1.KRB_CRED()
    value["pvno"], value["msg-type"] = 5, 22
    set_ticket(value["tickets"], 0)  # type: ignore[arg-type]  # a SEQUENCE OF takes its index
    set_encrypted(value, "enc-part", etype=etype, kvno=None, cipher=cipher or enc_krb_cred_part())
    return octets(value)


def _explicit(number: int, value: Any) -> Any:
    return value.subtype(explicitTag=tag.Tag(tag.tagClassContext, tag.tagFormatSimple, number))


class _TgtRequest(univ.Sequence):  # type: ignore[misc]
    componentType = namedtype.NamedTypes(  # noqa: N815
        asn1._vno_component(0),
        asn1._msg_type_component(1, (16,)),
        asn1._sequence_optional_component("server-name", 2, asn1.PrincipalName()),
        asn1._sequence_optional_component("realm", 3, asn1.Realm()),
    )


class _TgtReply(univ.Sequence):  # type: ignore[misc]
    componentType = namedtype.NamedTypes(  # noqa: N815
        asn1._vno_component(0),
        asn1._msg_type_component(1, (17,)),
        asn1._sequence_component("ticket", 2, asn1.Ticket()),
    )


def tgt_req() -> bytes:
    """KERB-TGT-REQUEST for SMTPSVC/ex2.contoso.lab."""
    value = _TgtRequest()
    value["pvno"], value["msg-type"], value["realm"] = 5, 16, REALM
    set_name(value, "server-name", SERVER, 2)
    return octets(value)


def tgt_rep() -> bytes:
    """KERB-TGT-REPLY with a ticket."""
    value = _TgtReply()
    value["pvno"], value["msg-type"] = 5, 17
    set_ticket(value, "ticket")
    return octets(value)


def iakerb_header(realm: str, cookie: bytes = b"") -> bytes:
    """IAKERB-HEADER; its tags begin at 1."""
    value = univ.Sequence()
    value.setComponentByPosition(0, _explicit(1, char.UTF8String(realm)))
    if cookie:
        value.setComponentByPosition(1, _explicit(2, univ.OctetString(cookie)))
    return octets(value)


def framed(oid: str, token_id: bytes, contents: bytes) -> bytes:
    """RFC 2743 section 3.1, for contents below 64 KiB."""
    inside = octets(univ.ObjectIdentifier(oid)) + token_id + contents
    return b"\x60\x82" + len(inside).to_bytes(2, "big") + inside


def _little(number: int, size: int = 4) -> bytes:
    return number.to_bytes(size, "little")


def _negoex(kind: int, sequence: int, fields: bytes, payload: bytes) -> bytes:
    header = 40 + len(fields)
    sizes = _little(header) + _little(header + len(payload))
    return b"NEGOEXTS" + _little(kind) + _little(sequence) + sizes + CONVERSATION + fields + payload


def negoex_nego(kind: int = 0, schemes: tuple[bytes, ...] = (PKU2U, bytes(range(0x40, 0x50)))) -> bytes:
    """NEGO_MESSAGE with one extension."""
    at = 96
    fields = b"R" * 32 + _little(0, 8) + _little(at) + _little(len(schemes), 2) + b"\0\0"
    behind = at + 16 * len(schemes)
    fields += _little(behind) + _little(1, 2) + b"\0\0"
    extension = _little(0x80000001) + _little(behind + 12) + _little(3)
    return _negoex(kind, 0, fields, b"".join(schemes) + extension + b"ext")


def negoex_exchange(kind: int = 2, token: bytes = b"meta") -> bytes:
    """EXCHANGE_MESSAGE."""
    return _negoex(kind, 1, PKU2U + _little(64) + _little(len(token)), token)


def negoex_verify() -> bytes:
    """VERIFY_MESSAGE with a checksum of RFC 3961."""
    checksum = _little(20) + _little(1) + _little(16) + _little(80) + _little(12) + bytes(4)
    return _negoex(6, 2, PKU2U + checksum, b"V" * 12)


def negoex_alert() -> bytes:
    """ALERT_MESSAGE: STATUS_SUCCESS and a pulse for want of a key."""
    fields = PKU2U + _little(0) + _little(72) + _little(1, 2) + bytes(6)
    return _negoex(7, 3, fields, _little(1) + _little(84) + _little(8) + _little(8) + _little(1))
