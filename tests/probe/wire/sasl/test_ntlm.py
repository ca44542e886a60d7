"""NTLM's rounds; the messages of the other side are pyspnego's."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from spnego._ntlm_raw.messages import Negotiate

from probe.wire.ntlm import NtlmError, negotiate_message
from probe.wire.sasl.mechanism import Answer, Cancel, Respond, Work
from probe.wire.sasl.ntlm import NtlmChallengeRequest, NtlmLogOn
from tests.support.ntlm_receiver import packed_challenge

CHALLENGE = packed_challenge(at=1_600_000_000.0)


def ticking(*times: float) -> Callable[[], float]:
    return iter(times).__next__


def text(token: bytes) -> str:
    return b64encode(token).decode()


def asked(*, clock: Callable[[], float] = lambda: 0.0) -> NtlmChallengeRequest:
    """A question whose NEGOTIATE is out."""
    question = NtlmChallengeRequest("AUTH", clock=clock)
    assert question.argument(initial_response=False) == ""
    first = question.respond("NTLM supported")
    assert isinstance(first, Respond)
    Negotiate.unpack(first.data)
    return question


def test_a_question_ends_with_the_challenge() -> None:
    question = asked(clock=ticking(10.0, 10.5))
    assert question.respond(text(CHALLENGE)) == Cancel(reason="answered")
    assert question.challenge is not None
    assert (question.challenge.dns_computer, question.challenge.timestamp) == (
        "ex1.contoso.lab",
        1_600_000_000.0,
    )
    assert (question.asked_at, question.answered_at, question.problem) == (10.0, 10.5, "")


def test_negotiate_may_be_an_initial_response() -> None:
    question = NtlmChallengeRequest("X-EXPS", clock=lambda: 0.0)
    assert question.argument(initial_response=True) == text(negotiate_message())
    assert question.respond(text(CHALLENGE)) == Cancel(reason="answered")


@pytest.mark.parametrize(
    ("came", "problem"),
    [
        ("not base64!", "challenge-is-no-base64"),
        ("", "challenge-is-malformed"),
        (text(CHALLENGE[:30]), "challenge-is-malformed"),
        (text(negotiate_message()), "no-challenge"),
    ],
)
def test_what_is_no_challenge(came: str, problem: str) -> None:
    question = asked()
    assert question.respond(came) == Cancel(reason=problem)
    assert (question.problem, question.challenge) == (problem, None)
    log_on = started()
    assert log_on.respond(came) == Cancel(reason=problem)
    assert log_on.problem == problem


class Initiator:
    """Answers what it is told to."""

    def negotiate(self) -> bytes:
        return b"negotiate"

    def authenticate(self, challenge: bytes) -> bytes:
        if challenge != CHALLENGE:
            raise NtlmError("challenge-cannot-be-answered", 0)
        return b"authenticate it"


def worked(answer: Answer) -> Respond | Cancel:
    assert isinstance(answer, Work)  # never in the caller's own thread
    return answer.do()


def started() -> NtlmLogOn:
    """A log-on whose NEGOTIATE is out."""
    log_on = NtlmLogOn("X-EXPS", Initiator())
    assert log_on.argument(initial_response=True) == ""
    assert worked(log_on.respond("NTLM supported")) == Respond(data=b"negotiate")
    return log_on


def test_a_whole_log_on() -> None:
    log_on = started()
    assert worked(log_on.respond(text(CHALLENGE))) == Respond(data=b"authenticate it")
    assert [(leg.direction, leg.kind, leg.octets) for leg in log_on.rounds] == [
        ("sent", "ntlm-negotiate", 9),
        ("received", "ntlm-challenge", len(CHALLENGE)),
        ("sent", "ntlm-authenticate", 15),
    ]
    assert log_on.respond(text(CHALLENGE)) == Cancel(reason="too-many-rounds")


def test_a_challenge_that_cannot_be_answered() -> None:
    log_on = started()
    other = packed_challenge(computer="ex3")
    assert worked(log_on.respond(text(other))) == Cancel(reason="challenge-cannot-be-answered")
    assert log_on.problem == "challenge-cannot-be-answered"
