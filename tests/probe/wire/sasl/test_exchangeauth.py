"""The client's side against blobs of foreign origin.

Tokens are MIT's (tests/vectors/gss_context.json, with its answer to GSS_C_INQ_SSPI_SESSION_KEY) or impacket's,
channels those of tests/vectors/exchangeauth.json, hashes hashlib's, and blobs are put together here by hand.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.wire.crypto import Key, random_key
from probe.wire.sasl.exchangeauth import Channel, ExchangeAuthMechanism, ReturnLeg
from probe.wire.sasl.mechanism import Cancel
from tests.support.impacket_initiator import NOW, Initiator, service_account
from tests.support.vectors import VECTOR_FOLDER

VECTORS = VECTOR_FOLDER
CHANNELS = json.loads((VECTORS / "exchangeauth.json").read_text())["vectors"]
ONE_WAY = [
    case for case in json.loads((VECTORS / "gss_context.json").read_text())["cases"] if not case["mutual"]
]
CASE = next(case for case in ONE_WAY if case["etype"] == 18)
TOKEN = bytes.fromhex(CASE["ap_req"])
CLIENT_KEY = bytes.fromhex(CASE["sspi_session_key"])
P, E = (bytes.fromhex(CHANNELS[0][name]) for name in "PE")

ACCOUNT = service_account(kvno=3)
KEYS = tuple((3, key) for key in ACCOUNT.newest().keys.values())
RETURN_SPN = "SMTPSVC/ex2.contoso.lab"

channels = pytest.mark.parametrize("channel", CHANNELS, ids=lambda vector: str(vector["name"]))


def mechanism(**changes: Any) -> ExchangeAuthMechanism:
    settings: dict[str, Any] = {
        "token": TOKEN,
        "client_key": Key(CASE["etype"], CLIENT_KEY),
        "channel": Channel(public_key=P, eap_key_block=E),
        "keys": KEYS,
    }
    return ExchangeAuthMechanism(**(settings | changes))


def field(value: bytes) -> str:
    text = b64encode(value).decode()
    return f"{len(text):08X}{text}"


def fields(blob: str) -> tuple[bytes, bytes]:
    """What a blob holds, by the description alone."""
    count = int(blob[:8], 16)
    token, rest = blob[8 : 8 + count], blob[8 + count :]
    assert int(rest[:8], 16) == len(rest[8:])
    return b64decode(token, validate=True), b64decode(rest[8:], validate=True)


def receiver(**changes: Any) -> Initiator:
    """EX1$ with a ticket for us, by impacket."""
    settings: dict[str, Any] = {
        "account": ACCOUNT,
        "service": RETURN_SPN,
        "client": "EX1$",
        "claimed_client": "EX1$",
    }
    return Initiator(**(settings | changes))


def answer(other_end: Initiator, *parts: bytes) -> str:
    """Blob S: its token, and the hash over P, Kc, E and Ks unless other parts are given."""
    digest = hashlib.sha256(b"".join(parts or (P, CLIENT_KEY, E, other_end.key.contents))).digest()
    return field(other_end.token()) + field(digest)


def finished(text: str, *, now: float = NOW, **changes: Any) -> ExchangeAuthMechanism:
    found = mechanism(**changes)
    found.finish(text, now=now)
    return found


# ---- our half


@channels
def test_the_command_holds_the_hash_over_the_channel(channel: dict[str, str]) -> None:
    """Everything from the vector: its token is no AP-REQ, which is nobody's business here."""
    sent = mechanism(
        token=bytes.fromhex(channel["token_c"]),
        client_key=Key(18, bytes.fromhex(channel["Kc"])),
        channel=Channel(public_key=bytes.fromhex(channel["P"]), eap_key_block=bytes.fromhex(channel["E"])),
    )
    for initial_response in (True, False):
        assert sent.argument(initial_response=initial_response) == f"SHA256 {channel['blob_c']}"


@pytest.mark.parametrize("case", ONE_WAY, ids=lambda case: str(case["etype"]))
def test_the_key_in_the_hash_is_the_one_that_mit_gives_to_sspi(case: dict[str, Any]) -> None:
    key = bytes.fromhex(case["sspi_session_key"])
    sent = mechanism(token=bytes.fromhex(case["ap_req"]), client_key=Key(case["etype"], key))
    token, digest = fields(sent.argument(initial_response=True).removeprefix("SHA256 "))
    assert token.hex() == case["ap_req"]
    assert digest == hashlib.sha256(P + key + E).digest()
    assert [(leg.direction, leg.kind, leg.octets) for leg in sent.rounds] == [
        ("sent", "krb5-ap-req", len(token))
    ]


def test_a_damaged_hash_differs_in_one_bit() -> None:
    token, digest = fields(mechanism(damage_hash=True).argument(initial_response=True)[7:])
    right = hashlib.sha256(P + CLIENT_KEY + E).digest()
    assert token == TOKEN
    assert (int.from_bytes(digest, "big") ^ int.from_bytes(right, "big")).bit_count() == 1


def test_there_is_no_second_round() -> None:
    asked = mechanism()
    assert asked.respond("AAAA") == Cancel(reason="challenge-not-due")
    assert (asked.return_leg, asked.problem) == (ReturnLeg.NONE, "challenge-not-due")


# ---- the receiver's half


@pytest.mark.parametrize("etype", [17, 18, 23])
@pytest.mark.parametrize("with_subkey", [True, False])
def test_verified(etype: int, with_subkey: bool) -> None:
    seen = finished(answer(receiver(etype=etype, with_subkey=with_subkey)))
    assert (seen.return_leg, seen.problem) == (ReturnLeg.VERIFIED, "")
    assert seen.return_client == "EX1$@CONTOSO.LAB"
    assert seen.return_ticket is not None
    assert (seen.return_ticket.server, seen.return_ticket.etype, seen.return_ticket.kvno) == (
        RETURN_SPN,
        etype,
        3,
    )
    assert [(leg.direction, leg.kind) for leg in seen.rounds] == [("received", "krb5-ap-req")]


@channels
def test_verified_on_either_channel(channel: dict[str, str]) -> None:
    key, block = bytes.fromhex(channel["P"]), bytes.fromhex(channel["E"])
    other_end = receiver()
    text = answer(other_end, key, CLIENT_KEY, block, other_end.key.contents)
    there = Channel(public_key=key, eap_key_block=block)
    assert finished(text, channel=there).return_leg is ReturnLeg.VERIFIED


@pytest.mark.parametrize("around", ["{}", " {}", "{} ", "{}\r"])
def test_space_around_the_blob_is_the_replys(around: str) -> None:
    assert finished(around.format(answer(receiver()))).return_leg is ReturnLeg.VERIFIED


def test_without_our_key_it_is_unproven_whatever_the_hash() -> None:
    for text in (answer(receiver()), answer(receiver(), b"anything")):
        seen = finished(text, keys=())
        assert (seen.return_leg, seen.problem, seen.return_client) == (ReturnLeg.UNPROVEN, "", "")
        assert seen.return_ticket is not None
        assert seen.return_ticket.server == RETURN_SPN


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kvno": 4}, "our keytab has no key of type 18 with kvno 4"),
        ({"now": NOW + 600}, "of another time"),
        ({"end": -3600.0, "start": -7200.0}, "not valid now"),
        ({"ticket_key": random_key(18, bytes)}, "does not decrypt"),
        ({"claimed_client": "mallory"}, "another principal"),
    ],
)
def test_refused(changes: dict[str, Any], why: str) -> None:
    """The hash is right each time: it does not make a bad ticket good."""
    seen = finished(answer(receiver(**changes)))
    assert seen.return_leg is ReturnLeg.REFUSED
    assert why in seen.problem
    assert seen.return_ticket is not None


def turned(value: bytes) -> bytes:
    return bytes([value[0] ^ 0x80]) + value[1:]


@pytest.mark.parametrize("part", range(4), ids=["P", "Kc", "E", "Ks"])
def test_one_bit_of_what_the_hash_is_over_is_a_mismatch(part: int) -> None:
    other_end = receiver()
    parts = [P, CLIENT_KEY, E, other_end.key.contents]
    assert finished(answer(other_end, *parts)).return_leg is ReturnLeg.VERIFIED
    parts[part] = turned(parts[part])
    assert finished(answer(other_end, *parts)).return_leg is ReturnLeg.MISMATCH


@pytest.mark.parametrize(
    "ours",
    [
        {"channel": Channel(public_key=turned(P), eap_key_block=E)},
        {"channel": Channel(public_key=P, eap_key_block=turned(E))},
        {"client_key": Key(18, turned(CLIENT_KEY))},
    ],
    ids=["P", "E", "Kc"],
)
def test_one_bit_of_what_we_have_is_a_mismatch(ours: dict[str, Any]) -> None:
    assert finished(answer(receiver()), **ours).return_leg is ReturnLeg.MISMATCH


def test_our_own_blob_sent_back_is_no_answer() -> None:
    """The client's hash has no Ks; and the ticket in it is not for us."""
    ours = mechanism().argument(initial_response=True).removeprefix("SHA256 ")
    assert finished(ours).return_leg is ReturnLeg.REFUSED
    other_end = receiver()
    assert finished(answer(other_end, P, CLIENT_KEY, E)).return_leg is ReturnLeg.MISMATCH


DIGEST = field(bytes(32))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "at character 0: a length of 8 upper-case hex digits is due"),
        ("2.7.0 Authentication successful", "at character 0"),
        (CHANNELS[0]["blob_s"], "no AP-REQ"),
        (field(b"") + DIGEST, "no AP-REQ"),
        (field(receiver().ap_req()) + DIGEST, "no AP-REQ"),
        (answer(receiver()) + "A", "the end of the blob is due"),
        (answer(receiver())[:-1], "a length of at most"),
        (field(receiver().token()) + field(bytes(31)), "a hash of 32 octets is due"),
        (field(receiver().token()) + field(bytes(33)), "a hash of 32 octets is due"),
        (field(receiver().token()), "a length of 8 upper-case hex digits is due"),
    ],
)
@pytest.mark.parametrize("keys", [KEYS, ()], ids=["machine", "user"])
def test_malformed(text: str, why: str, keys: tuple[tuple[int, Key], ...]) -> None:
    seen = finished(text, keys=keys)
    assert seen.return_leg is ReturnLeg.MALFORMED
    assert why in seen.problem


@given(st.text(max_size=300) | st.binary(max_size=120).map(lambda token: field(token) + DIGEST))
def test_no_text_upsets_it_and_none_is_good(text: str) -> None:
    assert finished(text).return_leg is ReturnLeg.MALFORMED
    assert finished(text, keys=()).return_leg is ReturnLeg.MALFORMED


GOOD = receiver()
GOOD_TEXT = answer(GOOD)


@given(st.integers(0, len(GOOD.token()) * 8 - 1))
def test_one_bit_of_the_token_never_verifies_another_key(bit: int) -> None:
    token, digest = fields(GOOD_TEXT)
    changed = bytearray(token)
    changed[bit // 8] ^= 1 << bit % 8
    seen = finished(field(bytes(changed)) + field(digest))
    # What stands in clear may change; then ticket and key are still the receiver's.
    assert (
        seen.return_leg in (ReturnLeg.MALFORMED, ReturnLeg.REFUSED)
        or seen.return_client == "EX1$@CONTOSO.LAB"
    )


@given(st.integers(0, 255))
def test_one_bit_of_the_hash_is_a_mismatch(bit: int) -> None:
    token, digest = fields(GOOD_TEXT)
    changed = bytearray(digest)
    changed[bit // 8] ^= 1 << bit % 8
    assert finished(field(token) + field(bytes(changed))).return_leg is ReturnLeg.MISMATCH


def test_no_secret_is_in_a_repr() -> None:
    assert repr(Channel(public_key=P, eap_key_block=E)) == "Channel()"
