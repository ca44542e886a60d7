"""The probe's own Kerberos codec, writing half: values -> octets, as DER. PURE.

Only what a client sends. Values from a caller that no message can hold (a flag over 32 bits, a time outside
the years 1 to 9999) raise ValueError or OverflowError: those are mistakes of ours, not a peer's.
"""

from collections.abc import Sequence

from probe.wire.crypto import Key
from probe.wire.der import (
    application,
    bit_string,
    context,
    general_string,
    generalized_time,
    integer,
    octet_string,
    sequence,
)
from probe.wire.kerberos.values import EncryptedData, MessageType, PaData, PrincipalName, Ticket

_VERSION = integer(5)  # pvno and authenticator-vno, RFC 4120 section 5.4.1 and 5.5.1
_AP_REQ_HEAD = context(0, _VERSION) + context(1, integer(MessageType.AP_REQ))
_AUTHENTICATOR_HEAD = context(0, _VERSION)
_MICROSECONDS = 1_000_000


def split_microseconds(time: float) -> tuple[int, int]:
    """Seconds since the Unix epoch as whole seconds and microseconds 0 to 999999, each a field of its own."""
    total = round(time * _MICROSECONDS)
    return total // _MICROSECONDS, total % _MICROSECONDS


def principal_name(name: PrincipalName) -> bytes:
    """PrincipalName, RFC 4120 section 5.2.2."""
    strings = sequence(*[general_string(component) for component in name.components])
    return sequence(context(0, integer(name.name_type)), context(1, strings))


def encrypted_data(value: EncryptedData) -> bytes:
    """EncryptedData, RFC 4120 section 5.2.9."""
    return sequence(
        context(0, integer(value.etype)),
        b"" if value.kvno is None else context(1, integer(value.kvno)),
        context(2, octet_string(value.cipher)),
    )


def encryption_key(key: Key) -> bytes:
    """EncryptionKey, RFC 4120 section 5.2.9."""
    return sequence(context(0, integer(key.etype)), context(1, octet_string(key.contents)))


def pa_data(item: PaData) -> bytes:
    """PA-DATA, RFC 4120 section 5.2.7."""
    return sequence(context(1, integer(item.type)), context(2, octet_string(item.value)))


def pa_enc_timestamp(patimestamp: float) -> bytes:
    """The plaintext of PA-ENC-TIMESTAMP, RFC 4120 section 5.2.7.2.

    PA-ENC-TS-ENC ::= SEQUENCE { patimestamp [0] KerberosTime, pausec [1] Microseconds OPTIONAL }
    """
    seconds, microseconds = split_microseconds(patimestamp)
    return sequence(context(0, generalized_time(seconds)), context(1, integer(microseconds)))


def pa_pac_request(*, include: bool) -> bytes:
    """KERB-PA-PAC-REQUEST ::= SEQUENCE { include-pac [0] BOOLEAN }, MS-KILE section 2.2.3."""
    return sequence(context(0, b"\x01\x01\xff" if include else b"\x01\x01\x00"))


def pa_pac_options(flags: int) -> bytes:
    """PA-PAC-OPTIONS ::= SEQUENCE { flags [0] KerberosFlags }, MS-KILE 2.2.10 (bit 1: branch aware)."""
    return sequence(context(0, bit_string(flags)))


def kdc_req_body(
    *,
    options: int,
    client: PrincipalName | None,
    realm: str,
    server: PrincipalName,
    till: float,
    nonce: int,
    etypes: Sequence[int],
    rtime: float | None = None,
) -> bytes:
    """KDC-REQ-BODY, RFC 4120 section 5.4.1; also what the checksum in a TGS-REQ's authenticator covers.

    KDC-REQ-BODY ::= SEQUENCE { kdc-options [0] KDCOptions, cname [1] PrincipalName OPTIONAL,
        realm [2] Realm, sname [3] PrincipalName OPTIONAL, from [4] KerberosTime OPTIONAL,
        till [5] KerberosTime, rtime [6] KerberosTime OPTIONAL, nonce [7] UInt32,
        etype [8] SEQUENCE OF Int32, ... }
    """
    return sequence(
        context(0, bit_string(options)),
        b"" if client is None else context(1, principal_name(client)),
        context(2, general_string(realm)),
        context(3, principal_name(server)),
        context(5, generalized_time(till)),
        b"" if rtime is None else context(6, generalized_time(rtime)),
        context(7, integer(nonce)),
        context(8, sequence(*[integer(etype) for etype in etypes])),
    )


def kdc_req_around(*, message_type: int, padata: Sequence[PaData], body: bytes) -> bytes:
    """An AS-REQ (10) or TGS-REQ (12) around a body from `kdc_req_body`, RFC 4120 section 5.4.1.

    KDC-REQ ::= SEQUENCE { pvno [1] INTEGER (5), msg-type [2] INTEGER (10 | 12),
        padata [3] SEQUENCE OF PA-DATA OPTIONAL, req-body [4] KDC-REQ-BODY }
    """
    items = sequence(*[pa_data(item) for item in padata])
    content = sequence(
        context(1, _VERSION),
        context(2, integer(message_type)),
        context(3, items) if padata else b"",
        context(4, body),
    )
    return application(message_type, content)


def kdc_req(  # noqa: PLR0913 - the fields of the message, all by name
    *,
    message_type: int,
    padata: Sequence[PaData],
    options: int,
    client: PrincipalName | None,
    realm: str,
    server: PrincipalName,
    till: float,
    nonce: int,
    etypes: Sequence[int],
    rtime: float | None = None,
) -> bytes:
    """An AS-REQ (10) or TGS-REQ (12) in one step; see `kdc_req_body` and `kdc_req_around`."""
    body = kdc_req_body(
        options=options,
        client=client,
        realm=realm,
        server=server,
        till=till,
        nonce=nonce,
        etypes=etypes,
        rtime=rtime,
    )
    return kdc_req_around(message_type=message_type, padata=padata, body=body)


def _checksum(checksum_type: int, checksum: bytes) -> bytes:
    return sequence(context(0, integer(checksum_type)), context(1, octet_string(checksum)))


def authenticator(
    *,
    client_realm: str,
    client: PrincipalName,
    checksum_type: int | None,
    checksum: bytes | None,
    cusec: int,
    ctime: float,
    subkey: Key | None,
    sequence_number: int | None,
) -> bytes:
    """The plaintext Authenticator, RFC 4120 section 5.5.1 (its ASN.1: `probe.wire.kerberos.Authenticator`).

    `ctime` is cut to whole seconds; `cusec` has its microseconds. A checksum is written if both its parts are
    given.
    """
    has_checksum = checksum_type is not None and checksum is not None
    content = sequence(
        _AUTHENTICATOR_HEAD,
        context(1, general_string(client_realm)),
        context(2, principal_name(client)),
        context(3, _checksum(checksum_type or 0, checksum or b"")) if has_checksum else b"",
        context(4, integer(cusec)),
        context(5, generalized_time(ctime)),
        b"" if subkey is None else context(6, encryption_key(subkey)),
        b"" if sequence_number is None else context(7, integer(sequence_number)),
    )
    return application(MessageType.AUTHENTICATOR, content)


def ap_req(*, ticket: Ticket, options: int, authenticator: EncryptedData) -> bytes:
    """An AP-REQ, RFC 4120 section 5.5.1, with the ticket's octets as the KDC sent them."""
    content = sequence(
        _AP_REQ_HEAD,
        context(2, bit_string(options)),
        context(3, ticket.raw),
        context(4, encrypted_data(authenticator)),
    )
    return application(MessageType.AP_REQ, content)
