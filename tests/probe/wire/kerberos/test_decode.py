"""Messages written by impacket and pyasn1, read by ours. Hex is from real programs, as said beside it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import asn1

from probe.wire import kerberos
from probe.wire.crypto import Key
from probe.wire.der import DerError
from probe.wire.kerberos import (
    ApOption,
    EncryptedData,
    EtypeInfo2Entry,
    KrbError,
    NameType,
    PaData,
    PrincipalName,
    TicketFlag,
)
from tests.support import foreign_kerberos as foreign
from tests.support.damage import flipped, refuses_every_truncation, survives

CLIENT = PrincipalName(name_type=1, components=("EX1$",))
SERVER = PrincipalName(name_type=2, components=("SMTPSVC", "ex2.contoso.lab"))
KEY = Key(etype=18, contents=foreign.KEY)
START, END, RENEW = 1785542405.0, 1785578400.0, 1786147200.0  # TIMES of foreign_kerberos, by date(1)

# Every public decoder with a message for it; those that stand alone and those that come out of a cipher.
ALONE: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "ticket": (kerberos.decode_ticket, foreign.ticket()),
    "as-rep": (kerberos.decode_kdc_rep, foreign.kdc_rep(asn1.AS_REP, 11)),
    "tgs-rep": (kerberos.decode_kdc_rep, foreign.kdc_rep(asn1.TGS_REP, 13)),
    "krb-error": (kerberos.decode_krb_error, foreign.krb_error(e_data=b"\x30\x00", e_text="no")),
    "ap-req": (kerberos.decode_ap_req, foreign.ap_req()),
    "ap-rep": (kerberos.decode_ap_rep, foreign.ap_rep()),
    "etype-info2": (kerberos.decode_etype_info2, foreign.etype_info2()),
    "etype-info": (kerberos.decode_etype_info2, foreign.etype_info()),
    "method-data": (kerberos.decode_method_data, foreign.method_data([(19, b"x"), (2, b"")])),
}
DECRYPTED: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "enc-as-rep-part": (kerberos.decode_enc_kdc_rep_part, foreign.enc_kdc_rep_part(asn1.EncASRepPart)),
    "enc-tgs-rep-part": (kerberos.decode_enc_kdc_rep_part, foreign.enc_kdc_rep_part(asn1.EncTGSRepPart)),
    "enc-ticket-part": (kerberos.decode_enc_ticket_part, foreign.enc_ticket_part()),
    "authenticator": (kerberos.decode_authenticator, foreign.authenticator()),
    "enc-ap-rep-part": (kerberos.decode_enc_ap_rep_part, foreign.enc_ap_rep_part()),
}
ALL = ALONE | DECRYPTED


def test_every_public_decoder_is_listed_here() -> None:
    public = {name for name in kerberos.__all__ if name.startswith("decode_")}
    assert {decode.__name__ for decode, _ in ALL.values()} == public


@pytest.mark.parametrize("kind", ALL)
def test_cut_anywhere_is_a_der_error(kind: str) -> None:
    refuses_every_truncation(*ALL[kind])


@pytest.mark.parametrize("kind", ALONE)
def test_octets_behind_a_message_are_refused(kind: str) -> None:
    decode, message = ALONE[kind]
    with pytest.raises(DerError) as caught:
        decode(message + b"\0")
    assert caught.value.offset == len(message)


@pytest.mark.parametrize("kind", DECRYPTED)
def test_padding_behind_a_decrypted_part_is_ignored(kind: str) -> None:
    decode, message = DECRYPTED[kind]
    assert decode(message + b"\7" * 7) == decode(message)


@pytest.mark.parametrize("kind", ALL)
def test_a_flipped_bit_is_read_or_is_a_der_error(kind: str) -> None:
    decode, message = ALL[kind]
    outcomes = [survives(decode, damaged) for damaged in flipped(message)]
    assert {True, False} == set(outcomes)  # some bits are contents, some are structure


@pytest.mark.parametrize("kind", ALL)
@given(data=st.binary(max_size=200))
def test_any_octets_are_read_or_are_a_der_error(kind: str, data: bytes) -> None:
    decode, message = ALL[kind]
    survives(decode, data)
    survives(decode, message[: len(message) // 2] + data)


@pytest.mark.parametrize("kind", ALL)
def test_every_other_message_is_refused(kind: str) -> None:
    decode, message = ALL[kind]
    others = [other for reader, other in ALL.values() if reader is not decode and other[0] != message[0]]
    assert len(others) >= 10
    for other in others:
        with pytest.raises(DerError):
            decode(other)


def test_ticket() -> None:
    message = foreign.ticket()
    ticket = kerberos.decode_ticket(message)
    assert (ticket.realm, ticket.sname, ticket.raw) == ("CONTOSO.LAB", SERVER, message)
    assert ticket.enc_part == EncryptedData(etype=18, kvno=3, cipher=bytes(range(256)) * 2)


@pytest.mark.parametrize(("kind", "number"), [(asn1.AS_REP, 11), (asn1.TGS_REP, 13)])
def test_kdc_rep(kind: object, number: int) -> None:
    reply = kerberos.decode_kdc_rep(foreign.kdc_rep(kind, number))
    assert (reply.message_type, reply.crealm, reply.cname) == (number, "CONTOSO.LAB", CLIENT)
    assert reply.padata == (PaData(type=19, value=b"\x30\x00"),)
    assert reply.enc_part == EncryptedData(etype=18, kvno=2, cipher=b"c" * 200)
    assert reply.ticket.raw == foreign.ticket()


@pytest.mark.parametrize(("kind", "number"), [(asn1.EncASRepPart, 25), (asn1.EncTGSRepPart, 26)])
def test_enc_kdc_rep_part_with_either_tag(kind: object, number: int) -> None:
    part = kerberos.decode_enc_kdc_rep_part(foreign.enc_kdc_rep_part(kind))
    assert (part.message_type, part.key, part.nonce, part.flags) == (number, KEY, 0xDEADBEEF, 0x40E10000)
    assert (part.auth_time, part.start_time, part.end_time) == (foreign.AUTH_TIME, START, END)
    assert (part.renew_till, part.key_expiration) == (RENEW, RENEW)
    assert (part.srealm, part.sname) == ("CONTOSO.LAB", SERVER)
    assert part.last_requests == ((0, foreign.AUTH_TIME),)
    assert part.encrypted_padata == (PaData(type=165, value=b"\x1f\0\0\0"),)
    named = TicketFlag.FORWARDABLE | TicketFlag.RENEWABLE | TicketFlag.INITIAL | TicketFlag.PRE_AUTHENT
    assert part.flags == named | TicketFlag.ENC_PA_REP


def test_enc_ticket_part_without_start_time() -> None:
    part = kerberos.decode_enc_ticket_part(foreign.enc_ticket_part())
    assert (part.flags, part.key, part.client_realm, part.client) == (0x40A10000, KEY, "CONTOSO.LAB", CLIENT)
    assert (part.auth_time, part.start_time, part.end_time) == (foreign.AUTH_TIME, foreign.AUTH_TIME, END)
    assert part.renew_till is None
    assert [(item.type, item.value) for item in part.authorization_data] == [(1, b"pac")]


def test_ap_req() -> None:
    request = kerberos.decode_ap_req(foreign.ap_req())
    assert request.options == ApOption.MUTUAL_REQUIRED
    assert request.ticket.raw == foreign.ticket()
    assert request.authenticator == EncryptedData(etype=18, kvno=None, cipher=b"a" * 150)


def test_authenticator() -> None:
    value = kerberos.decode_authenticator(foreign.authenticator())
    assert (value.client_realm, value.client) == ("CONTOSO.LAB", CLIENT)
    assert (value.checksum_type, value.checksum) == (0x8003, b"\x10\0\0\0" + bytes(16) + b"\2\0\0\0")
    assert (value.ctime, value.cusec) == (foreign.AUTH_TIME, 999999)
    assert (value.subkey, value.sequence_number) == (KEY, 0xFEDCBA98)
    assert [(item.type, item.value) for item in value.authorization_data] == [(1, b"x")]


def test_ap_rep_and_its_part() -> None:
    assert kerberos.decode_ap_rep(foreign.ap_rep()).enc_part.cipher == b"r" * 80
    part = kerberos.decode_enc_ap_rep_part(foreign.enc_ap_rep_part())
    assert (part.ctime, part.cusec) == (foreign.AUTH_TIME, 5)
    assert (part.subkey, part.sequence_number) == (KEY, 1 << 31)


def test_krb_error_whole() -> None:
    error = kerberos.decode_krb_error(foreign.krb_error(e_text="skew too great"))
    assert (error.error_code, error.e_text, error.e_data) == (37, "skew too great", None)
    assert (error.stime, error.ctime) == (foreign.AUTH_TIME + 0.25, START + 0.5)
    assert (error.crealm, error.cname, error.realm, error.sname) == (
        "CONTOSO.LAB",
        CLIENT,
        "CONTOSO.LAB",
        SERVER,
    )
    assert (error.padata(), error.nt_status(), error.error_data()) == ((), None, None)


def test_krb_error_as_samba_cuts_it_down() -> None:
    error = kerberos.decode_krb_error(foreign.krb_error(names=False))
    assert (error.crealm, error.cname, error.ctime) == (None, None, None)


def test_an_unknown_error_code_is_kept() -> None:
    assert kerberos.decode_krb_error(foreign.krb_error(-77777)).error_code == -77777


def _error(e_data: bytes | None) -> KrbError:
    return kerberos.decode_krb_error(foreign.krb_error(18, e_data))


def _extended(status: str) -> bytes:
    """KERB_EXT_ERROR of MS-KILE section 2.2.1 from the status' octets in the order they are sent."""
    return bytes.fromhex(status) + bytes(4) + b"\1\0\0\0"


# Both seen from a Samba KDC: a disabled and an expired account.
@pytest.mark.parametrize(("sent", "status"), [("720000c0", 0xC0000072), ("930100c0", 0xC0000193)])
def test_nt_status(sent: str, status: int) -> None:
    value = asn1.KERB_ERROR_DATA()
    value["data-type"] = 3
    value["data-value"] = _extended(sent)
    assert _error(foreign.octets(value)).nt_status() == status
    assert _error(foreign.method_data([(19, b""), (3, _extended(sent))])).nt_status() == status
    assert _error(_extended(sent)).nt_status() == status


def test_a_salt_is_not_an_nt_status() -> None:
    assert _error(foreign.method_data([(3, b"CONTOSO.LABx")])).nt_status() is None


def test_skew_recovery_as_sambas_acceptor_offers_it() -> None:
    error = _error(bytes.fromhex("3005a103020102"))
    assert error.error_data() == (kerberos.SKEW_RECOVERY, b"")
    assert error.offers_skew_recovery()
    assert (error.padata(), error.nt_status()) == ((), None)
    assert not _error(None).offers_skew_recovery()


def test_padata_of_an_error() -> None:
    items = [(2, b""), (16, b""), (19, foreign.etype_info2())]
    error = _error(foreign.method_data(items))
    assert [(item.type, item.value) for item in error.padata()] == items


@given(st.binary(max_size=80))
def test_no_e_data_raises(data: bytes) -> None:
    error = _error(data)
    error.padata()
    error.nt_status()
    error.offers_skew_recovery()


def test_etype_info2() -> None:
    first, second = kerberos.decode_etype_info2(foreign.etype_info2())
    assert first == EtypeInfo2Entry(
        etype=18, salt_bytes=b"CONTOSO.LABhostex1.contoso.lab", s2kparams=b"\0\0\x10\0"
    )
    assert first.salt == "CONTOSO.LABhostex1.contoso.lab"
    assert (second.etype, second.salt, second.s2kparams) == (23, None, None)


def test_the_older_etype_info() -> None:
    (entry,) = kerberos.decode_etype_info2(foreign.etype_info())
    assert (entry.etype, entry.salt_bytes, entry.salt) == (23, b"salt\xff", "saltÿ")


def test_a_kvno_of_a_read_only_domain_controller() -> None:
    # Its upper 16 bits are the controller's id; Heimdal writes the number signed.
    value = asn1.AP_REP()
    value["pvno"] = 5
    value["msg-type"] = 15
    foreign.set_encrypted(value, "enc-part", etype=18, kvno=-(0x10000), cipher=b"")
    assert kerberos.decode_ap_rep(foreign.octets(value)).enc_part.kvno == 0xFFFF0000


def test_unknown_fields_are_skipped() -> None:
    message = bytearray(foreign.ap_rep())
    assert (message[1], message[3]) == (0x69, 0x67)
    message[1] += 5
    message[3] += 5
    assert kerberos.decode_ap_rep(bytes(message) + b"\xbe\x03\x02\x01\x07") == kerberos.decode_ap_rep(
        foreign.ap_rep()
    )


@pytest.mark.parametrize(
    ("kind", "number"), [("as-rep", 11), ("ticket", 1), ("ap-req", 14), ("krb-error", 30)]
)
def test_message_type(kind: str, number: int) -> None:
    assert kerberos.message_type(ALONE[kind][1]) == number


@pytest.mark.parametrize(
    "data", [b"", b"\x60\x03\x02\x01\x05", b"\x30\x00", b"\x7f\x81\x01\x00", b"NTLMSSP\0"]
)
def test_message_type_of_what_is_none(data: bytes) -> None:
    assert kerberos.message_type(data) is None


def test_no_secret_in_a_repr() -> None:
    for decode, message in ALL.values():
        shown = repr(decode(message))
        assert "cipher" not in shown
        assert "contents" not in shown
        assert "raw=" not in shown
        assert "\\x01\\x02" not in shown


def test_principal_names() -> None:
    name = PrincipalName.parse("SMTPSVC/ex2.contoso.lab")
    assert name == SERVER
    assert str(name) == "SMTPSVC/ex2.contoso.lab"
    assert PrincipalName.parse("EX1$") == CLIENT
    enterprise = PrincipalName.parse("alice@contoso.lab", NameType.ENTERPRISE)
    assert (enterprise.name_type, enterprise.components) == (10, ("alice@contoso.lab",))
    assert PrincipalName.parse(r"a\/b/c\\d").components == ("a/b", r"c\d")
    with pytest.raises(ValueError):
        PrincipalName.parse("")


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_a_principal_name_reads_what_it_writes(components: list[str]) -> None:
    name = PrincipalName(name_type=1, components=tuple(components))
    assert PrincipalName.parse(str(name)).components == name.components
