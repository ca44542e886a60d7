"""Whole runs with --mechanism ntlm: pyspnego's client against the lab, and against receivers that mean ill."""

import struct
from collections.abc import Sequence
from typing import Any

import pytest

from probe.net.endpoint import Endpoint
from probe.run import run_probe
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.secret import KeytabKeys, Password, Secret
from probe.trace import Step, Trace
from probe.trace.facts import Bug, Handshake, KdcExchange, Outcome, Ticket
from probe.wire.crypto import Key
from probe.wire.kerberos import PrincipalName
from tests.support.hostile import CLEAR_OFFER, hostile_server
from tests.support.mit_receiver import ACCEPTED, BYE, TEMPORARY, UNSUCCESSFUL, environment, script
from tests.support.ntlm_receiver import CANCELLED, NTLM_SUPPORTED, challenge_line, packed_challenge

SECRET = "correct horse battery staple"
CHALLENGE = challenge_line(packed_challenge(at=environment().clock()))


def half_a_character() -> bytes:
    """A CHALLENGE that is whole, but for a name that is no UTF-16: our decoder minds less than pyspnego's."""
    pairs = struct.pack("<HH", 1, 2) + b"\x00\xd8" + bytes(4)
    whole = bytearray(packed_challenge(target_info=None))
    whole[40:48] = struct.pack("<HHI", len(pairs), len(pairs), len(whole))
    return bytes(whole) + pairs


async def run(replies: Sequence[bytes], *, secret: Secret | None = None, **settings: Any) -> Trace:
    credentials = Credentials(
        source="password",
        principal=PrincipalName.parse("alice"),
        secret=secret or Password(SECRET),
    )
    async with hostile_server(script(replies)) as port:
        chosen: dict[str, Any] = {
            "name": "ex1.contoso.lab",
            "connect": Endpoint("127.0.0.1", port),
            "realm": "CONTOSO.LAB",
            "kdcs": (KdcEndpoint("127.0.0.1", 88),),
            "credentials": credentials,
            "ehlo_name": "ex2.contoso.lab",
            "mechanism": "ntlm",
            "ask_ntlm": False,
            "timeout_s": 5.0,
        }
        trace = await run_probe(ProbeOptions(**(chosen | settings)), environment())
    assert not trace.of(Bug)
    return trace


def log_on(trace: Trace) -> Step[Handshake]:
    (step,) = trace.of(Handshake)
    return step


async def test_a_log_on_that_is_accepted() -> None:
    step = log_on(await run((CLEAR_OFFER, NTLM_SUPPORTED, CHALLENGE, ACCEPTED, BYE)))
    assert (step.outcome, step.facts.verb, step.facts.mechanism) == (Outcome.OK, "X-EXPS", "NTLM")
    assert [leg.kind for leg in step.facts.rounds] == [
        "ntlm-negotiate",
        "ntlm-challenge",
        "ntlm-authenticate",
    ]
    assert step.facts.token_octets == step.facts.rounds[-1].octets
    assert (step.facts.ap_rep_verified, step.facts.server, step.facts.wrapping) == (False, "", "")


async def test_the_password_is_tried_once_and_not_at_a_kdc() -> None:
    trace = await run((CLEAR_OFFER, NTLM_SUPPORTED, CHALLENGE, TEMPORARY, BYE))
    assert {step.facts.purpose for step in trace.of(KdcExchange)} <= {"clock"}
    assert not trace.of(Ticket)
    step = log_on(trace)
    assert step.facts.reply is not None
    assert (step.outcome, step.facts.reply.code) == (Outcome.REFUSED, 454)


async def test_auth_where_x_exps_has_no_ntlm() -> None:
    offer = CLEAR_OFFER.replace(b"X-EXPS GSSAPI NTLM", b"X-EXPS GSSAPI")
    step = log_on(await run((offer, NTLM_SUPPORTED, CHALLENGE, UNSUCCESSFUL, BYE)))
    assert (step.facts.verb, step.outcome) == ("AUTH", Outcome.REFUSED)


async def test_nothing_is_tried_where_ntlm_is_not_offered() -> None:
    assert not (await run((b"250 ex1.contoso.lab\r\n", BYE))).of(Handshake)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"334 not base64!\r\n", "challenge-is-no-base64"),
        (challenge_line(b"NTLMSSP\0\2\0\0\0" + bytes(10)), "challenge-is-malformed"),
        (challenge_line(half_a_character()), "challenge-cannot-be-answered"),
    ],
)
async def test_a_challenge_that_cannot_be_answered_is_an_outcome(answer: bytes, problem: str) -> None:
    step = log_on(await run((CLEAR_OFFER, NTLM_SUPPORTED, answer, CANCELLED, BYE)))
    assert (step.outcome, step.facts.problem) == (Outcome.REFUSED, problem)


async def test_a_keytab_without_an_nt_hash_is_not_tried() -> None:
    keys = KeytabKeys(keys=((3, Key(18, bytes(32))),))
    step = log_on(await run((CLEAR_OFFER, BYE), secret=keys))
    assert step.outcome is Outcome.SKIPPED
    assert step.facts.problem.startswith("no NT hash")


async def test_a_keytabs_nt_hash() -> None:
    keys = KeytabKeys(keys=((3, Key(23, bytes(range(16)))),))
    step = log_on(await run((CLEAR_OFFER, NTLM_SUPPORTED, CHALLENGE, ACCEPTED, BYE), secret=keys))
    assert step.outcome is Outcome.OK
