"""NEGOEX messages laid out as MS-NEGOEX section 2.2.6 says, alone and inside SPNEGO."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spnego._spnego import NegTokenInit

from probe.dissect.gssapi import token
from probe.dissect.messages.negoex import MAXIMUM_MESSAGES
from probe.dissect.node import TreeNode, Walk, condensed
from tests.support import foreign_messages as foreign
from tests.support.damage import flipped
from tests.support.foreign_tokens import NTLM, checked, find

NEGOEX_OID = "1.3.6.1.4.1.311.2.2.30"
MESSAGES = {
    "INITIATOR_NEGO": foreign.negoex_nego(),
    "ACCEPTOR_NEGO": foreign.negoex_nego(1),
    "INITIATOR_META_DATA": foreign.negoex_exchange(2),
    "ACCEPTOR_META_DATA": foreign.negoex_exchange(3),
    "CHALLENGE": foreign.negoex_exchange(4),
    "AP_REQUEST": foreign.negoex_exchange(5),
    "VERIFY": foreign.negoex_verify(),
    "ALERT": foreign.negoex_alert(),
}


def _tree(data: bytes) -> TreeNode:
    return condensed(token(Walk(), data, 0, len(data), 0))


@pytest.mark.parametrize("name", MESSAGES)
def test_named_and_whole(name: str) -> None:
    made = _tree(MESSAGES[name])
    assert [child.name for child in made.children] == [f"NEGOEX {name}"]
    assert not list(made.problems())


@pytest.mark.parametrize("name", MESSAGES)
def test_every_truncation_and_flipped_bits(name: str) -> None:
    for length in range(8, len(MESSAGES[name])):
        assert list(checked(_tree(MESSAGES[name][:length]), length).problems())
    for damaged in flipped(MESSAGES[name]):
        checked(_tree(damaged), len(damaged))


def test_several_messages_inside_spnego() -> None:
    inside = MESSAGES["INITIATOR_NEGO"] + MESSAGES["INITIATOR_META_DATA"]
    data = NegTokenInit([NEGOEX_OID, NTLM], None, inside).pack()
    made = _tree(data)
    assert not list(made.problems())
    first, second = find(made, "mechToken", "NEGOEX").children
    assert [first.name, second.name] == ["NEGOEX INITIATOR_NEGO", "NEGOEX INITIATOR_META_DATA"]
    assert data[first.offset : first.offset + 8] == data[second.offset : second.offset + 8] == b"NEGOEXTS"
    assert [find(node, "SequenceNum").value for node in (first, second)] == ["0", "1"]
    scheme = find(first, "AuthScheme 1")
    assert scheme.value == "{0D53335C-F9EA-4D0D-B2EC-4AE3786EC308}"
    assert scheme.meaning.startswith("PKU2U")
    assert data[scheme.offset : scheme.offset + 16] == foreign.PKU2U
    assert find(first, "AuthScheme 2").meaning == "a scheme that is not known here"
    assert find(first, "extension type 0x80000001").meaning == "critical"
    assert find(second, "Exchange").value == "4 octets"


def test_an_alert_and_a_checksum() -> None:
    assert "ALERT_VERIFY_NO_KEY" in find(_tree(MESSAGES["ALERT"]), "alert type 1").meaning
    assert find(_tree(MESSAGES["VERIFY"]), "ChecksumScheme").meaning == "RFC 3961"


def test_an_unknown_type_is_kept() -> None:
    made = _tree(MESSAGES["AP_REQUEST"][:8] + b"\x63" + MESSAGES["AP_REQUEST"][9:])
    message = find(made, "NEGOEX type 99")
    assert (message.meaning, find(message, "contents").offset) == ("not known here", 40)


def test_junk_behind_and_hostile_numbers() -> None:
    assert "signature NEGOEXTS was due" in _tree(MESSAGES["VERIFY"] + b"junk").problem
    many = _tree(MESSAGES["VERIFY"] * (MAXIMUM_MESSAGES + 1))
    assert len(many.children) == MAXIMUM_MESSAGES
    assert "at most" in many.problem
    schemes = MESSAGES["INITIATOR_NEGO"]
    assert list(_tree(schemes[:84] + b"\xff\xff" + schemes[86:]).problems())


@given(st.binary())
def test_any_octets(data: bytes) -> None:
    checked(_tree(b"NEGOEXTS" + data), len(data) + 8)


@given(st.integers(0, 8), st.binary(max_size=200))
def test_any_fields(kind: int, data: bytes) -> None:
    head = (
        b"NEGOEXTS"
        + kind.to_bytes(4, "little")
        + bytes(4)
        + b"\x28\0\0\0"
        + (40 + len(data)).to_bytes(4, "little")
    )
    checked(_tree(head + bytes(16) + data), len(data) + 40)
