"""Our octets read by pyasn1 with impacket's ASN.1 classes, and compared with what pyasn1 writes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import asn1

from probe.wire.crypto import Key
from probe.wire.kerberos import EncryptedData, PaData, PrincipalName, decode_ticket, encode
from tests.support import foreign_kerberos as foreign

CLIENT = PrincipalName(name_type=1, components=("EX1$",))
SERVER = PrincipalName(name_type=2, components=("SMTPSVC", "ex2.contoso.lab"))
TILL = 1785578400.0  # 2026-08-01T10:00:00Z, by date(1)
RENEW = 1786147200.0  # 2026-08-08T00:00:00Z, by date(1)


def _same(ours: bytes, kind: Any) -> Any:
    """What pyasn1 reads from our octets, after making sure that it would write the same ones."""
    value = foreign.read(ours, kind)
    assert foreign.octets(value) == ours
    return value


def _body(client: PrincipalName | None = CLIENT, rtime: float | None = RENEW) -> bytes:
    return encode.kdc_req_body(
        options=0x40810010,
        client=client,
        realm="CONTOSO.LAB",
        server=SERVER,
        till=TILL,
        nonce=0xFFFFFFFF,
        etypes=(18, 17, 20, 19, 23, -128),
        rtime=rtime,
    )


def _foreign_body(value: Any) -> None:
    value["kdc-options"] = foreign.bits(0x40810010)
    foreign.set_name(value, "cname", ["EX1$"])
    value["realm"] = "CONTOSO.LAB"
    foreign.set_name(value, "sname", ["SMTPSVC", "ex2.contoso.lab"], 2)
    value["till"] = "20260801100000Z"
    value["rtime"] = "20260808000000Z"
    value["nonce"] = 0xFFFFFFFF
    # -128 last: pyasn1 writes it with a needless octet, so it is compared apart.
    for index, number in enumerate((18, 17, 20, 19, 23, -133)):
        value["etype"][index] = number


def test_as_req_is_what_impacket_would_write() -> None:
    value = asn1.AS_REQ()
    value["pvno"] = 5
    value["msg-type"] = 10
    value["padata"][0]["padata-type"] = 2
    value["padata"][0]["padata-value"] = b"timestamp"
    value["padata"][1]["padata-type"] = 149
    value["padata"][1]["padata-value"] = b""
    _foreign_body(value["req-body"])
    ours = encode.kdc_req(
        message_type=10,
        padata=[PaData(type=2, value=b"timestamp"), PaData(type=149, value=b"")],
        options=0x40810010,
        client=CLIENT,
        realm="CONTOSO.LAB",
        server=SERVER,
        till=TILL,
        nonce=0xFFFFFFFF,
        etypes=(18, 17, 20, 19, 23, -133),
        rtime=RENEW,
    )
    assert ours == foreign.octets(value)


def test_body_is_read_by_impacket() -> None:
    value = foreign.read(_body(), asn1.KDC_REQ_BODY())
    assert [int(number) for number in value["etype"]] == [18, 17, 20, 19, 23, -128]
    assert (int(value["nonce"]), str(value["till"])) == (0xFFFFFFFF, "20260801100000Z")


def test_tgs_req_holds_the_body_that_the_checksum_covers() -> None:
    body = _body(client=None, rtime=None)
    request = encode.kdc_req_around(message_type=12, padata=[PaData(type=1, value=b"ap-req")], body=body)
    value = foreign.read(request, asn1.TGS_REQ())
    assert request.endswith(body)
    assert not value["req-body"]["cname"].isValue
    assert not value["req-body"]["rtime"].isValue
    assert int(value["msg-type"]) == 12
    assert bytes(value["padata"][0]["padata-value"]) == b"ap-req"


def test_no_padata_is_no_field() -> None:
    request = encode.kdc_req_around(message_type=10, padata=(), body=_body())
    assert not foreign.read(request, asn1.AS_REQ())["padata"].isValue


@pytest.mark.parametrize(
    ("time", "text", "microseconds"),
    [
        (1785542400.25, "20260801000000Z", 250000),
        (1785542399.9999998, "20260801000000Z", 0),  # rounds up into the next second
        (1785542400.0, "20260801000000Z", 0),
    ],
)
def test_pa_enc_timestamp(time: float, text: str, microseconds: int) -> None:
    value = _same(encode.pa_enc_timestamp(time), asn1.PA_ENC_TS_ENC())
    assert (str(value["patimestamp"]), int(value["pausec"])) == (text, microseconds)


def test_pa_pac_request() -> None:
    for include in (True, False):
        value = asn1.KERB_PA_PAC_REQUEST()
        value["include-pac"] = include
        assert encode.pa_pac_request(include=include) == foreign.octets(value)


def test_pa_pac_options() -> None:
    value = asn1.PA_PAC_OPTIONS()
    value["flags"] = foreign.bits(0x40000000)
    assert encode.pa_pac_options(0x40000000) == foreign.octets(value)


@pytest.mark.parametrize("kvno", [None, 0, 3, 127, 128, 0xFFFFFFFF])
def test_encrypted_data(kvno: int | None) -> None:
    ours = encode.encrypted_data(EncryptedData(etype=-133, kvno=kvno, cipher=b"c" * 300))
    value = _same(ours, asn1.EncryptedData())
    assert (int(value["etype"]), bytes(value["cipher"])) == (-133, b"c" * 300)
    assert (int(value["kvno"]) if value["kvno"].isValue else None) == kvno


def test_authenticator_whole() -> None:
    value = asn1.Authenticator()
    value["authenticator-vno"] = 5
    value["crealm"] = "CONTOSO.LAB"
    foreign.set_name(value, "cname", ["EX1$"])
    value["cksum"]["cksumtype"] = 0x8003
    value["cksum"]["checksum"] = b"checksum"
    value["cusec"] = 999999
    value["ctime"] = "20260801000000Z"
    value["subkey"]["keytype"] = 18
    value["subkey"]["keyvalue"] = foreign.KEY
    value["seq-number"] = 0xFEDCBA98
    ours = encode.authenticator(
        client_realm="CONTOSO.LAB",
        client=CLIENT,
        checksum_type=0x8003,
        checksum=b"checksum",
        cusec=999999,
        ctime=foreign.AUTH_TIME + 0.999999,
        subkey=Key(etype=18, contents=foreign.KEY),
        sequence_number=0xFEDCBA98,
    )
    assert ours == foreign.octets(value)


def test_authenticator_with_nothing_optional() -> None:
    ours = encode.authenticator(
        client_realm="CONTOSO.LAB",
        client=CLIENT,
        checksum_type=None,
        checksum=None,
        cusec=0,
        ctime=foreign.AUTH_TIME,
        subkey=None,
        sequence_number=None,
    )
    value = _same(ours, asn1.Authenticator())
    assert not any(value[field].isValue for field in ("cksum", "subkey", "seq-number", "authorization-data"))


def test_ap_req_is_what_impacket_would_write() -> None:
    ours = encode.ap_req(
        ticket=decode_ticket(foreign.ticket()),
        options=0x20000000,
        authenticator=EncryptedData(etype=18, kvno=None, cipher=b"a" * 150),
    )
    assert ours == foreign.ap_req()


def test_a_ticket_goes_out_as_it_came_even_if_it_is_not_der() -> None:
    message = foreign.ticket()
    assert message[1] == 0x82
    oddly = b"\x61\x83\x00" + message[2:]  # the length in three octets where two would do
    ticket = decode_ticket(oddly)
    request = encode.ap_req(
        ticket=ticket, options=0, authenticator=EncryptedData(etype=18, kvno=None, cipher=b"")
    )
    assert oddly in request


@given(st.floats(min_value=0, max_value=4e9))
def test_microseconds_stay_within_their_second(time: float) -> None:
    seconds, microseconds = encode.split_microseconds(time)
    assert 0 <= microseconds < 1_000_000
    assert abs(seconds + microseconds / 1e6 - time) < 2e-6


@given(
    st.lists(st.text(max_size=20), min_size=1, max_size=5),
    st.integers(min_value=-(1 << 31) + 1, max_value=(1 << 31) - 1),
)
def test_any_principal_name_is_read_by_impacket(components: list[str], name_type: int) -> None:
    ours = encode.principal_name(PrincipalName(name_type=name_type, components=tuple(components)))
    value = foreign.read(ours, asn1.PrincipalName())
    assert int(value["name-type"]) == name_type
    assert [bytes(part) for part in value["name-string"]] == [part.encode() for part in components]


def test_what_no_message_can_hold_is_the_callers_mistake() -> None:
    with pytest.raises(OverflowError):
        encode.pa_pac_options(1 << 32)
    with pytest.raises(ValueError):
        encode.pa_enc_timestamp(1e12)
