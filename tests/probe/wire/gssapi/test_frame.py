"""Frames written by pyspnego's InitialContextToken, and the octets that RFC 4121 section 4.1 prints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spnego._spnego import InitialContextToken

from probe.wire.der import DerError
from probe.wire.gssapi import frame as gss
from tests.support import foreign_kerberos as foreign
from tests.support.damage import flipped, refuses_every_truncation, survives


def _foreign(oid: str, token: bytes) -> bytes:
    return InitialContextToken(oid, token).pack()


@pytest.mark.parametrize("token_id", [gss.AP_REQ, gss.AP_REP, gss.KRB_ERROR])
@pytest.mark.parametrize("length", [0, 1, 100, 130, 300, 70000])
def test_frame_as_pyspnego(token_id: bytes, length: int) -> None:
    body = b"b" * length
    message = gss.frame(token_id, body)
    assert message == _foreign("1.2.840.113554.1.2.2", token_id + body)
    framed = gss.unframe(message)
    assert (framed.oid, framed.token_id, framed.body) == (gss.KRB5, token_id, body)
    assert message[framed.offset :] == body


def test_the_octets_of_the_mechanisms() -> None:
    # RFC 4121 section 1 and RFC 4178 section 3 give the OIDs; this is their DER in MIT's gssapi_krb5.c.
    assert gss.KRB5_OID.hex() == "06092a864886f712010202"
    assert gss.MS_KRB5_OID.hex() == "06092a864882f712010202"
    assert gss.SPNEGO_OID.hex() == "06062b0601050502"
    assert (gss.AP_REQ.hex(), gss.AP_REP.hex(), gss.KRB_ERROR.hex()) == ("0100", "0200", "0300")


@pytest.mark.parametrize("oid", ["1.2.840.48018.1.2.2", "1.2.840.113554.1.2.2.3", "1.3.6.1.5.2.5"])
def test_kerberos_under_its_other_names_has_a_token_id_too(oid: str) -> None:
    framed = gss.unframe(_foreign(oid, b"\x03\x00error"))
    assert (framed.oid, framed.token_id, framed.body) == (oid, gss.KRB_ERROR, b"error")


@pytest.mark.parametrize("oid", [gss.SPNEGO, gss.NTLMSSP, "1.2.3.4"])
def test_other_mechanisms_have_none(oid: str) -> None:
    framed = gss.unframe(_foreign(oid, b"\x01\x00token"))
    assert (framed.oid, framed.token_id, framed.body) == (oid, b"", b"\x01\x00token")


MESSAGE = _foreign(gss.KRB5, gss.AP_REQ + foreign.ap_rep())


def test_cut_and_overlong_frames() -> None:
    refuses_every_truncation(gss.unframe, MESSAGE)
    with pytest.raises(DerError) as caught:
        gss.unframe(MESSAGE + b"\0")
    assert caught.value.offset == len(MESSAGE)


@pytest.mark.parametrize(
    "message", [foreign.ap_rep(), b"\x60\x00", b"\x60\x02\x05\x00", b"\x40\x03\x06\x01\x2a"]
)
def test_what_is_no_frame(message: bytes) -> None:
    with pytest.raises(DerError):
        gss.unframe(message)


def test_a_frame_without_room_for_a_token_id() -> None:
    with pytest.raises(DerError, match="token id") as caught:
        gss.unframe(_foreign(gss.KRB5, b"\x01"))
    assert caught.value.offset == 13


def test_flipped_bits() -> None:
    assert {survives(gss.unframe, damaged) for damaged in flipped(MESSAGE)} == {True, False}


@given(st.binary(max_size=100))
def test_any_octets(data: bytes) -> None:
    survives(gss.unframe, data)
    survives(gss.unframe, b"\x60" + data)


def test_checksum_contents() -> None:
    # RFC 4121 section 4.1.1: Lgth = 16, Bnd, Flags, all little-endian; mutual (2) and sequence (8).
    flags = gss.ContextFlag.MUTUAL | gss.ContextFlag.SEQUENCE
    assert gss.checksum_contents(flags).hex() == "10000000" + "00" * 16 + "0a000000"
    assert gss.checksum_contents(0, b"\xab" * 16).hex() == "10000000" + "ab" * 16 + "00000000"


def test_no_token_in_a_repr() -> None:
    assert "secret" not in repr(gss.unframe(_foreign(gss.KRB5, b"\x01\x00secret")))
