"""Receivers that play back MIT's own tokens (tests/vectors/gss_context.json); pyspnego reads what they were sent."""

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any, cast

import pytest
from spnego._spnego import NegState as ForeignState
from spnego._spnego import NegTokenInit as ForeignInit
from spnego._spnego import unpack_token

from probe.net.connection import Connection
from probe.settings.context import begin_run
from probe.settings.injection import parse_injection
from probe.settings.options import ProbeOptions
from probe.smtp.connect import ConnectedTarget, connect_target
from probe.smtp.gssapi import Attempt, authenticate, choose_verb, perform
from probe.smtp.session import SmtpSession
from probe.trace import Recorder, Step
from probe.trace.facts import Handshake, Outcome
from probe.wire.crypto import Key
from probe.wire.kerberos import Credential
from probe.wire.smtp.capabilities import parse_ehlo
from probe.wire.smtp.replies import Reply
from tests.support.hostile import CLEAR_OFFER, hostile_server
from tests.support.mit_receiver import (
    ACCEPTED,
    AES,
    AP_REP,
    AUTH_OFFER,
    BYE,
    GOOD_AUTH,
    GOOD_EXPS,
    KRB_ERROR,
    SKEWED,
    SUPPORTED,
    TEMPORARY,
    UNSUCCESSFUL,
    Case,
    credential,
    environment,
    negotiated,
    script,
)

CANCELLED = b"501 5.5.4 Authentication cancelled\r\n"


class Run:
    """One authentication over one connection: what the receiver heard, and what was made of it."""

    def __init__(self, case: Case = AES, **settings: Any) -> None:
        self.options = ProbeOptions(name="127.0.0.1", timeout_s=5.0, ehlo_name="ex2", **settings)
        self.context = begin_run(self.options, environment(case))
        self.credential = credential(case)
        self.heard: list[bytes] = []
        self.attempt: Attempt | None = None

    async def against(self, *replies: bytes, ends: bool = False, again: bool = False) -> Step[Any]:
        """Authenticate (or send the same token again) with a receiver that says this; the Handshake step."""
        async with hostile_server(script(replies, heard=self.heard, ends=ends)) as port:
            there = replace(self.options, port=port)
            connected = await connect_target(replace(self.context, options=there))
            assert connected is not None
            async with connected.session:
                await (self._again(connected) if again else self._first(connected, self.credential))
        return [step for step in self.context.recorder.steps() if isinstance(step.facts, Handshake)][-1]

    async def _first(self, connected: ConnectedTarget, ticket: Credential) -> None:
        self.attempt = await authenticate(self.context, connected, ticket)

    async def _again(self, connected: ConnectedTarget) -> None:
        assert self.attempt is not None
        self.attempt = await perform(self.attempt, connected, injected="replay")

    @property
    def made(self) -> Attempt:
        assert self.attempt is not None
        return self.attempt


def kinds(step: Step[Any]) -> list[str]:
    return [leg.kind for leg in step.facts.rounds]


async def test_x_exps_as_a_sending_exchange_does_it() -> None:
    run = Run()
    step = await run.against(*GOOD_EXPS)
    assert [run.heard[1], run.heard[3], run.heard[4]] == [b"X-EXPS GSSAPI\r\n", b"\r\n", b"QUIT\r\n"]
    token = unpack_token(b64decode(run.heard[2]))
    assert isinstance(token, ForeignInit)
    assert token.mech_token == bytes.fromhex(AES["ap_req"])
    seen = step.facts
    assert (step.outcome, seen.reply.code, seen.ap_rep_verified) == (Outcome.OK, 235, True)
    assert (seen.verb, seen.wrapping, seen.tls, seen.server) == (
        "X-EXPS",
        "spnego",
        "none",
        "SMTPSVC/ex1.contoso.lab",
    )
    assert kinds(step) == ["spnego-init", "spnego-resp", "krb5-ap-rep", "empty"]
    assert seen.token_octets == len(b64decode(run.heard[2]))
    assert (seen.token_clean, seen.injected, seen.problem, seen.clock) == (True, "", "", None)
    assert run.made.accepted
    assert not run.made.unexplained


async def test_with_an_initial_response() -> None:
    run = Run(initial_response=True)
    step = await run.against(CLEAR_OFFER, negotiated(AP_REP), ACCEPTED, BYE)
    assert run.heard[1].startswith(b"X-EXPS GSSAPI YI")
    assert run.heard[2] == b"\r\n"
    assert step.facts.initial_response
    assert run.made.accepted
    assert step.sent == (f"X-EXPS GSSAPI <{len(run.heard[1]) - 16} octets>", "")


async def test_auth_gssapi_with_the_layer_round() -> None:
    run = Run()
    step = await run.against(*GOOD_AUTH)
    assert run.heard[1:6] == [
        b"AUTH GSSAPI\r\n",
        b64encode(bytes.fromhex(AES["ap_req"])) + b"\r\n",
        b"\r\n",
        b64encode(bytes.fromhex(AES["from_initiator"][0]["token"])) + b"\r\n",
        b"QUIT\r\n",
    ]
    assert (step.facts.verb, step.facts.wrapping, step.facts.security_layers) == ("AUTH", "kerberos", 1)
    assert run.made.accepted


async def test_a_wrapping_of_the_users_choice() -> None:
    run = Run(mechanism="auth-gssapi", wrapping="spnego")
    await run.against(AUTH_OFFER, b"334 \r\n", UNSUCCESSFUL, BYE)
    assert isinstance(unpack_token(b64decode(run.heard[2])), ForeignInit)
    bare = Run(wrapping="kerberos")
    await bare.against(CLEAR_OFFER, SUPPORTED, TEMPORARY, ends=True)
    assert b64decode(bare.heard[2]) == bytes.fromhex(AES["ap_req"])


async def test_235_without_an_ap_rep_proves_nothing() -> None:
    run = Run()
    step = await run.against(CLEAR_OFFER, SUPPORTED, ACCEPTED, BYE)
    assert (step.facts.reply.code, step.facts.ap_rep_verified) == (235, False)
    assert not run.made.accepted
    assert not run.made.unexplained


@pytest.mark.parametrize("reply", [b"250 2.7.0 fine\r\n", b"299 Authentication successful\r\n"])
async def test_another_success_than_235_is_none(reply: bytes) -> None:
    run = Run()
    step = await run.against(CLEAR_OFFER, SUPPORTED, negotiated(AP_REP), reply, BYE)
    assert step.outcome is Outcome.MALFORMED
    assert not run.made.accepted


async def test_a_refusal_without_a_reason() -> None:
    run = Run()
    step = await run.against(CLEAR_OFFER, SUPPORTED, TEMPORARY, ends=True)
    assert (step.outcome, step.facts.reply.enhanced, step.facts.disconnected) == (
        Outcome.REFUSED,
        "4.7.0",
        True,
    )
    assert kinds(step) == ["spnego-init"]
    assert run.made.unexplained


async def test_a_refused_verb_is_no_refused_token() -> None:
    run = Run()
    step = await run.against(CLEAR_OFFER, b"504 5.7.4 Unrecognized authentication type\r\n", BYE)
    assert (step.outcome, step.facts.token_octets, step.facts.disconnected) == (Outcome.REFUSED, 0, False)
    assert not run.made.unexplained, "no contrast can tell more about a token that nobody saw"


@pytest.mark.parametrize("replies", [(SUPPORTED,), (SUPPORTED, negotiated(AP_REP))])
async def test_a_connection_that_is_cut(replies: tuple[bytes, ...]) -> None:
    run = Run()
    step = await run.against(CLEAR_OFFER, *replies, b"", ends=True)
    assert (step.outcome, step.facts.reply, step.facts.disconnected) == (Outcome.CLOSED, None, True)
    assert step.facts.ap_rep_verified == (len(replies) == 2)
    assert run.made.unexplained


@pytest.mark.parametrize(
    "state",
    [
        ForeignState.accept_incomplete,  # Samba
        ForeignState.reject,  # MIT
    ],
)
async def test_a_krb_error_shows_the_receivers_clock(state: ForeignState) -> None:
    run = Run(SKEWED)
    step = await run.against(CLEAR_OFFER, SUPPORTED, negotiated(KRB_ERROR, state), TEMPORARY, ends=True)
    seen = step.facts
    assert (seen.peer_error.code, seen.peer_error.name) == (37, "KRB_AP_ERR_SKEW")
    # The initiator was ten minutes slow, so the receiver is ten minutes ahead of it.
    assert (seen.clock.who, seen.clock.source) == ("127.0.0.1", "krb-error-in-token")
    assert abs(seen.clock.offset_s - 600) <= 2
    assert not run.made.unexplained


async def test_an_ap_rep_of_somebody_else_is_the_peers_fault() -> None:
    run = Run()
    damaged = AP_REP[:-1] + bytes([AP_REP[-1] ^ 1])
    step = await run.against(CLEAR_OFFER, SUPPORTED, negotiated(damaged), CANCELLED, BYE)
    assert (step.facts.problem, step.facts.ap_rep_verified) == ("notmutual-token", False)
    assert step.outcome is Outcome.REFUSED
    assert run.heard[3] == b"*\r\n"


async def test_235_to_a_cancelled_exchange_is_no_success() -> None:
    run = Run()
    step = await run.against(CLEAR_OFFER, SUPPORTED, b"334 no base64!\r\n", ACCEPTED, BYE)
    assert (step.outcome, step.facts.problem) == (Outcome.MALFORMED, "challenge-is-no-base64")
    assert not run.made.accepted


async def test_a_session_key_that_nobody_can_use_is_not_sent() -> None:
    run = Run()
    run.credential = credential(key=Key(3, bytes(8)))  # des-cbc-md5, in a cache of old
    step = await run.against(CLEAR_OFFER, BYE)
    assert step.outcome is Outcome.SKIPPED
    assert step.facts.problem
    assert run.attempt is None
    assert run.heard == [b"EHLO ex2\r\n", b"QUIT\r\n"]


# --- Faults of our own ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "clean"), [("cut-token", False), ("corrupt-token", True)])
async def test_an_injected_fault_is_on_the_wire_and_in_the_step(text: str, clean: bool) -> None:
    run = Run(injection=parse_injection(text), wrapping="kerberos")
    step = await run.against(CLEAR_OFFER, SUPPORTED, TEMPORARY, ends=True)
    assert (step.facts.injected, step.facts.token_clean) == (text, clean)
    assert b64decode(run.heard[2]) != bytes.fromhex(AES["ap_req"])


async def test_a_skew_is_in_the_authenticator_and_nowhere_else() -> None:
    # The recorded AP-REP answers the honest authenticator: to a skewed one it proves nothing.
    run = Run(injection=parse_injection("skew=+6m"))
    step = await run.against(CLEAR_OFFER, SUPPORTED, negotiated(AP_REP), CANCELLED, BYE)
    assert (step.facts.injected, step.facts.problem) == ("skew=+6 min", "notmutual-token")


async def test_a_replay_is_the_same_token_again() -> None:
    run = Run(injection=parse_injection("replay"))
    first = await run.against(*GOOD_EXPS)
    assert (first.facts.injected, run.made.accepted) == ("", True)
    second = await run.against(CLEAR_OFFER, SUPPORTED, TEMPORARY, ends=True, again=True)
    assert second.facts.injected == "replay"
    assert run.heard[2] == run.heard[7]
    assert not run.made.accepted


# --- The choice of a verb -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "wanted", "verb"),
    [
        (("ex1", "AUTH NTLM GSSAPI", "X-EXPS EXCHANGEAUTH GSSAPI NTLM"), "auto", "X-EXPS"),
        (("ex1", "AUTH GSSAPI PLAIN"), "auto", "AUTH"),
        (("ex1", "AUTH GSSAPI", "X-EXPS NTLM"), "auto", "AUTH"),
        (("ex1", "AUTH NTLM", "X-EXPS NTLM"), "auto", None),
        (("ex1", "X-EXPS EXCHANGEAUTH"), "auto", None),
        (("ex1", "AUTH GSSAPI", "X-EXPS GSSAPI"), "auth-gssapi", "AUTH"),
        (("ex1",), "exps-gssapi", "X-EXPS"),  # asked for, so asked of the receiver
        (("ex1", "X-EXPS GSSAPI"), "none", None),
        (None, "auto", None),
        (None, "auth-gssapi", "AUTH"),
    ],
)
def test_what_a_sender_would_take(lines: tuple[str, ...] | None, wanted: str, verb: str | None) -> None:
    session = SmtpSession(cast("Connection", None), Recorder(lambda: 0.0), clock=lambda: 0.0)
    session.capabilities = None if lines is None else parse_ehlo(Reply(code=250, lines=lines))
    assert choose_verb(session, wanted) == verb
