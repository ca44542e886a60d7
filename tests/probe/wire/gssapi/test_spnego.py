"""Tokens packed by pyspnego, read by ours; ours unpacked by pyspnego and compared with what it packs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spnego._spnego import ContextFlags, unpack_token
from spnego._spnego import NegState as ForeignState
from spnego._spnego import NegTokenInit as ForeignInit
from spnego._spnego import NegTokenResp as ForeignResp

from probe.wire.der import DerError
from probe.wire.gssapi import frame as gss
from probe.wire.gssapi import spnego
from probe.wire.gssapi.spnego import BareToken, NegState, NegTokenInit, NegTokenResp
from tests.support import foreign_kerberos as foreign
from tests.support.damage import flipped, refuses_every_truncation, survives

MS_KRB5, KRB5, NTLM = "1.2.840.48018.1.2.2", "1.2.840.113554.1.2.2", "1.3.6.1.4.1.311.2.2.10"
HINT = "not_defined_in_RFC4178@please_ignore"
KERBEROS_ERROR = gss.frame(gss.KRB_ERROR, foreign.krb_error(e_data=bytes.fromhex("3005a103020102")))

INIT = ForeignInit([MS_KRB5, KRB5, NTLM], None, b"mech token", None, None, b"mic").pack()
HINTS = ForeignInit([MS_KRB5, KRB5, NTLM], None, None, HINT.encode(), None, b"mic").pack()
RESPONSE = ForeignResp(ForeignState.accept_incomplete, MS_KRB5, KERBEROS_ERROR, b"mic").pack()
ALL = {"init": INIT, "hints": HINTS, "response": RESPONSE}


def _init(data: bytes) -> NegTokenInit:
    token = spnego.decode(data)
    assert isinstance(token, NegTokenInit)
    return token


def _response(data: bytes) -> NegTokenResp:
    token = spnego.decode(data)
    assert isinstance(token, NegTokenResp)
    return token


def test_init() -> None:
    token = _init(INIT)
    assert token.mech_types == (MS_KRB5, KRB5, NTLM)
    assert (token.mech_token, token.mech_list_mic, token.req_flags) == (b"mech token", b"mic", None)
    assert (token.hint_name, token.hint_address) == (None, None)
    assert token.mech_token_offset is not None
    assert INIT[token.mech_token_offset :].startswith(b"mech token")


def test_init_with_flags() -> None:
    # pyspnego packs one octet of flags; bit 1 is mutualFlag (RFC 4178 section 4.2.1).
    assert _init(ForeignInit([KRB5], ContextFlags(0x40)).pack()).req_flags == 0x40000000


def test_the_hint_in_answer_to_an_empty_token() -> None:
    token = _init(HINTS)
    assert (token.hint_name, token.hint_address) == (HINT, None)
    assert (token.mech_types, token.mech_token) == ((MS_KRB5, KRB5, NTLM), None)
    assert token.mech_list_mic == b"mic"
    assert _init(ForeignInit([KRB5], None, None, b"h", b"address").pack()).hint_address == b"address"


def test_init_with_nothing_in_it() -> None:
    token = _init(bytes.fromhex("601006062b0601050502a0063004a0023000"))
    assert (token.mech_types, token.mech_list) == ((), b"\x30\x00")
    assert _init(bytes.fromhex("a0023000")).mech_list == b""


def test_the_mech_list_is_kept_as_it_came() -> None:
    token = _init(INIT)
    assert token.mech_list in INIT
    assert token.mech_list == spnego.mech_list_der((MS_KRB5, KRB5, NTLM))


def test_init_without_its_frame() -> None:
    assert _init(gss.unframe(INIT).body).mech_types == (MS_KRB5, KRB5, NTLM)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ForeignState.accept_complete, NegState.ACCEPT_COMPLETED),
        (ForeignState.accept_incomplete, NegState.ACCEPT_INCOMPLETE),
        (ForeignState.reject, NegState.REJECT),
        (ForeignState.request_mic, NegState.REQUEST_MIC),
    ],
)
def test_response(state: ForeignState, expected: NegState) -> None:
    token = _response(ForeignResp(state, KRB5, b"token", b"mic").pack())
    assert token.state == expected
    assert (token.supported_mech, token.response_token, token.mech_list_mic) == (KRB5, b"token", b"mic")


def test_the_krb_error_of_a_response_is_where_the_offset_says() -> None:
    token = _response(RESPONSE)
    assert token.state == NegState.ACCEPT_INCOMPLETE
    assert token.response_token_offset is not None
    assert RESPONSE[token.response_token_offset :].startswith(KERBEROS_ERROR)


def test_reject_as_mit_sends_it() -> None:
    token = _response(ForeignResp(ForeignState.reject, None, KERBEROS_ERROR).pack())
    assert (token.state, token.supported_mech) == (NegState.REJECT, None)
    assert token.response_token == KERBEROS_ERROR


def test_response_with_nothing_or_an_unknown_state() -> None:
    empty = _response(ForeignResp().pack())
    assert (empty.state, empty.supported_mech, empty.response_token, empty.mech_list_mic) == (None,) * 4
    assert empty.response_token_offset is None
    assert _response(bytes.fromhex("a1073005a0030a0109")).state == 9


@pytest.mark.parametrize(
    ("data", "mechanism"),
    [
        (KERBEROS_ERROR, KRB5),
        (b"NTLMSSP\0\x02\0\0\0", NTLM),
        (foreign.ap_rep(), None),
        (foreign.krb_error(), None),
    ],
)
def test_bare_tokens(data: bytes, mechanism: str | None) -> None:
    assert spnego.decode(data) == BareToken(mechanism=mechanism, token=data)


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\xa2\x02\x30\x00", b"220 mail", b"\xa1\x02\x04\x00"])
def test_what_is_none_of_them(data: bytes) -> None:
    with pytest.raises(DerError):
        spnego.decode(data)


@pytest.mark.parametrize("kind", ALL)
def test_cut_or_overlong(kind: str) -> None:
    refuses_every_truncation(spnego.decode, ALL[kind])
    with pytest.raises(DerError):
        spnego.decode(ALL[kind] + b"\0")


@pytest.mark.parametrize("kind", ALL)
def test_flipped_bits(kind: str) -> None:
    assert {survives(spnego.decode, damaged) for damaged in flipped(ALL[kind])} == {True, False}


@given(st.sampled_from([b"", b"\xa0", b"\xa1", b"\x60", RESPONSE[:20], HINTS[:20]]), st.binary(max_size=200))
def test_any_octets(start: bytes, data: bytes) -> None:
    survives(spnego.decode, start + data)


@pytest.mark.parametrize("mechanisms", [spnego.KERBEROS_MECHANISMS, spnego.WINDOWS_MECHANISMS, (KRB5,)])
@pytest.mark.parametrize("mech_token", [None, b"", b"t" * 300])
@pytest.mark.parametrize("mic", [None, b"mic"])
def test_neg_token_init_as_pyspnego(
    mechanisms: tuple[str, ...], mech_token: bytes | None, mic: bytes | None
) -> None:
    ours = spnego.neg_token_init(mechanisms, mech_token, mic)
    assert ours == ForeignInit(list(mechanisms), None, mech_token, None, None, mic).pack()


def test_the_order_of_windows() -> None:
    assert spnego.KERBEROS_MECHANISMS == (MS_KRB5, KRB5)
    assert spnego.WINDOWS_MECHANISMS == (MS_KRB5, KRB5, NTLM)


def test_neg_token_resp_as_pyspnego() -> None:
    assert spnego.neg_token_resp() == ForeignResp().pack()
    assert spnego.neg_token_resp(mech_list_mic=b"mic") == ForeignResp(mech_list_mic=b"mic").pack()
    ours = spnego.neg_token_resp(
        state=NegState.ACCEPT_COMPLETED, supported_mech=KRB5, response_token=b"t", mech_list_mic=b"m"
    )
    assert ours == ForeignResp(ForeignState.accept_complete, KRB5, b"t", b"m").pack()
    read = unpack_token(ours)
    assert (read.supported_mech, read.response_token) == (KRB5, b"t")


def test_no_token_in_a_repr() -> None:
    for data in (INIT, RESPONSE, ForeignResp(response_token=b"secret").pack()):
        shown = repr(spnego.decode(data))
        assert "secret" not in shown
        assert "mech token" not in shown
