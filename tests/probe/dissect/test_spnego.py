"""Trees of SPNEGO tokens that pyspnego packed around MIT's Kerberos tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spnego._spnego import NegState, NegTokenInit, NegTokenResp

from probe.dissect.gssapi import token
from probe.dissect.node import TreeNode, Walk, condensed
from tests.support.foreign_tokens import KRB5, MS_KRB5, NTLM, checked, find, ntlm, spnego, survives_damage

SPNEGO = spnego()


def _tree(data: bytes) -> TreeNode:
    return condensed(token(Walk(), data, 0, len(data), 0))


@pytest.mark.parametrize("name", SPNEGO)
def test_nothing_is_wrong_with_what_others_wrote(name: str) -> None:
    made = _tree(SPNEGO[name])
    assert not list(made.problems())
    assert made.length == len(SPNEGO[name])


@pytest.mark.parametrize("name", SPNEGO)
def test_every_truncation_and_flipped_bits(name: str) -> None:
    survives_damage(_tree, SPNEGO[name])


def test_init_and_the_ap_req_inside() -> None:
    made = _tree(SPNEGO["init"])
    mechanisms = [node.value for node in find(made, "mechTypes").children]
    assert mechanisms == [MS_KRB5, KRB5, NTLM]
    inner = find(made, "mechToken", "GSS-API frame")
    assert SPNEGO["init"][inner.offset] == 0x60
    assert find(inner, "sname").value == '"SMTPSVC/ex1.contoso.lab"'
    sname = find(inner, "sname")
    assert b"SMTPSVC" in SPNEGO["init"][sname.offset : sname.offset + sname.length]


def test_init2_with_hints() -> None:
    made = _tree(SPNEGO["init2"])
    assert find(made, "hintName").value == '"not_defined_in_RFC4178@please_ignore"'
    assert find(made, "NegTokenInit2").name == "NegTokenInit2"
    assert find(made, "mechListMIC").value == "3 octets"


def test_the_skewed_clock_inside_a_response() -> None:
    made = _tree(SPNEGO["response"])
    assert find(made, "negState").meaning.startswith("accept-incomplete")
    assert find(made, "responseToken", "stime").value == "2026-11-23 21:44:53 UTC"
    assert find(made, "error-code").value == "37"


def test_ntlm_inside() -> None:
    made = _tree(NegTokenInit([NTLM], None, ntlm()["negotiate"]).pack())
    inner = find(made, "NTLM NEGOTIATE")
    name = find(inner, "Workstation")
    assert name.value == '"WS1"'
    assert made.length >= name.offset + name.length > inner.offset


def test_empty_and_unknown() -> None:
    assert not _tree(NegTokenResp(NegState.reject).pack()).problem
    made = _tree(bytes.fromhex("a1073005a0030a0109"))
    assert find(made, "negState").value == "9"


@given(st.sampled_from([b"", b"\xa0", b"\xa1", SPNEGO["init"][:40], SPNEGO["response"][:30]]), st.binary())
def test_any_octets(start: bytes, data: bytes) -> None:
    checked(_tree(start + data), len(start + data))
