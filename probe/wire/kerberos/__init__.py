"""Kerberos messages as octets and as frozen values (RFC 4120), the probe's own codec. PURE.

A message crosses this folder in one of two ways. Reading: `der` splits octets into tagged nodes with their offsets;
`decode_parts` reads the pieces that several messages share (names, tickets, encrypted parts, preauthentication data);
`decode` reads whole messages and the parts that were decrypted; `error` reads a KRB-ERROR and its e-data, where a KDC
or an acceptor says why. Writing: `encode` builds requests. What comes out of the one and goes into the other are
the values of `values`: numbers that we do not know stay numbers, because a newer KDC is no broken one.

The values and the decoders are importable from here.
"""

from probe.wire.crypto import Key
from probe.wire.der import DerError
from probe.wire.kerberos.decode import (
    decode_ap_rep,
    decode_ap_req,
    decode_authenticator,
    decode_enc_ap_rep_part,
    decode_enc_kdc_rep_part,
    decode_enc_ticket_part,
    decode_kdc_rep,
    decode_ticket,
    message_type,
)
from probe.wire.kerberos.decode_parts import decode_etype_info2, decode_method_data
from probe.wire.kerberos.error import EXTENDED, SKEW_RECOVERY, KrbError, decode_krb_error
from probe.wire.kerberos.values import (
    ApOption,
    ApRep,
    ApReq,
    Authenticator,
    AuthorizationData,
    Credential,
    EncApRepPart,
    EncKdcRepPart,
    EncryptedData,
    EncTicketPart,
    EtypeInfo2Entry,
    KdcOption,
    KdcRep,
    KeyUsage,
    MessageType,
    NameType,
    PaData,
    PaDataType,
    PrincipalName,
    Ticket,
    TicketFlag,
)

__all__ = [
    "EXTENDED",
    "SKEW_RECOVERY",
    "ApOption",
    "ApRep",
    "ApReq",
    "Authenticator",
    "AuthorizationData",
    "Credential",
    "DerError",
    "EncApRepPart",
    "EncKdcRepPart",
    "EncTicketPart",
    "EncryptedData",
    "EtypeInfo2Entry",
    "KdcOption",
    "KdcRep",
    "Key",
    "KeyUsage",
    "KrbError",
    "MessageType",
    "NameType",
    "PaData",
    "PaDataType",
    "PrincipalName",
    "Ticket",
    "TicketFlag",
    "decode_ap_rep",
    "decode_ap_req",
    "decode_authenticator",
    "decode_enc_ap_rep_part",
    "decode_enc_kdc_rep_part",
    "decode_enc_ticket_part",
    "decode_etype_info2",
    "decode_kdc_rep",
    "decode_krb_error",
    "decode_method_data",
    "decode_ticket",
    "message_type",
]
