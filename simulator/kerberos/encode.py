"""What the lab writes of Kerberos: frozen values to octets (PURE); imported from `simulator.kerberos`.

Every function raises `SchemaError` for a value that no message can carry.
"""

from typing import Literal

from impacket.krb5 import asn1

from probe.wire.crypto import Key
from simulator.kerberos.codec import (
    Fields,
    flags_to,
    time_to,
    to_der,
)
from simulator.kerberos.values import (
    AuthorizationElement,
    EncApReplyPart,
    EncKdcReplyPart,
    EncryptedData,
    EncTicketPart,
    EtypeInfoEntry,
    KdcReply,
    KrbError,
    MessageType,
    PaData,
    PrincipalName,
    Ticket,
)


def encode_kdc_reply(reply: KdcReply) -> bytes:
    """Write an AS-REP or TGS-REP (RFC 4120 section 5.4.2)."""
    return to_der(
        {
            "pvno": 5,
            "msg-type": int(reply.message_type),
            "padata": padata_fields(reply.padata) or None,
            "crealm": reply.client_realm,
            "cname": name_fields(reply.client),
            "ticket": ticket_fields(reply.ticket),
            "enc-part": encrypted_fields(reply.encrypted),
        },
        asn1.AS_REP() if reply.message_type is MessageType.AS_REP else asn1.TGS_REP(),
    )


def encode_enc_kdc_reply_part(
    part: EncKdcReplyPart, message_type: Literal[MessageType.AS_REP, MessageType.TGS_REP]
) -> bytes:
    """Write what a KDC reply encrypts: EncASRepPart or EncTGSRepPart (RFC 4120 section 5.4.2)."""
    return to_der(
        {
            "key": key_fields(part.key),
            # No last request is known: type 0 with any time (RFC 4120 section 5.4.2).
            "last-req": [{"lr-type": 0, "lr-value": time_to(part.auth_time)}],
            "nonce": part.nonce,
            "flags": flags_to(part.flags),
            "authtime": time_to(part.auth_time),
            "starttime": time_to(part.start_time),
            "endtime": time_to(part.end_time),
            "renew-till": _optional_time_field(part.renew_till),
            "srealm": part.server_realm,
            "sname": name_fields(part.server),
        },
        asn1.EncASRepPart() if message_type is MessageType.AS_REP else asn1.EncTGSRepPart(),
    )


def encode_enc_ticket_part(part: EncTicketPart) -> bytes:
    """Write what a ticket encrypts (RFC 4120 section 5.3)."""
    return to_der(
        {
            "flags": flags_to(part.flags),
            "key": key_fields(part.key),
            "crealm": part.client_realm,
            "cname": name_fields(part.client),
            "transited": {"tr-type": 1, "contents": ",".join(part.transited).encode()},
            "authtime": time_to(part.auth_time),
            "starttime": _optional_time_field(part.start_time),
            "endtime": time_to(part.end_time),
            "renew-till": _optional_time_field(part.renew_till),
            "authorization-data": _element_fields(part.authorization_data) or None,
        },
        asn1.EncTicketPart(),
    )


def encode_authorization_data(elements: tuple[AuthorizationElement, ...]) -> bytes:
    """Write AuthorizationData, e.g. the contents of an AD-IF-RELEVANT (RFC 4120 section 5.2.6.1)."""
    return to_der(_element_fields(elements), asn1.AuthorizationData())


def encode_etype_info2(entries: tuple[EtypeInfoEntry, ...]) -> bytes:
    """Write ETYPE-INFO2 (RFC 4120 section 5.2.7.5)."""
    return to_der([{"etype": entry.etype, "salt": entry.salt} for entry in entries], asn1.ETYPE_INFO2())


def encode_method_data(padata: tuple[PaData, ...]) -> bytes:
    """Write METHOD-DATA, the e-data of KDC_ERR_PREAUTH_REQUIRED (RFC 4120 section 5.9.1)."""
    return to_der(padata_fields(padata), asn1.METHOD_DATA())


def encode_windows_status(status: int) -> bytes:
    """Write the e-data with which a Windows KDC explains an error: KERB-ERROR-DATA around KERB-EXT-ERROR.

    `status` is an NTSTATUS. Source: MS-KILE sections 2.2.1 and 2.2.2 (type 3, reserved 0, flags 1).
    """
    extended = status.to_bytes(4, "little") + bytes(4) + (1).to_bytes(4, "little")
    return to_der({"data-type": 3, "data-value": extended}, asn1.KERB_ERROR_DATA())


def encode_ap_rep(encrypted: EncryptedData) -> bytes:
    """Write an AP-REP (RFC 4120 section 5.5.2) around a sealed `encode_enc_ap_rep_part`."""
    return to_der({"pvno": 5, "msg-type": 15, "enc-part": encrypted_fields(encrypted)}, asn1.AP_REP())


def encode_enc_ap_rep_part(part: EncApReplyPart) -> bytes:
    """Write what an AP-REP encrypts (RFC 4120 section 5.5.2)."""
    return to_der(
        {
            "ctime": time_to(part.ctime),
            "cusec": part.cusec,
            "subkey": None if part.subkey is None else key_fields(part.subkey),
            "seq-number": part.sequence_number,
        },
        asn1.EncAPRepPart(),
    )


def encode_krb_error(error: KrbError) -> bytes:
    """Write a KRB-ERROR (RFC 4120 section 5.9.1)."""
    return to_der(
        {
            "pvno": 5,
            "msg-type": 30,
            "ctime": _optional_time_field(error.ctime),
            "cusec": error.cusec,
            "stime": time_to(error.stime),
            "susec": error.susec,
            "error-code": error.error_code,
            "crealm": error.client_realm,
            "cname": None if error.client is None else name_fields(error.client),
            "realm": error.realm,
            "sname": name_fields(error.server),
            "e-text": error.text,
            "e-data": error.data,
        },
        asn1.KRB_ERROR(),
    )


def name_fields(name: PrincipalName) -> Fields:
    """A PrincipalName, for a message that holds one."""
    return {"name-type": name.name_type, "name-string": list(name.components)}


def key_fields(key: Key) -> Fields:
    """An EncryptionKey."""
    return {"keytype": int(key.etype), "keyvalue": key.contents}


def encrypted_fields(encrypted: EncryptedData) -> Fields:
    """An EncryptedData."""
    return {"etype": int(encrypted.etype), "kvno": encrypted.kvno, "cipher": encrypted.cipher}


def ticket_fields(ticket: Ticket) -> Fields:
    """A Ticket."""
    return {
        "tkt-vno": 5,
        "realm": ticket.realm,
        "sname": name_fields(ticket.server),
        "enc-part": encrypted_fields(ticket.encrypted),
    }


def padata_fields(padata: tuple[PaData, ...]) -> list[Fields]:
    """A SEQUENCE OF PA-DATA."""
    return [{"padata-type": int(p.padata_type), "padata-value": p.value} for p in padata]


def _element_fields(elements: tuple[AuthorizationElement, ...]) -> list[Fields]:
    return [{"ad-type": e.ad_type, "ad-data": e.data} for e in elements]


def _optional_time_field(seconds: int | None) -> str | None:
    return None if seconds is None else time_to(seconds)
