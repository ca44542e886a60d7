"""The other direction of the lab's Kerberos: what a client writes and what it reads (PURE; RFC 4120 section 5).

A server of the lab is a client too, when it gets itself a ticket. Every function raises `SchemaError` and nothing
else.
"""

from impacket.krb5 import asn1

from simulator.kerberos.codec import (
    Fields,
    SchemaError,
    flags_from,
    flags_to,
    from_der,
    list_from_der,
    text,
    time_from,
    time_to,
    to_der,
)
from simulator.kerberos.decode import read_encrypted, read_key, read_name, read_ticket
from simulator.kerberos.encode import (
    encrypted_fields,
    key_fields,
    name_fields,
    padata_fields,
    ticket_fields,
)
from simulator.kerberos.values import (
    ApRequest,
    Authenticator,
    EncKdcReplyPart,
    EncryptedData,
    KdcReply,
    KdcRequestBody,
    MessageType,
    PaData,
    PaDataType,
    TicketFlag,
)

_ENC_AS_REP_PART = 0x79
"""[APPLICATION 25]; the other one is [APPLICATION 26]."""


def encode_request_body(body: KdcRequestBody) -> bytes:
    """Write a KDC-REQ-BODY on its own: a TGS-REQ's authenticator has a checksum over it."""
    return to_der(_body_fields(body), asn1.KDC_REQ_BODY())


def encode_kdc_request(
    message_type: MessageType, body: KdcRequestBody, padata: tuple[PaData, ...] = ()
) -> bytes:
    """Write an AS-REQ or a TGS-REQ (RFC 4120 section 5.4.1)."""
    return to_der(
        {
            "pvno": 5,
            "msg-type": int(message_type),
            "padata": padata_fields(padata) or None,
            "req-body": _body_fields(body),
        },
        asn1.AS_REQ() if message_type is MessageType.AS_REQ else asn1.TGS_REQ(),
    )


def encode_timestamp(now: float) -> bytes:
    """Write a PA-ENC-TS-ENC (RFC 4120 section 5.2.7.2) of ``now``, UTC seconds."""
    return to_der({"patimestamp": time_to(int(now)), "pausec": microseconds(now)}, asn1.PA_ENC_TS_ENC())


def encode_encrypted_data(encrypted: EncryptedData) -> bytes:
    """Write EncryptedData on its own, as PA-ENC-TIMESTAMP holds it."""
    return to_der(encrypted_fields(encrypted), asn1.EncryptedData())


def encode_ap_req(request: ApRequest) -> bytes:
    """Write an AP-REQ without a GSS frame (RFC 4120 section 5.5.1)."""
    return to_der(
        {
            "pvno": 5,
            "msg-type": int(MessageType.AP_REQ),
            "ap-options": flags_to(request.options),
            "ticket": ticket_fields(request.ticket),
            "authenticator": encrypted_fields(request.authenticator),
        },
        asn1.AP_REQ(),
    )


def encode_authenticator(value: Authenticator) -> bytes:
    """Write what an AP-REQ encrypts (RFC 4120 section 5.5.1)."""
    checksum = value.checksum
    return to_der(
        {
            "authenticator-vno": 5,
            "crealm": value.client_realm,
            "cname": name_fields(value.client),
            "cksum": checksum and {"cksumtype": checksum.checksum_type, "checksum": checksum.value},
            "cusec": value.cusec,
            "ctime": time_to(value.ctime),
            "subkey": None if value.subkey is None else key_fields(value.subkey),
            "seq-number": value.sequence_number,
        },
        asn1.Authenticator(),
    )


def decode_ap_rep(data: bytes) -> EncryptedData:
    """Read an AP-REP (RFC 4120 section 5.5.2): what it encrypts."""
    return read_encrypted(from_der(data, asn1.AP_REP())["enc-part"])


def decode_enc_ap_rep_part(data: bytes) -> tuple[int, int]:
    """Read the client's own ctime and cusec out of what an AP-REP encrypts."""
    fields = from_der(data, asn1.EncAPRepPart())
    return time_from(fields["ctime"]), fields["cusec"]


def decode_kdc_reply(data: bytes, message_type: MessageType) -> KdcReply:
    """Read an AS-REP or a TGS-REP, whichever is due (RFC 4120 section 5.4.2)."""
    fields = from_der(data, asn1.AS_REP() if message_type is MessageType.AS_REP else asn1.TGS_REP())
    if fields["msg-type"] != message_type:
        raise SchemaError(f"message type {fields['msg-type']} where {message_type:d} is due")
    return KdcReply(
        message_type=message_type,
        client_realm=text(fields["crealm"]),
        client=read_name(fields["cname"]),
        ticket=read_ticket(fields["ticket"]),
        encrypted=read_encrypted(fields["enc-part"]),
    )


def decode_enc_kdc_reply_part(data: bytes) -> EncKdcReplyPart:
    """Read what a KDC reply encrypts; some KDCs use the TGS's tag in an AS-REP too (RFC 4120 section 5.4.2)."""
    fields = from_der(
        data, asn1.EncASRepPart() if data[:1] == bytes([_ENC_AS_REP_PART]) else asn1.EncTGSRepPart()
    )
    renew_till = fields.get("renew-till")
    return EncKdcReplyPart(
        key=read_key(fields["key"]),
        nonce=fields["nonce"],
        flags=TicketFlag(flags_from(fields["flags"])),
        auth_time=time_from(fields["authtime"]),
        start_time=time_from(fields["starttime" if "starttime" in fields else "authtime"]),
        end_time=time_from(fields["endtime"]),
        renew_till=None if renew_till is None else time_from(renew_till),
        server_realm=text(fields["srealm"]),
        server=read_name(fields["sname"]),
    )


def decode_offered_etypes(method_data: bytes) -> tuple[int, ...]:
    """The encryption types in the ETYPE-INFO2 of a KDC_ERR_PREAUTH_REQUIRED (RFC 4120 section 5.2.7.5)."""
    for padata in list_from_der(method_data, asn1.METHOD_DATA()):
        if padata["padata-type"] == PaDataType.ETYPE_INFO2:
            entries = list_from_der(padata["padata-value"], asn1.ETYPE_INFO2())
            return tuple(entry["etype"] for entry in entries)
    return ()


def microseconds(moment: float) -> int:
    """What a KerberosTime leaves out."""
    return min(int(moment % 1 * 1_000_000), 999_999)


def _body_fields(body: KdcRequestBody) -> Fields:
    return {
        "kdc-options": flags_to(body.options),
        "cname": None if body.client is None else name_fields(body.client),
        "realm": body.realm,
        "sname": None if body.server is None else name_fields(body.server),
        "till": time_to(body.till),
        "rtime": None if body.renew_until is None else time_to(body.renew_until),
        "nonce": body.nonce,
        "etype": [int(etype) for etype in body.etypes],
    }
