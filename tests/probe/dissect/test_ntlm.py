"""Trees of NTLM messages that pyspnego packed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.node import Settings, TreeNode, Walk
from probe.dissect.ntlm import message
from tests.support.damage import flipped
from tests.support.foreign_tokens import checked, find, ntlm

NTLM = ntlm()


def _tree(data: bytes, settings: Settings | None = None) -> TreeNode:
    return message(Walk(settings=settings or Settings()), data)


@pytest.mark.parametrize("name", NTLM)
def test_nothing_is_wrong_with_what_others_wrote(name: str) -> None:
    made = _tree(NTLM[name])
    assert made.name == f"NTLM {name.upper()}"
    assert not list(made.problems())


@pytest.mark.parametrize("name", NTLM)
def test_every_truncation_and_flipped_bits(name: str) -> None:
    for length in range(12, len(NTLM[name])):
        checked(_tree(NTLM[name][:length]), length)
    for damaged in flipped(NTLM[name]):
        _tree(damaged)


def test_a_cut_challenge_says_so() -> None:
    assert [node.name for node in _tree(NTLM["challenge"][:100]).problems()] == ["TargetInfo"]


def test_negotiate() -> None:
    made = _tree(NTLM["negotiate"])
    assert (find(made, "DomainName").value, find(made, "Workstation").value) == ('"CONTOSO"', '"WS1"')
    assert "VERSION" in find(made, "NegotiateFlags").meaning


def test_challenge() -> None:
    made = _tree(NTLM["challenge"])
    names = {node.name: node.value for node in find(made, "TargetInfo").children}
    assert names == {
        "MsvAvNbComputerName": '"EX1"',
        "MsvAvNbDomainName": '"CONTOSO"',
        "MsvAvDnsComputerName": '"ex1.contoso.lab"',
        "MsvAvDnsDomainName": '"contoso.lab"',
        "MsvAvDnsTreeName": '"forest.lab"',
        "MsvAvTimestamp": "2026-11-24 03:44:53.1234567 UTC",
        "MsvAvEOL": "",
    }
    assert find(made, "TargetName").value == '"CONTOSO"'
    assert find(made, "Version").value == "10.0.20348"
    assert find(made, "NegotiateFlags").value == "0xE2898235"
    assert "TARGET_TYPE_DOMAIN" in find(made, "NegotiateFlags").meaning


def test_authenticate_shows_no_response() -> None:
    made = _tree(NTLM["authenticate"])
    assert find(made, "UserName").value == '"alice"'
    assert find(made, "MIC").value == "16 octets"
    assert find(made, "NTProofStr").value == "16 octets"
    assert find(made, "TimeStamp").value == "2026-11-24 03:44:53.1234567 UTC"
    for secret in (b"L" * 24, b"K" * 16, b"P" * 16, b"M" * 16, b"C" * 8):
        assert secret.hex() not in repr(made)
        assert secret.hex() in repr(_tree(NTLM["authenticate"], Settings(include_secrets=True)))


def test_unknown_type() -> None:
    made = _tree(b"NTLMSSP\0\x09\0\0\0rest")
    assert made.meaning == "type 9 is not known here"
    assert find(made, "contents").value == "4 octets"


@given(st.sampled_from([1, 2, 3, 4]), st.binary(max_size=300))
def test_any_octets(kind: int, data: bytes) -> None:
    checked(_tree(b"NTLMSSP\0" + kind.to_bytes(4, "little") + data), len(data) + 12)
