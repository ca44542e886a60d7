"""Runs without credentials against scripted receivers: one connection for the dialogue, one for the question."""

import asyncio
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from probe.net.endpoint import Endpoint
from probe.run import run_probe
from probe.settings.options import ProbeOptions
from probe.smtp.ntlm_challenge import _with_answer
from probe.trace import Step, Trace
from probe.trace.facts import Bug, Connect, Greeting, Ntlm, Outcome
from probe.wire.sasl.ntlm import NtlmChallengeRequest
from tests.support.certificates import write_certificate
from tests.support.hostile import CLEAR_OFFER, Behaviour, Peer, hostile_server
from tests.support.mit_receiver import BYE, environment, script
from tests.support.ntlm_receiver import CANCELLED, NTLM_SUPPORTED, challenge_line, packed_challenge

MAIN = (CLEAR_OFFER, BYE)
NOW = environment().clock()
ANSWERED = challenge_line(packed_challenge(at=NOW - 600))
QUESTION = (CLEAR_OFFER, NTLM_SUPPORTED, ANSWERED, CANCELLED, BYE)


class Connections:
    """A script for each connection in turn, and what was heard on it; an own behaviour in place of a script."""

    def __init__(self, *scripts: Sequence[bytes] | Behaviour) -> None:
        self._scripts = list(scripts)
        self.heard: list[list[bytes]] = []

    async def __call__(self, peer: Peer) -> None:
        self.heard.append([])
        turn = self._scripts.pop(0)
        behaviour = turn if callable(turn) else script(turn, heard=self.heard[-1])
        await behaviour(peer)


async def run(receiver: Behaviour, **settings: Any) -> Trace:
    async with hostile_server(receiver) as port:
        chosen: dict[str, Any] = {
            "name": "ex1.contoso.lab",
            "connect": Endpoint("127.0.0.1", port),
            "ehlo_name": "ex2.contoso.lab",
            "timeout_s": 5.0,
            "deadline_s": 20.0,
        }
        trace = await run_probe(ProbeOptions(**(chosen | settings)), environment())
    assert not trace.of(Bug)
    return trace


def identity(trace: Trace) -> Step[Ntlm]:
    (step,) = trace.of(Ntlm)
    return step


async def test_names_version_and_clock() -> None:
    receiver = Connections(MAIN, QUESTION)
    step = identity(await run(receiver))
    assert step.outcome is Outcome.OK
    facts = step.facts
    assert (facts.verb, facts.tls, facts.problem) == ("AUTH", "none", "")
    assert (facts.computer, facts.domain) == ("EX1", "CONTOSO")
    assert (facts.dns_computer, facts.dns_domain, facts.forest) == (
        "ex1.contoso.lab",
        "contoso.lab",
        "contoso.lab",
    )
    assert facts.version == "10.0.14393"
    assert (facts.banner_name, facts.advertised_name) == ("ex1.contoso.lab", "ex1.contoso.lab")
    assert facts.reply is not None
    assert facts.reply.code == 501
    assert facts.clock is not None
    assert (facts.clock.who, facts.clock.source) == ("ex1.contoso.lab", "ntlm-timestamp")
    assert facts.clock.offset_s == pytest.approx(-600, abs=1e-5)
    assert facts.clock.uncertainty_s < 0.001


async def test_it_takes_a_connection_of_its_own_and_leaves_politely() -> None:
    receiver = Connections(MAIN, QUESTION)
    trace = await run(receiver)
    assert receiver.heard[0] == [b"EHLO ex2.contoso.lab\r\n", b"QUIT\r\n"]
    ehlo, verb, negotiate, *rest = receiver.heard[1]
    assert (ehlo, verb) == (b"EHLO ex2.contoso.lab\r\n", b"AUTH NTLM\r\n")
    assert negotiate.startswith(b"TlRMTVNTUAAB")  # base64 of NTLMSSP, zero, one
    assert rest == [b"*\r\n", b"QUIT\r\n"]
    # The run's own dialogue is one connection still.
    assert (len(trace.of(Connect)), len(trace.of(Greeting))) == (1, 1)


async def test_the_transcript_shows_no_token() -> None:
    step = identity(await run(Connections(MAIN, QUESTION)))
    assert step.sent == ("EHLO ex2.contoso.lab", "AUTH NTLM", "<44 octets>", "*", "QUIT")
    assert "334 NTLM supported" in step.received
    assert not [line for line in (*step.sent, *step.received) if "TlRMTVNT" in line]


async def test_it_may_be_switched_off() -> None:
    receiver = Connections(MAIN)
    assert not (await run(receiver, ask_ntlm=False)).of(Ntlm)
    assert len(receiver.heard) == 1


async def test_nothing_is_asked_where_ntlm_is_not_offered() -> None:
    offer = CLEAR_OFFER.replace(b"AUTH NTLM", b"DSN").replace(b"GSSAPI NTLM", b"GSSAPI")
    receiver = Connections((offer, BYE))
    assert not (await run(receiver)).of(Ntlm)
    assert len(receiver.heard) == 1


async def test_x_exps_where_auth_is_not_offered() -> None:
    offer = CLEAR_OFFER.replace(b"AUTH NTLM", b"DSN")
    receiver = Connections((offer, BYE), (offer, *QUESTION[1:]))
    assert identity(await run(receiver)).facts.verb == "X-EXPS"
    assert b"X-EXPS NTLM\r\n" in receiver.heard[1]


async def test_a_server_that_answers_differently_is_noted() -> None:
    other = CLEAR_OFFER.replace(b"ex1.contoso.lab", b"ex3.contoso.lab")
    step = identity(await run(Connections(MAIN, (other, *QUESTION[1:]))))
    assert step.facts.advertised_name == "ex3.contoso.lab"


async def test_a_challenge_without_a_clock() -> None:
    answer = challenge_line(packed_challenge())
    step = identity(await run(Connections(MAIN, (CLEAR_OFFER, NTLM_SUPPORTED, answer, CANCELLED, BYE))))
    assert (step.facts.computer, step.facts.clock, step.outcome) == ("EX1", None, Outcome.OK)


async def test_a_name_of_any_length_is_cut() -> None:
    answer = challenge_line(packed_challenge(computer="x" * 9000))
    step = identity(await run(Connections(MAIN, (CLEAR_OFFER, NTLM_SUPPORTED, answer, CANCELLED, BYE))))
    assert (len(step.facts.computer), len(step.facts.dns_computer)) == (255, 255)


async def _silent(peer: Peer) -> None:
    await peer.stay()


async def _gone(peer: Peer) -> None:
    peer.reset()


@pytest.mark.parametrize(
    ("side", "outcome", "problem"),
    [
        ((CLEAR_OFFER, b"454 4.7.0 Temporary authentication failure\r\n", BYE), "refused", "no-challenge"),
        (
            (CLEAR_OFFER, NTLM_SUPPORTED, b"334 not base64!\r\n", CANCELLED, BYE),
            "refused",
            "challenge-is-no-base64",
        ),
        ((CLEAR_OFFER, NTLM_SUPPORTED, b"235 2.7.0 Welcome\r\n", BYE), "malformed", "no-challenge"),
        ((b"250 ex1.contoso.lab\r\n", BYE), "refused", "not-offered"),
        ((b"502 5.5.1 no\r\n", b"502 5.5.1 no\r\n", BYE), "refused", "no-session"),
        (_gone, "closed", "no-session"),
    ],
)
async def test_what_comes_instead_is_an_outcome(
    side: Sequence[bytes] | Behaviour, outcome: str, problem: str
) -> None:
    step = identity(await run(Connections(MAIN, side)))
    assert (step.outcome.value, step.facts.problem) == (outcome, problem)
    assert (step.facts.computer, step.facts.clock) == ("", None)


async def test_a_silent_server_costs_one_time_out() -> None:
    started = asyncio.get_running_loop().time()
    step = identity(await run(Connections(MAIN, _silent), timeout_s=1.0))
    assert (step.outcome, step.facts.problem) == (Outcome.TIMEOUT, "timed-out")
    assert asyncio.get_running_loop().time() - started < 5


async def test_a_server_that_trickles_is_left() -> None:
    async def trickling(peer: Peer) -> None:
        await peer.greet()
        await peer.line()
        await peer.trickle(b"334-x\r\n")

    trace = await run(Connections(MAIN, trickling), timeout_s=1.0)
    assert identity(trace).outcome is Outcome.TIMEOUT
    assert not trace.unfinished


async def test_a_goodbye_that_is_not_answered_takes_nothing_back() -> None:
    step = identity(await run(Connections(MAIN, QUESTION[:-1]), timeout_s=1.0))
    assert (step.outcome, step.facts.computer, step.facts.problem) == (Outcome.OK, "EX1", "")


async def test_behind_tls_where_that_is_asked_for(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*write_certificate(tmp_path, "ex1.contoso.lab"))

    async def main(peer: Peer) -> None:
        await peer.start_tls(context)
        await peer.line()
        await peer.say(BYE)

    async def side(peer: Peer) -> None:
        await peer.start_tls(context)
        for reply in QUESTION[1:]:
            await peer.line()
            await peer.say(reply)

    step = identity(await run(Connections(main, side), tls="starttls"))
    assert (step.outcome, step.facts.tls, step.facts.computer) == (Outcome.OK, "starttls", "EX1")


def test_a_ticking_clock_gives_half_the_round_trip() -> None:
    times = iter([100.0, 100.5])
    question = NtlmChallengeRequest("AUTH", clock=lambda: next(times))
    question.respond("NTLM supported")
    question.respond(challenge_line(packed_challenge(at=700.25))[4:].decode())
    seen = _with_answer(Ntlm(verb="AUTH", tls="none"), question, who="ex1")
    assert seen.clock is not None
    assert seen.clock.offset_s == 600.0
    assert seen.clock.uncertainty_s == pytest.approx(0.25, abs=1e-5)
