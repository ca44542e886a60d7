"""User-to-user and IAKERB, as pyasn1 writes what the drafts lay down, with tickets and requests of foreign origin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.gssapi import token
from probe.dissect.node import TreeNode, Walk, condensed
from tests.support import foreign_messages as foreign
from tests.support.foreign_tokens import checked, find, mit, survives_damage

U2U, IAKERB = "1.2.840.113554.1.2.2.3", "1.3.6.1.5.2.5"
TOKENS = {
    "bare request": foreign.tgt_req(),
    "request": foreign.framed(U2U, b"\x04\x00", foreign.tgt_req()),
    "reply": foreign.framed(U2U, b"\x04\x01", foreign.tgt_rep()),
    "which realm": foreign.framed(IAKERB, b"\x05\x01", foreign.iakerb_header("")),
    "proxied": foreign.framed(
        IAKERB, b"\x05\x01", foreign.iakerb_header("CONTOSO.LAB", b"cookie") + mit("as_req")
    ),
}


def _tree(data: bytes) -> TreeNode:
    return condensed(token(Walk(), data, 0, len(data), 0))


@pytest.mark.parametrize("name", TOKENS)
def test_nothing_is_wrong(name: str) -> None:
    made = _tree(TOKENS[name])
    assert not list(made.problems())
    assert not [node.name for node in made.walk() if "unknown" in node.name]


@pytest.mark.parametrize("name", TOKENS)
def test_every_truncation_and_flipped_bits(name: str) -> None:
    survives_damage(_tree, TOKENS[name])


def test_a_request_for_the_acceptors_tgt() -> None:
    for name in ("bare request", "request"):
        made = find(_tree(TOKENS[name]), "TGT-REQ")
        assert find(made, "server-name").value == '"SMTPSVC/ex2.contoso.lab"'
        assert find(made, "realm").value == '"CONTOSO.LAB"'


def test_the_acceptors_tgt() -> None:
    made = _tree(TOKENS["reply"])
    assert find(made, "mechanism").meaning == "Kerberos V5 user-to-user"
    assert find(made, "TGT-REP", "ticket", "kvno").value == "3"


def test_a_request_by_way_of_the_acceptor() -> None:
    made = _tree(TOKENS["proxied"])
    assert "IAKERB" in find(made, "mechanism").meaning
    assert find(made, "IAKERB-HEADER", "target-realm").value == '"CONTOSO.LAB"'
    assert find(made, "AS-REQ", "req-body").children


def test_a_question_for_the_realm() -> None:
    # MIT's tests of IAKERB send this: an empty target-realm and no message.
    question = bytes.fromhex("6010 0606 2b0601050205 0501 3004 a102 0c00".replace(" ", ""))
    made = _tree(question)
    assert find(made, "target-realm").value == '""'
    assert "which realm" in find(made, "message").value
    assert not list(made.problems())


def test_what_follows_is_named() -> None:
    more = foreign.framed(U2U, b"\x04\x00", foreign.tgt_req() + b"abc")
    assert "3 octets follow" in find(_tree(more), "TGT-REQ").problem


def test_an_unknown_token_id_and_an_unknown_mechanism_keep_their_place() -> None:
    made = _tree(foreign.framed(U2U, b"\x09\x09", b"rest"))
    assert find(made, "token id").meaning == "a token id that is not known here"
    assert find(made, "contents").value == "4 octets"
    other = _tree(foreign.framed("1.3.9999.7", b"", b"\xffwhatever"))
    assert find(other, "mechanism").value == "1.3.9999.7"
    assert (
        find(other, "unknown token").offset
        == find(other, "mechanism").offset + find(other, "mechanism").length
    )


@given(st.sampled_from([TOKENS["request"][:21], TOKENS["proxied"][:15], b"\x30"]), st.binary())
def test_any_octets(start: bytes, data: bytes) -> None:
    checked(_tree(start + data), len(start + data))
