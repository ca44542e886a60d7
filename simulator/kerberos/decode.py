"""What the lab reads of Kerberos: octets to frozen values (PURE); imported from `simulator.kerberos`.

Every function raises `SchemaError` and nothing else, for whatever octets. Absent is None.
"""

from typing import Any

from impacket.krb5 import asn1

from probe.wire.crypto import Key
from simulator.kerberos.codec import (
    SchemaError,
    element,
    flags_from,
    from_der,
    list_from_der,
    text,
    time_from,
)
from simulator.kerberos.values import (
    ApOption,
    ApRequest,
    Authenticator,
    AuthorizationElement,
    Checksum,
    EncryptedData,
    EncTicketPart,
    KdcOption,
    KdcRequest,
    KdcRequestBody,
    KrbError,
    MessageType,
    PaData,
    PrincipalName,
    Ticket,
    TicketFlag,
)

_TGS_REQ_TAG = 0x60 | MessageType.TGS_REQ
_SEQUENCE_TAG = 0x30
_BODY_TAG = 0xA4


def decode_kdc_request(data: bytes) -> KdcRequest:
    """Read an AS-REQ or TGS-REQ (RFC 4120 section 5.4.1)."""
    expected, specification = (
        (MessageType.TGS_REQ, asn1.TGS_REQ())
        if data[:1] == bytes([_TGS_REQ_TAG])
        else (MessageType.AS_REQ, asn1.AS_REQ())
    )
    fields = from_der(data, specification)
    if fields["msg-type"] != expected:
        raise SchemaError(f"message type {expected:d} by its tag and {fields['msg-type']} by its field")
    return KdcRequest(
        message_type=expected,
        padata=tuple(
            PaData(padata_type=p["padata-type"], value=p["padata-value"]) for p in fields.get("padata", ())
        ),
        body=_request_body(fields["req-body"]),
        raw_body=element(data, 0x60 | expected, _SEQUENCE_TAG, _BODY_TAG),
    )


def _request_body(fields: Any) -> KdcRequestBody:
    return KdcRequestBody(
        options=KdcOption(flags_from(fields["kdc-options"])),
        client=_optional_name(fields.get("cname")),
        realm=text(fields["realm"]),
        server=_optional_name(fields.get("sname")),
        till=time_from(fields["till"]),
        renew_until=_optional_time(fields.get("rtime")),
        nonce=fields["nonce"],
        etypes=tuple(fields["etype"]),
    )


def decode_ap_req(data: bytes) -> ApRequest:
    """Read an AP-REQ without its GSS wrapping (RFC 4120 section 5.5.1)."""
    fields = from_der(data, asn1.AP_REQ())
    return ApRequest(
        options=ApOption(flags_from(fields["ap-options"])),
        ticket=read_ticket(fields["ticket"]),
        authenticator=read_encrypted(fields["authenticator"]),
    )


def decode_authenticator(data: bytes) -> Authenticator:
    """Read a decrypted Authenticator (RFC 4120 section 5.5.1)."""
    fields = from_der(data, asn1.Authenticator())
    checksum = fields.get("cksum")
    return Authenticator(
        client_realm=text(fields["crealm"]),
        client=read_name(fields["cname"]),
        checksum=checksum
        and Checksum(checksum_type=int(checksum["cksumtype"]), value=bytes(checksum["checksum"])),
        ctime=time_from(fields["ctime"]),
        cusec=fields["cusec"],
        subkey=_optional_key(fields.get("subkey")),
        sequence_number=fields.get("seq-number"),
    )


def decode_enc_ticket_part(data: bytes) -> EncTicketPart:
    """Read the decrypted part of a ticket (RFC 4120 section 5.3)."""
    fields = from_der(data, asn1.EncTicketPart())
    return EncTicketPart(
        flags=TicketFlag(flags_from(fields["flags"])),
        key=read_key(fields["key"]),
        client_realm=text(fields["crealm"]),
        client=read_name(fields["cname"]),
        auth_time=time_from(fields["authtime"]),
        start_time=_optional_time(fields.get("starttime")),
        end_time=time_from(fields["endtime"]),
        renew_till=_optional_time(fields.get("renew-till")),
        authorization_data=tuple(_element(e) for e in fields.get("authorization-data", ())),
        transited=_realms(bytes(fields["transited"]["contents"])),
    )


def _realms(contents: bytes) -> tuple[str, ...]:
    """Of the encoding DOMAIN-X500-COMPRESS; what another KDC has compressed stays as it is."""
    return tuple(contents.decode("ascii", errors="replace").split(",")) if contents else ()


def decode_encrypted_data(data: bytes) -> EncryptedData:
    """Read EncryptedData on its own, as PA-ENC-TIMESTAMP holds it."""
    return read_encrypted(from_der(data, asn1.EncryptedData()))


def decode_timestamp(data: bytes) -> float:
    """Read a decrypted PA-ENC-TS-ENC (RFC 4120 section 5.2.7.2): the client's clock, UTC seconds."""
    fields = from_der(data, asn1.PA_ENC_TS_ENC())
    return time_from(fields["patimestamp"]) + int(fields.get("pausec", 0)) / 1e6


def decode_authorization_data(data: bytes) -> tuple[AuthorizationElement, ...]:
    """Read AuthorizationData, or the AD-IF-RELEVANT that an element holds."""
    return tuple(_element(e) for e in list_from_der(data, asn1.AuthorizationData()))


def decode_krb_error(data: bytes) -> KrbError:
    """Read a KRB-ERROR (RFC 4120 section 5.9.1)."""
    fields = from_der(data, asn1.KRB_ERROR())
    client_realm, explanation = fields.get("crealm"), fields.get("e-text")
    return KrbError(
        error_code=fields["error-code"],
        stime=time_from(fields["stime"]),
        susec=fields["susec"],
        realm=text(fields["realm"]),
        server=read_name(fields["sname"]),
        ctime=_optional_time(fields.get("ctime")),
        cusec=fields.get("cusec"),
        client_realm=None if client_realm is None else text(client_realm),
        client=_optional_name(fields.get("cname")),
        text=None if explanation is None else text(explanation),
        data=fields.get("e-data"),
    )


def read_name(fields: Any) -> PrincipalName:
    """A PrincipalName out of its fields."""
    return PrincipalName(
        name_type=fields["name-type"], components=tuple(text(part) for part in fields["name-string"])
    )


def _optional_name(fields: Any) -> PrincipalName | None:
    return None if fields is None else read_name(fields)


def _optional_time(octets: bytes | None) -> int | None:
    return None if octets is None else time_from(octets)


def read_key(fields: Any) -> Key:
    """An EncryptionKey out of its fields."""
    return Key(fields["keytype"], fields["keyvalue"])


def _optional_key(fields: Any) -> Key | None:
    return None if fields is None else read_key(fields)


def read_encrypted(fields: Any) -> EncryptedData:
    """An EncryptedData out of its fields."""
    return EncryptedData(etype=fields["etype"], kvno=fields.get("kvno"), cipher=fields["cipher"])


def read_ticket(fields: Any) -> Ticket:
    """A Ticket out of its fields."""
    return Ticket(
        realm=text(fields["realm"]),
        server=read_name(fields["sname"]),
        encrypted=read_encrypted(fields["enc-part"]),
    )


def _element(fields: Any) -> AuthorizationElement:
    return AuthorizationElement(ad_type=fields["ad-type"], data=fields["ad-data"])
