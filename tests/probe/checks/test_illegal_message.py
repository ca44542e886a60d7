import pytest

from probe.checks import Status
from probe.checks.illegal_message import examine
from probe.trace import Trace
from probe.trace.facts import Outcome, SmtpReply
from tests.support.traces import (
    bound_refused,
    connect,
    error,
    failing,
    handshake,
    healthy,
    negotiation,
    refused,
    reply,
    step,
    trace,
)

TOO_LONG = reply(500, "5.5.2 Line too long")


def test_a_short_token_that_passes_where_a_long_one_fails_is_proof() -> None:
    contrast = failing(handshake(token_octets=1500), step(refused(token_octets=9000), Outcome.REFUSED))
    finding = examine(contrast)
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)
    assert "1500 octets of token pass, 9000 do not" in finding.says


def test_a_long_token_that_ends_the_connection_is_the_same_contrast() -> None:
    cut = step(refused(None, token_octets=9000), Outcome.CLOSED)
    assert examine(failing(cut, handshake(token_octets=1500))).status is Status.CONFIRMED


def test_a_long_token_that_passes_is_no_contrast() -> None:
    reverse = failing(handshake(token_octets=9000), step(refused(token_octets=1500), Outcome.REFUSED))
    assert examine(reverse).status is Status.NOTICE


@pytest.mark.parametrize("changes", [{"verb": "AUTH"}, {"wrapping": "kerberos"}, {"tls": "none"}])
def test_two_differences_are_no_contrast(changes: dict[str, object]) -> None:
    other = failing(
        handshake(token_octets=1500, **changes), step(refused(token_octets=9000), Outcome.REFUSED)
    )
    assert examine(other).status is Status.NOTICE


@pytest.mark.parametrize(
    "said", [TOO_LONG, reply(501, "5.5.4 Invalid base64"), reply(421, "4.4.2 line too long, closing")]
)
def test_a_syntax_error_after_our_token_is_a_suspicion(said: SmtpReply) -> None:
    assert examine(failing(step(refused(said), Outcome.REFUSED))).status is Status.SUSPECT


def test_a_connection_that_ends_on_our_token_is_a_suspicion() -> None:
    assert examine(failing(step(refused(None), Outcome.CLOSED))).status is Status.SUSPECT


def test_a_timeout_is_not_damage() -> None:
    assert examine(failing(step(refused(None), Outcome.TIMEOUT))).status is Status.NOT_APPLICABLE


def test_the_454_that_hides_everything_is_a_possibility() -> None:
    finding = examine(failing())
    assert finding.status is Status.NOTICE
    assert any("--inject cut-token" in text for text in finding.would_decide)


def test_a_token_that_we_made_badly_is_a_suspicion() -> None:
    assert examine(failing(step(refused(token_clean=False), Outcome.REFUSED))).status is Status.SUSPECT
    on_request = step(refused(injected="cut-token", token_clean=False), Outcome.REFUSED)
    assert examine(failing(on_request)).status is Status.SUSPECT


def test_too_many_errors_and_an_error_in_a_token_are_something_else() -> None:
    many = reply(421, "4.7.0 Too many errors on this connection, closing transmission channel")
    assert examine(failing(step(refused(many), Outcome.REFUSED))).status is Status.NOT_APPLICABLE
    told = step(refused(peer_error=error(41)), Outcome.REFUSED)
    assert examine(failing(told)).status is Status.NOT_APPLICABLE


def test_a_receiver_that_says_so_is_a_suspicion() -> None:
    told = step(refused(peer_error=error(40)), Outcome.REFUSED)
    assert examine(failing(told)).status is Status.SUSPECT


def test_healthy_passes_and_no_handshake_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(connect())).status is Status.NOT_APPLICABLE


def contrast(short: bool | None, long: bool | None) -> Trace:
    """A mute refusal and the two negotiations; None for one that met silence."""
    asked = [
        step(
            negotiation(octets, answered=bool(answered), said=None if answered is None else reply(454)),
            outcome,
        )
        for octets, answered in ((60, short), (1700, long))
        for outcome in (Outcome.OK if answered else Outcome.TIMEOUT if answered is None else Outcome.REFUSED,)
    ]
    return failing(step(refused(), Outcome.REFUSED), *asked)


@pytest.mark.parametrize(
    ("short", "long", "status"),
    [
        (True, False, Status.SUSPECT),
        (False, False, Status.SUSPECT),
        (True, True, Status.PASS),
        (False, True, Status.NOTICE),
        (True, None, Status.NOTICE),
        (None, None, Status.NOTICE),
    ],
)
def test_a_negotiation_without_a_ticket_tells_length_from_content(
    short: bool | None, long: bool | None, status: Status
) -> None:
    assert examine(contrast(short, long)).status is status


def test_a_receiver_that_has_had_enough_tells_nothing_about_length() -> None:
    many = reply(421, "4.7.0 Too many errors on this connection, closing transmission channel")
    asked = (
        negotiation(60, answered=True),
        step(negotiation(1700, answered=False, said=many), Outcome.REFUSED),
    )
    assert examine(failing(step(refused(), Outcome.REFUSED), *asked)).status is Status.NOTICE


def test_our_own_cancelling_is_not_the_receivers_complaint() -> None:
    cancelled = reply(501, "5.5.4 Authentication cancelled")
    rejected = step(refused(cancelled, problem="negotiation-rejected"), Outcome.REFUSED)
    assert examine(failing(rejected)).status is Status.NOTICE
    strange = step(refused(cancelled, problem="challenge-is-malformed"), Outcome.REFUSED)
    assert examine(failing(strange)).status is Status.NOT_APPLICABLE


def test_exchangeauth_refused_beside_a_verified_log_on_is_no_sign_of_damage() -> None:
    assert examine(failing(bound_refused(), handshake())).status is Status.PASS
    assert examine(failing(bound_refused())).status is Status.NOTICE
    assert examine(failing(bound_refused(), step(refused(), Outcome.REFUSED))).status is Status.NOTICE


def test_an_exchangeauth_that_was_called_malformed_is_a_sign_whatever_else_passes() -> None:
    said = reply(501, "5.5.4 Invalid arguments")
    assert examine(failing(bound_refused(said), handshake())).status is Status.SUSPECT
