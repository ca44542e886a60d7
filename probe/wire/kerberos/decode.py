"""The probe's own Kerberos codec, reading half: octets -> frozen values. PURE.

`probe/wire/kerberos/encode.py` is the writing half; the values are in `kerberos_values.py` and all importable
from here. Decoders take a whole message and raise `DerError`, with the octet where it stops making sense, and
nothing else. They keep numbers that they do not know, skip fields that they do not know, and do not mind a
version number or a msg-type that contradicts the application tag. A message that stands alone must end where
its length says; behind a decrypted part padding is allowed (RFC 3961 section 3).
"""

from probe.wire.der import APPLICATION, Node, optional, read_message, read_node, required
from probe.wire.kerberos.decode_parts import (
    authorization_data,
    checksum,
    encrypted_body,
    encrypted_data,
    encryption_key,
    message_body,
    optional_key,
    optional_time,
    optional_unsigned32,
    padata,
    principal_name,
    ticket,
)
from probe.wire.kerberos.values import (
    ApRep,
    ApReq,
    Authenticator,
    EncApRepPart,
    EncKdcRepPart,
    EncTicketPart,
    KdcRep,
    MessageType,
    Ticket,
)

_KDC_REP_NAMES = {int(MessageType.AS_REP): "AS-REP", int(MessageType.TGS_REP): "TGS-REP"}


def message_type(data: bytes) -> int | None:
    """The application tag of what begins `data` (see MessageType), or None when no Kerberos message does.

    Looks at the first octet only; tag 0 is GSS-API framing (RFC 2743 section 3.1), which is none of Kerberos'
    own.
    """
    if not data or data[0] & 0xE0 != 0x60 or data[0] & 0x1F in (0, 0x1F):
        return None
    return data[0] & 0x1F


def decode_ticket(data: bytes) -> Ticket:
    """Decode a Ticket that stands alone, for example one from a credential cache. Raises DerError."""
    return ticket(read_message(data))


def decode_kdc_rep(data: bytes) -> KdcRep:
    """Decode an AS-REP or a TGS-REP. Raises DerError."""
    node = read_message(data)
    if node.tag_class != APPLICATION or node.tag_number not in _KDC_REP_NAMES:
        raise node.refuse("AS-REP or TGS-REP")
    body = node.inner().sequence()
    fields = body.fields()
    return KdcRep(
        message_type=node.tag_number,
        padata=padata(optional(fields, 2)),
        crealm=required(fields, 3, "crealm", body).text(),
        cname=principal_name(required(fields, 4, "cname", body)),
        ticket=ticket(required(fields, 5, "ticket", body)),
        enc_part=encrypted_data(required(fields, 6, "enc-part", body)),
    )


def decode_enc_kdc_rep_part(data: bytes) -> EncKdcRepPart:
    """Decode the decrypted enc-part of a KDC-REP; either application tag will do. Raises DerError."""
    node = read_node(bytes(data))
    tags = (MessageType.ENC_AS_REP_PART, MessageType.ENC_TGS_REP_PART)
    if node.tag_class != APPLICATION or node.tag_number not in tags:
        raise node.refuse("EncASRepPart or EncTGSRepPart")
    body = node.inner().sequence()
    fields = body.fields()
    auth_time = required(fields, 5, "authtime", body).time()
    start_time = optional_time(fields, 6)
    return EncKdcRepPart(
        message_type=node.tag_number,
        key=encryption_key(required(fields, 0, "key", body)),
        nonce=required(fields, 2, "nonce", body).unsigned32(),
        flags=required(fields, 4, "flags", body).flags(),
        auth_time=auth_time,
        start_time=auth_time if start_time is None else start_time,
        end_time=required(fields, 7, "endtime", body).time(),
        renew_till=optional_time(fields, 8),
        srealm=required(fields, 9, "srealm", body).text(),
        sname=principal_name(required(fields, 10, "sname", body)),
        key_expiration=optional_time(fields, 3),
        last_requests=_last_requests(optional(fields, 1)),
        encrypted_padata=padata(optional(fields, 12)),
    )


def _last_requests(node: Node | None) -> tuple[tuple[int, float], ...]:
    """LastReq ::= SEQUENCE OF SEQUENCE { lr-type [0] Int32, lr-value [1] KerberosTime }, RFC 4120 5.4.2."""
    if node is None:
        return ()
    found = []
    for child in node.sequence().children():
        fields = child.fields()
        number = required(fields, 0, "lr-type", child).integer()
        found.append((number, required(fields, 1, "lr-value", child).time()))
    return tuple(found)


def decode_enc_ticket_part(data: bytes) -> EncTicketPart:
    """Decode the decrypted enc-part of a Ticket. Raises DerError."""
    body = encrypted_body(data, MessageType.ENC_TICKET_PART, "EncTicketPart")
    fields = body.fields()
    auth_time = required(fields, 5, "authtime", body).time()
    start_time = optional_time(fields, 6)
    return EncTicketPart(
        flags=required(fields, 0, "flags", body).flags(),
        key=encryption_key(required(fields, 1, "key", body)),
        client_realm=required(fields, 2, "crealm", body).text(),
        client=principal_name(required(fields, 3, "cname", body)),
        auth_time=auth_time,
        start_time=auth_time if start_time is None else start_time,
        end_time=required(fields, 7, "endtime", body).time(),
        renew_till=optional_time(fields, 8),
        authorization_data=authorization_data(optional(fields, 10)),
    )


def decode_ap_req(data: bytes) -> ApReq:
    """Decode an AP-REQ without its GSS framing. Raises DerError."""
    body = message_body(data, MessageType.AP_REQ, "AP-REQ")
    fields = body.fields()
    return ApReq(
        options=required(fields, 2, "ap-options", body).flags(),
        ticket=ticket(required(fields, 3, "ticket", body)),
        authenticator=encrypted_data(required(fields, 4, "authenticator", body)),
    )


def decode_authenticator(data: bytes) -> Authenticator:
    """Decode a decrypted Authenticator. Raises DerError."""
    body = encrypted_body(data, MessageType.AUTHENTICATOR, "Authenticator")
    fields = body.fields()
    node = optional(fields, 3)
    kind, value = (None, None) if node is None else checksum(node)
    return Authenticator(
        client_realm=required(fields, 1, "crealm", body).text(),
        client=principal_name(required(fields, 2, "cname", body)),
        checksum_type=kind,
        checksum=value,
        cusec=required(fields, 4, "cusec", body).integer(),
        ctime=required(fields, 5, "ctime", body).time(),
        subkey=optional_key(fields, 6),
        sequence_number=optional_unsigned32(fields, 7),
        authorization_data=authorization_data(optional(fields, 8)),
    )


def decode_ap_rep(data: bytes) -> ApRep:
    """Decode an AP-REP without its GSS framing. Raises DerError."""
    body = message_body(data, MessageType.AP_REP, "AP-REP")
    return ApRep(enc_part=encrypted_data(required(body.fields(), 2, "enc-part", body)))


def decode_enc_ap_rep_part(data: bytes) -> EncApRepPart:
    """Decode the decrypted enc-part of an AP-REP. Raises DerError."""
    body = encrypted_body(data, MessageType.ENC_AP_REP_PART, "EncAPRepPart")
    fields = body.fields()
    return EncApRepPart(
        ctime=required(fields, 0, "ctime", body).time(),
        cusec=required(fields, 1, "cusec", body).integer(),
        subkey=optional_key(fields, 2),
        sequence_number=optional_unsigned32(fields, 3),
    )
