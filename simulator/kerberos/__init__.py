"""The lab's Kerberos messages on impacket's ASN.1 classes (PURE; RFC 4120 section 5): the names to import.

The probe has a codec of its own and this one shares nothing with it, so that neither can hide the other's mistake.
`codec` moves between DER and plain dictionaries, and is where the untyped library ends; `decode` reads what a KDC or
an acceptor gets, `encode` writes what they answer, `requests` has what a client needs, `values` is what lies between.
`seal` encrypts and decrypts parts of messages by their key usage (RFC 4120 section 7.5.1); `refusal` is why a KDC
says no.

Nothing but `SchemaError` leaves a decoder, whatever the octets are: the lab is open to any client.
"""

from simulator.kerberos.codec import MAXIMUM_BYTES, SchemaError
from simulator.kerberos.decode import (
    decode_ap_req,
    decode_authenticator,
    decode_authorization_data,
    decode_enc_ticket_part,
    decode_encrypted_data,
    decode_kdc_request,
    decode_krb_error,
    decode_timestamp,
)
from simulator.kerberos.encode import (
    encode_ap_rep,
    encode_authorization_data,
    encode_enc_ap_rep_part,
    encode_enc_kdc_reply_part,
    encode_enc_ticket_part,
    encode_etype_info2,
    encode_kdc_reply,
    encode_krb_error,
    encode_method_data,
    encode_windows_status,
)
from simulator.kerberos.values import (
    ApOption,
    ApRequest,
    Authenticator,
    AuthorizationElement,
    Checksum,
    EncApReplyPart,
    EncKdcReplyPart,
    EncryptedData,
    EncTicketPart,
    EtypeInfoEntry,
    KdcOption,
    KdcReply,
    KdcRequest,
    KdcRequestBody,
    KrbError,
    MessageType,
    NameType,
    PaData,
    PaDataType,
    PrincipalName,
    Ticket,
    TicketFlag,
)

__all__ = [
    "MAXIMUM_BYTES",
    "ApOption",
    "ApRequest",
    "Authenticator",
    "AuthorizationElement",
    "Checksum",
    "EncApReplyPart",
    "EncKdcReplyPart",
    "EncTicketPart",
    "EncryptedData",
    "EtypeInfoEntry",
    "KdcOption",
    "KdcReply",
    "KdcRequest",
    "KdcRequestBody",
    "KrbError",
    "MessageType",
    "NameType",
    "PaData",
    "PaDataType",
    "PrincipalName",
    "SchemaError",
    "Ticket",
    "TicketFlag",
    "decode_ap_req",
    "decode_authenticator",
    "decode_authorization_data",
    "decode_enc_ticket_part",
    "decode_encrypted_data",
    "decode_kdc_request",
    "decode_krb_error",
    "decode_timestamp",
    "encode_ap_rep",
    "encode_authorization_data",
    "encode_enc_ap_rep_part",
    "encode_enc_kdc_reply_part",
    "encode_enc_ticket_part",
    "encode_etype_info2",
    "encode_kdc_reply",
    "encode_krb_error",
    "encode_method_data",
    "encode_windows_status",
]
