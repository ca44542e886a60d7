from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import asn1
from pyasn1.codec.native import encoder as to_native  # type: ignore[import-untyped]

from probe.wire.crypto import Key, verify_checksum
from simulator import kerberos as schema
from simulator.kerberos import (
    ApOption,
    AuthorizationElement,
    EncApReplyPart,
    EncryptedData,
    EtypeInfoEntry,
    KdcOption,
    KdcReply,
    KrbError,
    MessageType,
    PaData,
    PrincipalName,
    SchemaError,
    Ticket,
    TicketFlag,
)
from tests.support.lab_kdc import KEYS, MESSAGES, NOW, REALM, read

ALICE = PrincipalName(name_type=1, components=("alice",))
KRBTGT = PrincipalName(name_type=2, components=("krbtgt", REALM))

DECODERS: dict[str, Callable[[bytes], object]] = {
    "as_req_with_timestamp": schema.decode_kdc_request,
    "tgs_req": schema.decode_kdc_request,
    "ap_req": schema.decode_ap_req,
    "ap_authenticator": schema.decode_authenticator,
    "service_ticket_part": schema.decode_enc_ticket_part,
    "preauth_required": schema.decode_krb_error,
}
OTHER_DECODERS = (
    schema.decode_encrypted_data,
    schema.decode_timestamp,
    schema.decode_authorization_data,
)


def test_mit_as_req() -> None:
    # The values are those that kinit was started with and that krb5kdc wrote into its log.
    request = schema.decode_kdc_request(MESSAGES["as_req"])
    assert request.message_type is MessageType.AS_REQ
    assert [p.padata_type for p in request.padata] == [150, 149]
    assert request.body.client == ALICE
    assert request.body.server == KRBTGT
    assert request.body.realm == REALM
    assert request.body.options == KdcOption.RENEWABLE_OK
    assert request.body.etypes == (18, 17, 20, 19, 16, 23, 25, 26)
    assert request.body.till == NOW + 86_400


def test_the_raw_body_is_what_mit_signed() -> None:
    request = schema.decode_kdc_request(MESSAGES["tgs_req"])
    authenticator = schema.decode_authenticator(MESSAGES["tgs_authenticator"])
    assert authenticator.checksum is not None
    assert authenticator.checksum.checksum_type == 16
    verify_checksum(KEYS["tgt_session"], 6, request.raw_body, authenticator.checksum.value)
    assert authenticator.subkey == KEYS["tgs_subkey"]


def test_mit_ap_req() -> None:
    request = schema.decode_ap_req(MESSAGES["ap_req"])
    assert request.options == ApOption.MUTUAL_REQUIRED
    assert str(request.ticket.server) == "SMTPSVC/ex1.contoso.lab"
    assert (request.ticket.realm, request.ticket.encrypted.kvno) == (REALM, 1)
    authenticator = schema.decode_authenticator(MESSAGES["ap_authenticator"])
    assert (authenticator.client, authenticator.client_realm) == (ALICE, REALM)
    assert (authenticator.ctime, authenticator.cusec) == (NOW + 1, 6397)
    assert authenticator.sequence_number == 779639697
    assert authenticator.checksum is not None
    # RFC 4121 section 4.1.1: the checksum field of GSS-API holds channel bindings and flags.
    assert authenticator.checksum.checksum_type == 0x8003


def test_mit_ticket_comes_out_as_it_went_in() -> None:
    for name in ("tgt_part", "service_ticket_part"):
        part = schema.decode_enc_ticket_part(MESSAGES[name])
        assert part.client == ALICE
        assert TicketFlag.PRE_AUTHENT in part.flags
        assert (part.auth_time, part.end_time) == (NOW, NOW + 86_400)
        inner = schema.decode_authorization_data(part.authorization_data[0].data)
        assert inner[0].ad_type == 128  # a PAC
        assert schema.encode_authorization_data(inner) == part.authorization_data[0].data
        assert schema.encode_enc_ticket_part(part) == MESSAGES[name]


def test_mit_krb_error_comes_out_as_it_went_in() -> None:
    error = schema.decode_krb_error(MESSAGES["preauth_required"])
    assert (error.error_code, error.stime, error.susec) == (25, NOW, 967211)
    assert (error.text, error.client, error.server) == ("NEEDED_PREAUTH", ALICE, KRBTGT)
    assert schema.encode_krb_error(error) == MESSAGES["preauth_required"]


def test_mit_method_data() -> None:
    info = schema.encode_etype_info2((EtypeInfoEntry(etype=18, salt="CONTOSO.LABalice"),))
    written = schema.encode_method_data(
        (
            PaData(padata_type=136, value=b""),
            PaData(padata_type=19, value=info),
            PaData(padata_type=2, value=b""),
            PaData(padata_type=133, value=b"MIT"),
        )
    )
    assert written == schema.decode_krb_error(MESSAGES["preauth_required"]).data


def test_mit_ap_rep() -> None:
    fields = to_native.encode(read(MESSAGES["ap_rep"], asn1.AP_REP()))
    encrypted = EncryptedData(etype=18, cipher=fields["enc-part"]["cipher"])
    assert schema.encode_ap_rep(encrypted) == MESSAGES["ap_rep"]
    subkey = bytes.fromhex("6e52a46024ff14f559d433bd8074e8201c193ad066be8c12734409e6fd8e5307")
    part = EncApReplyPart(ctime=NOW + 1, cusec=6397, subkey=Key(18, subkey), sequence_number=290686251)
    assert schema.encode_enc_ap_rep_part(part) == MESSAGES["enc_ap_rep_part"]


@pytest.mark.parametrize(
    ("name", "message_type"), [("as_rep", MessageType.AS_REP), ("tgs_rep", MessageType.TGS_REP)]
)
def test_mit_kdc_replies(name: str, message_type: MessageType) -> None:
    specification = asn1.AS_REP() if message_type is MessageType.AS_REP else asn1.TGS_REP()
    fields = to_native.encode(read(MESSAGES[name], specification))
    ticket, part = fields["ticket"], fields["enc-part"]
    reply = KdcReply(
        message_type=message_type,
        padata=tuple(PaData(padata_type=p["padata-type"], value=p["padata-value"]) for p in fields["padata"]),
        client_realm=REALM,
        client=ALICE,
        ticket=Ticket(
            realm=REALM,
            server=PrincipalName(
                name_type=ticket["sname"]["name-type"],
                components=tuple(c.decode() for c in ticket["sname"]["name-string"]),
            ),
            encrypted=EncryptedData(etype=18, kvno=1, cipher=ticket["enc-part"]["cipher"]),
        ),
        encrypted=EncryptedData(etype=18, kvno=part.get("kvno"), cipher=part["cipher"]),
    )
    assert schema.encode_kdc_reply(reply) == MESSAGES[name]


def test_windows_status() -> None:
    # MS-KILE 2.2.1 and 2.2.2, and the first four octets as Samba sends them for a disabled account.
    assert schema.encode_windows_status(0xC0000072).hex() == "3015a103020103a20e040c720000c00000000001000000"


def test_neither_keys_nor_ciphertext_are_in_a_repr() -> None:
    shown = repr(schema.decode_enc_ticket_part(MESSAGES["tgt_part"])) + repr(
        schema.decode_ap_req(MESSAGES["ap_req"])
    )
    assert repr(KEYS["tgt_session"].contents)[2:-1] not in shown
    assert "cipher" not in shown


@pytest.mark.parametrize("name", DECODERS)
def test_cut_and_trailing_octets(name: str) -> None:
    octets = MESSAGES[name]
    DECODERS[name](octets)
    for length in range(len(octets)):
        with pytest.raises(SchemaError):
            DECODERS[name](octets[:length])
    with pytest.raises(SchemaError, match="1 octets behind its end"):
        DECODERS[name](octets + b"\0")


HOSTILE = {
    "nothing": b"",
    "deep nesting": b"\x30\x80" * 5000,
    "deeper definite nesting": b"".join(b"\x30\x84" + (6 * n).to_bytes(4, "big") for n in range(3000, 0, -1)),
    "endless length": b"\x6a\x88" + b"\xff" * 8,
    "too long": b"\x6a" + bytes(1 << 20),
    "huge integer": b"\x30\x84\x00\x01\x00\x0a\xa0\x84\x00\x01\x00\x04\x02\x83\x01\x00\x00" + b"\x7f" * 65536,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("decoder", [*DECODERS.values(), *OTHER_DECODERS])
def test_hostile_octets(kind: str, decoder: Callable[[bytes], object]) -> None:
    with pytest.raises(SchemaError) as caught:
        decoder(HOSTILE[kind])
    assert len(str(caught.value)) < 200


@given(st.binary(max_size=300), st.sampled_from([*DECODERS.values(), *OTHER_DECODERS]))
def test_any_octets(octets: bytes, decoder: Callable[[bytes], object]) -> None:
    with pytest.raises(SchemaError):
        decoder(octets)


@given(st.sampled_from(list(DECODERS)), st.data())
def test_damaged_messages_are_read_or_refused(name: str, data: st.DataObject) -> None:
    octets = bytearray(MESSAGES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        DECODERS[name](bytes(octets))
    except SchemaError:
        return


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"20261123215155Z", b"20261323215155Z"),
        (b"20261123215155Z", b"2026112321515.Z"),
        (b"krbtgt", b"krb\xfftg"),
    ],
)
def test_contents_that_no_kerberos_string_or_time_has(old: bytes, new: bytes) -> None:
    octets = MESSAGES["preauth_required"]
    assert old in octets
    with pytest.raises(SchemaError):
        schema.decode_krb_error(octets.replace(old, new))


def test_a_tag_and_a_message_type_that_differ() -> None:
    octets = MESSAGES["as_req"]
    with pytest.raises(SchemaError, match="message type 10 by its tag and 12"):
        schema.decode_kdc_request(octets.replace(b"\xa2\x03\x02\x01\x0a", b"\xa2\x03\x02\x01\x0c"))


def test_values_that_no_message_can_carry() -> None:
    with pytest.raises(SchemaError):
        schema.encode_krb_error(KrbError(error_code=60, stime=10**15, susec=0, realm=REALM, server=KRBTGT))
    with pytest.raises(SchemaError):
        schema.encode_krb_error(KrbError(error_code=60, stime=0, susec=-1, realm=REALM, server=KRBTGT))
    with pytest.raises(SchemaError):
        schema.encode_authorization_data((AuthorizationElement(ad_type=1 << 40, data=b""),))
