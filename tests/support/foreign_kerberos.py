"""Kerberos messages as impacket's ASN.1 classes and pyasn1 write them: octets of foreign origin."""

from typing import Any

from impacket.krb5 import asn1
from pyasn1.codec.der import decoder, encoder  # type: ignore[import-untyped]

REALM = "CONTOSO.LAB"
CLIENT = ["EX1$"]
SERVER = ["SMTPSVC", "ex2.contoso.lab"]
KEY = bytes(range(32))
AUTH_TIME = 1785542400.0  # 2026-08-01T00:00:00Z, by date(1)
TIMES = {
    "auth": "20260801000000Z",
    "start": "20260801000005Z",
    "end": "20260801100000Z",
    "renew": "20260808000000Z",
}


def octets(value: Any) -> bytes:
    """The DER of a pyasn1 value."""
    return bytes(encoder.encode(value))


def read(data: bytes, kind: Any) -> Any:
    """What pyasn1 makes of octets; fails when it leaves some over."""
    value, rest = decoder.decode(data, asn1Spec=kind)
    assert not rest
    return value


def bits(flags: int) -> list[int]:
    """32 bits, uppermost first."""
    return [flags >> 31 - index & 1 for index in range(32)]


def set_name(parent: Any, field: str, components: list[str], name_type: int = 1) -> None:
    """Fill in a PrincipalName."""
    parent[field]["name-type"] = name_type
    for index, component in enumerate(components):
        parent[field]["name-string"][index] = component


def set_encrypted(parent: Any, field: str, *, etype: int, kvno: int | None, cipher: bytes) -> None:
    """Fill in an EncryptedData."""
    parent[field]["etype"] = etype
    if kvno is not None:
        parent[field]["kvno"] = kvno
    parent[field]["cipher"] = cipher


def set_ticket(parent: Any, field: str) -> None:
    """Fill in a Ticket within a message."""
    _fill_ticket(parent[field])


def _fill_ticket(ticket: Any) -> None:
    ticket["tkt-vno"] = 5
    ticket["realm"] = REALM
    set_name(ticket, "sname", SERVER, 2)
    set_encrypted(ticket, "enc-part", etype=18, kvno=3, cipher=bytes(range(256)) * 2)


def ticket() -> bytes:
    """A Ticket of about 600 octets, so that lengths take two octets."""
    value = asn1.Ticket()
    _fill_ticket(value)
    return octets(value)


def kdc_rep(kind: Any, message_type: int) -> bytes:
    """An AS-REP or TGS-REP with one PA-DATA."""
    value = kind()
    value["pvno"] = 5
    value["msg-type"] = message_type
    value["padata"][0]["padata-type"] = 19
    value["padata"][0]["padata-value"] = b"\x30\x00"
    value["crealm"] = REALM
    set_name(value, "cname", CLIENT)
    set_ticket(value, "ticket")
    set_encrypted(value, "enc-part", etype=18, kvno=2, cipher=b"c" * 200)
    return octets(value)


def enc_kdc_rep_part(kind: Any) -> bytes:
    """An EncASRepPart or EncTGSRepPart with every field that impacket has but caddr."""
    value = kind()
    _fill_key(value["key"])
    value["last-req"][0]["lr-type"] = 0
    value["last-req"][0]["lr-value"] = TIMES["auth"]
    value["nonce"] = 0xDEADBEEF
    value["key-expiration"] = TIMES["renew"]
    value["flags"] = bits(0x40E10000)
    value["authtime"] = TIMES["auth"]
    value["starttime"] = TIMES["start"]
    value["endtime"] = TIMES["end"]
    value["renew-till"] = TIMES["renew"]
    value["srealm"] = REALM
    set_name(value, "sname", SERVER, 2)
    value["encrypted_pa_data"][0]["padata-type"] = 165
    value["encrypted_pa_data"][0]["padata-value"] = b"\x1f\x00\x00\x00"
    return octets(value)


def _fill_key(key: Any) -> None:
    key["keytype"] = 18
    key["keyvalue"] = KEY


def enc_ticket_part() -> bytes:
    """An EncTicketPart without starttime."""
    value = asn1.EncTicketPart()
    value["flags"] = bits(0x40A10000)
    _fill_key(value["key"])
    value["crealm"] = REALM
    set_name(value, "cname", CLIENT)
    value["transited"]["tr-type"] = 1
    value["transited"]["contents"] = b""
    value["authtime"] = TIMES["auth"]
    value["endtime"] = TIMES["end"]
    value["authorization-data"][0]["ad-type"] = 1
    value["authorization-data"][0]["ad-data"] = b"pac"
    return octets(value)


def ap_req() -> bytes:
    """An AP-REQ that asks for mutual authentication."""
    value = asn1.AP_REQ()
    value["pvno"] = 5
    value["msg-type"] = 14
    value["ap-options"] = bits(0x20000000)
    set_ticket(value, "ticket")
    set_encrypted(value, "authenticator", etype=18, kvno=None, cipher=b"a" * 150)
    return octets(value)


def authenticator() -> bytes:
    """An Authenticator with every field."""
    value = asn1.Authenticator()
    value["authenticator-vno"] = 5
    value["crealm"] = REALM
    set_name(value, "cname", CLIENT)
    value["cksum"]["cksumtype"] = 0x8003
    value["cksum"]["checksum"] = b"\x10\x00\x00\x00" + bytes(16) + b"\x02\x00\x00\x00"
    value["cusec"] = 999999
    value["ctime"] = TIMES["auth"]
    _fill_key(value["subkey"])
    value["seq-number"] = 0xFEDCBA98
    value["authorization-data"][0]["ad-type"] = 1
    value["authorization-data"][0]["ad-data"] = b"x"
    return octets(value)


def ap_rep() -> bytes:
    """An AP-REP."""
    value = asn1.AP_REP()
    value["pvno"] = 5
    value["msg-type"] = 15
    set_encrypted(value, "enc-part", etype=18, kvno=None, cipher=b"r" * 80)
    return octets(value)


def enc_ap_rep_part() -> bytes:
    """An EncAPRepPart with subkey and sequence number."""
    value = asn1.EncAPRepPart()
    value["ctime"] = TIMES["auth"]
    value["cusec"] = 5
    _fill_key(value["subkey"])
    value["seq-number"] = 1 << 31
    return octets(value)


def krb_error(
    code: int = 37, e_data: bytes | None = None, e_text: str | None = None, *, names: bool = True
) -> bytes:
    """A KRB-ERROR, with or without the names that Samba leaves out at times."""
    value = asn1.KRB_ERROR()
    value["pvno"] = 5
    value["msg-type"] = 30
    value["stime"] = TIMES["auth"]
    value["susec"] = 250000
    value["error-code"] = code
    value["realm"] = REALM
    set_name(value, "sname", SERVER, 2)
    if names:
        value["ctime"] = TIMES["start"]
        value["cusec"] = 500000
        value["crealm"] = REALM
        set_name(value, "cname", CLIENT)
    if e_text is not None:
        value["e-text"] = e_text
    if e_data is not None:
        value["e-data"] = e_data
    return octets(value)


def method_data(items: list[tuple[int, bytes]]) -> bytes:
    """METHOD-DATA."""
    value = asn1.METHOD_DATA()
    for index, (number, content) in enumerate(items):
        value[index]["padata-type"] = number
        value[index]["padata-value"] = content
    return octets(value)


def etype_info2() -> bytes:
    """ETYPE-INFO2: one entry with salt and parameters, one bare."""
    value = asn1.ETYPE_INFO2()
    value[0]["etype"] = 18
    value[0]["salt"] = "CONTOSO.LABhostex1.contoso.lab"
    value[0]["s2kparams"] = b"\x00\x00\x10\x00"
    value[1]["etype"] = 23
    return octets(value)


def etype_info() -> bytes:
    """The older ETYPE-INFO."""
    value = asn1.ETYPE_INFO()
    value[0]["etype"] = 23
    value[0]["salt"] = b"salt\xff"
    return octets(value)
