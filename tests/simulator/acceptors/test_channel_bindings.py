"""The receiver's side against the octets of MIT's library (tests/vectors/channel_bindings.json)."""

import json

import pytest

from simulator.acceptors.channel_bindings import NONE_GIVEN, Policy, Protection, TlsNames
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "channel_bindings.json").read_text("utf-8"))
BND = {case["what"]: bytes.fromhex(case["bnd"]) for case in VECTORS["cases"]}
CHANNEL = TlsNames(certificate=b"a certificate", signature_hash="sha1", finished=bytes(range(12)))
ANOTHER = TlsNames(certificate=b"another certificate", signature_hash="sha256", finished=bytes(12))


@pytest.mark.parametrize("what", ["tls-server-end-point", "tls-unique"])
@pytest.mark.parametrize("policy", [Policy.ALLOW, Policy.REQUIRE])
def test_mits_bindings_of_this_channel_are_taken_and_those_of_another_are_not(
    policy: Policy, what: str
) -> None:
    assert Protection(policy=policy, channel=CHANNEL).objection(BND[what]) == ""
    assert "another channel" in Protection(policy=policy, channel=ANOTHER).objection(BND[what])


def test_the_certificates_own_hash_counts() -> None:
    longer = BND["tls-server-end-point of 48 octets"]
    sha384 = TlsNames(certificate=b"a certificate", signature_hash="sha384")
    assert Protection(policy=Policy.REQUIRE, channel=sha384).objection(longer) == ""
    assert Protection(policy=Policy.REQUIRE, channel=CHANNEL).objection(longer) != ""


def test_none_given_is_for_the_policy_to_judge() -> None:
    assert BND["no name"] == NONE_GIVEN
    assert Protection(policy=Policy.ALLOW, channel=CHANNEL).objection(NONE_GIVEN) == ""
    assert "requires" in Protection(policy=Policy.REQUIRE, channel=CHANNEL).objection(NONE_GIVEN)


def test_without_tls_there_is_nothing_to_require_and_nothing_to_be_right() -> None:
    assert Protection(policy=Policy.REQUIRE).objection(NONE_GIVEN) == ""
    assert Protection(policy=Policy.ALLOW).objection(BND["tls-unique"]) != ""


def test_without_a_policy_nobody_looks() -> None:
    assert Protection(channel=CHANNEL).objection(bytes(range(16))) == ""


def test_a_channel_without_a_finished_message_has_one_name_only() -> None:
    tls13 = TlsNames(certificate=b"a certificate", signature_hash="sha256")
    assert Protection(policy=Policy.ALLOW, channel=tls13).objection(BND["tls-unique"]) != ""
    assert list(TlsNames().digests()) == []
