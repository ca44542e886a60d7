"""Whole exchanges. MIT's tokens are those of tests/vectors/gss_context.json, pyspnego packs and reads the SPNEGO
around them; what the client says is held against what MIT took."""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import gssapi
from spnego._spnego import NegState as ForeignState
from spnego._spnego import NegTokenInit as ForeignInit
from spnego._spnego import NegTokenResp as ForeignResp
from spnego._spnego import unpack_token

from probe.wire import kerberos
from probe.wire.crypto import Key
from probe.wire.gssapi.initiator import Initiator
from probe.wire.kerberos import Credential, PrincipalName
from probe.wire.sasl.gssapi import MAXIMUM_ROUNDS, BareNegotiation, GssapiMechanism, decodes_cleanly
from probe.wire.sasl.mechanism import Cancel, Respond, decode_challenge, encode_response
from tests.support.vectors import VECTOR_FOLDER

Case = dict[str, Any]
MS_KRB5, KRB5, NTLM = "1.2.840.48018.1.2.2", "1.2.840.113554.1.2.2", "1.3.6.1.4.1.311.2.2.10"
VECTORS = json.loads((VECTOR_FOLDER / "gss_context.json").read_text("utf-8"))
MUTUAL: list[Case] = [case for case in VECTORS["cases"] if case["mutual"]]
ONE_WAY: Case = next(case for case in VECTORS["cases"] if not case["mutual"])
SKEWED: Case = VECTORS["skewed"]
AES: Case = next(case for case in MUTUAL if case["etype"] == 18)
AP_REP = bytes.fromhex(AES["ap_rep"])
KRB_ERROR = bytes.fromhex(SKEWED["ap_rep"])
EMPTY_LINE = Respond(data=b"")

every_mutual_case = pytest.mark.parametrize("case", MUTUAL, ids=lambda case: str(case["etype"]))


def recorded_randomness() -> Callable[[int], bytes]:
    """What the recorded initiator had; see "about" in the vectors."""
    requests = 0

    def randomness(size: int) -> bytes:
        nonlocal requests
        requests += 1
        return hashlib.shake_256(b"x" + bytes((requests,))).digest(size)

    return randomness


def initiator(case: Case) -> Initiator:
    ticket = kerberos.decode_ticket(bytes.fromhex(case["ticket"]))
    credential = Credential(
        client=PrincipalName.parse("alice"),
        client_realm="CONTOSO.LAB",
        server=ticket.sname,
        server_realm=ticket.realm,
        ticket=ticket,
        session_key=Key(case["etype"], bytes.fromhex(case["session_key"])),
        auth_time=case["now"],
        start_time=case["now"],
        end_time=case["now"] + 3600,
        renew_till=None,
        flags=0,
    )
    return Initiator(
        credential=credential, now=case["now"], randomness=recorded_randomness(), mutual=case["mutual"]
    )


def exps(case: Case = AES) -> GssapiMechanism:
    """X-EXPS GSSAPI with the token sent."""
    mechanism = GssapiMechanism("X-EXPS", initiator(case), spnego=True, security_layer=False)
    mechanism.first()
    return mechanism


def auth(case: Case = AES, *, spnego: bool = False) -> GssapiMechanism:
    """AUTH GSSAPI with the token sent."""
    mechanism = GssapiMechanism("AUTH", initiator(case), spnego=spnego, security_layer=True)
    mechanism.first()
    return mechanism


def response(state: ForeignState | None, token: bytes | None, mechanism: str | None = MS_KRB5) -> str:
    return b64encode(ForeignResp(state, mechanism, token).pack()).decode()


def kinds(mechanism: GssapiMechanism) -> list[tuple[str, str]]:
    return [(leg.direction, leg.kind) for leg in mechanism.rounds]


def offer_of(case: Case) -> str:
    """MIT's wrapped offer 01 00 40 00: no layer, 16 KiB."""
    return encode_response(bytes.fromhex(case["from_acceptor"][0]["token"]))


# X-EXPS GSSAPI


@pytest.mark.parametrize("greeting", ["GSSAPI supported", "", "NTLM supported", "not base64 at all!"])
def test_what_answers_the_verb_alone_is_no_token(greeting: str) -> None:
    mechanism = GssapiMechanism("X-EXPS", initiator(AES), spnego=True, security_layer=False)
    answer = mechanism.respond(greeting)
    assert isinstance(answer, Respond)
    foreign = unpack_token(answer.data)
    assert isinstance(foreign, ForeignInit)
    assert foreign.mech_types == [MS_KRB5, KRB5]
    assert foreign.mech_token is not None
    assert foreign.mech_token.hex() == AES["ap_req"]
    assert [(leg.direction, leg.kind, leg.octets) for leg in mechanism.rounds] == [
        ("sent", "spnego-init", len(answer.data))
    ]


def test_a_hint_in_answer_to_the_verb_alone_is_survived() -> None:
    hint = ForeignInit([MS_KRB5, KRB5, NTLM], None, None, b"not_defined_in_RFC4178@please_ignore").pack()
    mechanism = GssapiMechanism("X-EXPS", initiator(AES), spnego=True, security_layer=False)
    assert mechanism.respond(b64encode(hint).decode()) == Respond(data=exps_token())


def exps_token() -> bytes:
    return GssapiMechanism("X-EXPS", initiator(AES), spnego=True, security_layer=False).first()


@every_mutual_case
def test_the_ap_rep_is_verified_and_answered_with_an_empty_line(case: Case) -> None:
    mechanism = exps(case)
    answer = mechanism.respond(response(ForeignState.accept_complete, bytes.fromhex(case["ap_rep"])))
    assert answer == EMPTY_LINE
    assert mechanism.ap_rep_verified
    assert (mechanism.negotiation_state, mechanism.chosen_mechanism) == ("accept-completed", MS_KRB5)
    assert (mechanism.problem, mechanism.peer_error, mechanism.layers) == ("", None, None)
    assert kinds(mechanism) == [
        ("sent", "spnego-init"),
        ("received", "spnego-resp"),
        ("received", "krb5-ap-rep"),
        ("sent", "empty"),
    ]


def test_a_round_behind_the_ap_rep_is_one_too_many() -> None:
    mechanism = exps()
    mechanism.respond(response(ForeignState.accept_complete, AP_REP))
    assert mechanism.respond(offer_of(AES)) == Cancel(reason="round-after-the-ap-rep")


@pytest.mark.parametrize(
    ("state", "name", "chosen"),
    [
        (ForeignState.accept_incomplete, "accept-incomplete", MS_KRB5),  # Samba
        (ForeignState.reject, "reject", None),  # MIT
    ],
)
def test_a_krb_error_brings_the_acceptors_clock(state: ForeignState, name: str, chosen: str | None) -> None:
    mechanism = exps(SKEWED)
    assert mechanism.respond(response(state, KRB_ERROR, chosen)) == EMPTY_LINE
    assert mechanism.peer_error is not None
    assert mechanism.peer_error.error_code == 37
    assert mechanism.peer_error.stime - SKEWED["now"] == pytest.approx(
        600, abs=2
    )  # ten minutes slow, see "about"
    assert not mechanism.ap_rep_verified
    assert (mechanism.negotiation_state, mechanism.chosen_mechanism) == (name, chosen or "")
    assert kinds(mechanism)[-1] == ("received", "krb-error")


@pytest.mark.parametrize(
    ("challenge", "problem"),
    [
        (response(ForeignState.accept_incomplete, b"NTLMSSP\0\2\0\0\0", NTLM), "other-mechanism"),
        (b64encode(b"NTLMSSP\0\2\0\0\0").decode(), "other-mechanism"),
        (response(ForeignState.reject, None, None), "negotiation-rejected"),
        (b64encode(ForeignInit([KRB5], None, None).pack()).decode(), "hint-after-the-token"),
        ("oYG", "challenge-is-no-base64"),
        ("oYG2 oYG2", "challenge-is-no-base64"),
        ("\xfc\xfc", "challenge-is-no-base64"),
        (b64encode(b"\xa1\x81").decode(), "challenge-is-malformed"),
        ("", "challenge-is-malformed"),
    ],
)
def test_what_ends_the_negotiation(challenge: str, problem: str) -> None:
    mechanism = exps()
    assert mechanism.respond(challenge) == Cancel(reason=problem)
    assert mechanism.problem == problem
    assert not mechanism.ap_rep_verified


def test_ntlm_is_kept_as_the_servers_choice() -> None:
    mechanism = exps()
    mechanism.respond(response(ForeignState.accept_incomplete, b"NTLMSSP\0\2\0\0\0", NTLM))
    assert (mechanism.chosen_mechanism, mechanism.negotiation_state) == (NTLM, "accept-incomplete")


@pytest.mark.parametrize("framed", [True, False])
def test_an_ap_rep_without_spnego(framed: bool) -> None:
    token = AP_REP if framed else gssapi.MechIndepToken.from_bytes(AP_REP).data[2:]
    mechanism = exps()
    assert mechanism.respond(b64encode(token).decode()) == EMPTY_LINE
    assert mechanism.ap_rep_verified


def other_ap_reps() -> list[bytes]:
    damaged = bytearray(AP_REP)
    damaged[-1] ^= 1
    return [bytes(damaged), bytes.fromhex(next(case for case in MUTUAL if case["etype"] == 17)["ap_rep"])]


@pytest.mark.parametrize("token", other_ap_reps())
def test_an_ap_rep_that_proves_nothing_is_not_verified(token: bytes) -> None:
    mechanism = exps()
    answer = mechanism.respond(response(ForeignState.accept_complete, token))
    assert isinstance(answer, Cancel)
    assert not mechanism.ap_rep_verified
    assert mechanism.problem == answer.reason != ""


# AUTH GSSAPI


@pytest.mark.parametrize("spnego", [True, False])
@every_mutual_case
def test_the_layer_round_as_mit_took_it(case: Case, spnego: bool) -> None:
    mechanism = auth(case, spnego=spnego)
    ap_rep = bytes.fromhex(case["ap_rep"])
    challenge = response(ForeignState.accept_complete, ap_rep, KRB5) if spnego else encode_response(ap_rep)
    assert mechanism.respond(challenge) == EMPTY_LINE
    answer = mechanism.respond(offer_of(case))
    assert isinstance(answer, Respond)
    assert answer.data.hex() == case["from_initiator"][0]["token"]  # 01 00 00 00, in the clear
    assert (mechanism.layers, mechanism.ap_rep_verified) == (1, True)
    assert kinds(mechanism)[-2:] == [("received", "rfc4752-offer"), ("sent", "rfc4752-choice")]


def test_the_bare_token_is_the_one_that_mit_took() -> None:
    mechanism = GssapiMechanism("AUTH", initiator(AES), spnego=False, security_layer=True)
    answer = mechanism.respond("")
    assert isinstance(answer, Respond)
    assert answer.data.hex() == AES["ap_req"]
    assert kinds(mechanism) == [("sent", "krb5-ap-req")]


def test_an_offer_straight_away_without_mutual_authentication() -> None:
    mechanism = auth(ONE_WAY)
    answer = mechanism.respond(offer_of(ONE_WAY))
    assert isinstance(answer, Respond)
    assert answer.data.hex() == ONE_WAY["from_initiator"][0]["token"]
    assert (mechanism.layers, mechanism.ap_rep_verified) == (1, False)


@pytest.mark.parametrize("spnego", [True, False])
def test_an_offer_instead_of_the_ap_rep_that_was_asked_for(spnego: bool) -> None:
    mechanism = auth(spnego=spnego)
    assert mechanism.respond(offer_of(AES)) == Cancel(reason="offer-before-the-ap-rep")
    assert not mechanism.ap_rep_verified


class FakeSource:
    """A context that is complete: what the acceptor wrapped comes out as it is."""

    def token(self) -> bytes:
        return bytes.fromhex(AES["ap_req"])

    def accept(self, token: bytes) -> object:
        return token

    def wrap(self, data: bytes, *, confidential: bool = False) -> bytes:
        assert not confidential  # RFC 4752 section 3.1: conf_flag is FALSE
        return b"wrapped " + data

    def unwrap(self, token: bytes) -> bytes:
        return token


@pytest.mark.parametrize(
    ("offer", "layers", "problem"),
    [
        ("01ffffff", 1, ""),  # Dovecot
        ("01000000", 1, ""),  # Cyrus
        ("07004000", 7, ""),
        ("06004000", 6, "security-layer-wanted"),
        ("00000000", 0, "security-layer-wanted"),
        ("0100", None, "offer-is-malformed"),
        ("0100000000", None, "offer-is-malformed"),
        ("", None, "offer-is-malformed"),
    ],
)
def test_offers(offer: str, layers: int | None, problem: str) -> None:
    mechanism = GssapiMechanism("AUTH", FakeSource(), spnego=False, security_layer=True)
    mechanism.first()
    assert mechanism.respond(encode_response(b"ap-rep")) == EMPTY_LINE
    answer = mechanism.respond(encode_response(bytes.fromhex(offer)))
    assert answer == (Cancel(reason=problem) if problem else Respond(data=b"wrapped \1\0\0\0"))
    assert (mechanism.layers, mechanism.problem) == (layers, problem)


def test_a_peer_cannot_go_on_for_ever() -> None:
    mechanism = auth()
    answers = [mechanism.respond("") for _ in range(2 * MAXIMUM_ROUNDS)]
    assert answers[0] == EMPTY_LINE
    assert answers[-1] == Cancel(reason="too-many-rounds")
    assert len(mechanism.rounds) <= 2 * MAXIMUM_ROUNDS


CHALLENGES = st.one_of(
    st.binary(max_size=60),
    st.binary(max_size=40).map(lambda token: ForeignResp(ForeignState.accept_incomplete, KRB5, token).pack()),
    st.sampled_from([AP_REP, KRB_ERROR, bytes.fromhex(AES["from_acceptor"][0]["token"]), b"\x05\x04", b""]),
).map(encode_response)


@given(st.booleans(), st.booleans(), st.lists(st.one_of(CHALLENGES, st.text(max_size=20)), max_size=6))
def test_no_challenge_raises(spnego: bool, layer: bool, challenges: list[str]) -> None:
    mechanism = GssapiMechanism("AUTH", initiator(AES), spnego=spnego, security_layer=layer)
    for challenge in challenges:
        answer = mechanism.respond(challenge)
        assert isinstance(answer, Respond | Cancel)
        if isinstance(answer, Cancel):
            assert mechanism.problem == answer.reason
            break


@given(st.binary(max_size=200))
def test_no_octets_become_a_verified_ap_rep(token: bytes) -> None:
    mechanism = auth()
    mechanism.respond(encode_response(token))
    assert not mechanism.ap_rep_verified


# The contrast without a ticket


@pytest.mark.parametrize("octets", [0, 600, 4000, 48_000])
def test_a_bare_negotiation_has_the_length_that_was_asked_for(octets: int) -> None:
    negotiation = BareNegotiation("X-EXPS", octets=octets)
    answer = negotiation.respond("GSSAPI supported")
    assert isinstance(answer, Respond)
    assert octets <= len(answer.data) == negotiation.token_octets
    assert len(answer.data) < octets + 100
    foreign = unpack_token(answer.data)
    assert isinstance(foreign, ForeignInit)
    assert foreign.mech_types[1:] == [MS_KRB5, KRB5]
    assert foreign.mech_types[0].startswith("2.25.")  # nobody has it, so its token is for nobody
    assert foreign.mech_token is not None
    assert not any(foreign.mech_token)


@pytest.mark.parametrize(
    ("challenge", "answered", "problem"),
    [
        (response(ForeignState.accept_incomplete, None), True, ""),
        (response(ForeignState.reject, None, None), False, ""),
        (b64encode(ForeignInit([KRB5], None, None).pack()).decode(), False, ""),
        ("no base64!", False, "challenge-is-malformed"),
        ("", False, "challenge-is-malformed"),
    ],
)
def test_whether_a_bare_negotiation_was_read(challenge: str, answered: bool, problem: str) -> None:
    negotiation = BareNegotiation("X-EXPS", octets=0)
    negotiation.first()
    assert isinstance(negotiation.respond(challenge), Cancel)
    assert (negotiation.answered, negotiation.problem) == (answered, problem)


# Small things


def test_base64() -> None:
    # RFC 4648 section 10
    assert encode_response(b"foobar") == "Zm9vYmFy"
    assert decode_challenge("Zm9vYg==") == b"foob"
    assert decode_challenge("Zm9vYg=") is None
    assert "\n" not in encode_response(bytes(1000))


def test_our_token_reads_cleanly_until_it_is_damaged() -> None:
    spnego_token, bare = exps_token(), b64decode(b64encode(bytes.fromhex(AES["ap_req"])))
    server = "SMTPSVC/ex1.contoso.lab"
    for token in (spnego_token, bare):
        assert decodes_cleanly(token, server)
        assert decodes_cleanly(token, server.lower())
        assert not decodes_cleanly(token, "SMTPSVC/ex2.contoso.lab")
        assert not any(decodes_cleanly(token[:length], server) for length in range(0, len(token), 7))
