"""SPNEGO's messages against pyspnego's packer and unpacker."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spnego._spnego import NegState as PyspnegoState
from spnego._spnego import NegTokenInit as PyspnegoInit
from spnego._spnego import NegTokenResp as PyspnegoResp
from spnego._spnego import unpack_token

from simulator.acceptors import spnego
from simulator.acceptors.messages import TokenError
from simulator.acceptors.spnego import KERBEROS, MICROSOFT_KERBEROS, NTLM, NegState, NegTokenResp

LIST = [MICROSOFT_KERBEROS, KERBEROS, NTLM]


@pytest.mark.parametrize("token", [None, b"t", b"t" * 70_000])
def test_an_offer_is_read(token: bytes | None) -> None:
    packed = PyspnegoInit(mech_types=LIST, mech_token=token).pack()
    offer = spnego.decode_init(spnego.unframe(packed))
    assert (offer.mechanisms, offer.token) == (tuple(LIST), token or b"")
    assert offer.mechanism_list in packed


@pytest.mark.parametrize("state", list(NegState))
@pytest.mark.parametrize("supported", [None, KERBEROS])
@pytest.mark.parametrize("token", [b"", b"t" * 300])
@pytest.mark.parametrize("mic", [b"", b"m" * 28])
def test_a_response_both_ways(state: NegState, supported: str | None, token: bytes, mic: bytes) -> None:
    ours = spnego.encode_resp(NegTokenResp(state=state, supported=supported, token=token, mic=mic))
    theirs = PyspnegoResp(
        neg_state=PyspnegoState(state),
        supported_mech=supported,
        response_token=token or None,
        mech_list_mic=mic or None,
    ).pack()
    assert ours == theirs
    message = spnego.decode_resp(theirs)
    assert (message.state, message.supported, message.token, message.mic) == (state, supported, token, mic)


def test_the_hint_is_read_by_pyspnego() -> None:
    hint = unpack_token(spnego.encode_hint())
    assert (hint.mech_types, hint.mech_token) == (LIST, None)


@pytest.mark.parametrize(
    "data",
    [
        PyspnegoInit(mech_types=[], mech_token=b"t").pack(),
        PyspnegoInit(mech_types=LIST).pack() + b"\0",
        PyspnegoInit(mech_types=LIST).pack()[:-1],
        b"\x60\x08\x06\x06\x2b\x06\x01\x05\x05\x02",  # a frame with nothing in it
        b"",
    ],
)
def test_what_is_no_offer(data: bytes) -> None:
    with pytest.raises(TokenError):
        spnego.decode_init(spnego.unframe(data))


def test_an_undefined_state() -> None:
    with pytest.raises(TokenError, match="negState 9"):
        spnego.decode_resp(bytes.fromhex("a1073005a0030a0109"))


@given(st.binary(max_size=80))
def test_garbage_is_a_token_error(data: bytes) -> None:
    for head in (b"", b"\xa0", b"\xa1", b"\xa1\x10\x30\x0e", b"\xa0\x10\x30\x0e\xa0\x0c\x30\x0a"):
        for decode in (spnego.decode_init, spnego.decode_resp):
            with contextlib.suppress(TokenError):
                decode(head + data)
