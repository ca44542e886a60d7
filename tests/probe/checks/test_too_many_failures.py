from probe.checks import Status
from probe.checks.too_many_failures import examine
from probe.trace.facts import Outcome
from tests.support.traces import connect, failing, healthy, refused, reply, step, trace


def test_the_receivers_own_word_is_a_suspicion() -> None:
    said = reply(421, "4.7.0 Too many errors on this connection, closing transmission channel")
    assert examine(failing(step(refused(said), Outcome.REFUSED))).status is Status.SUSPECT


def test_another_421_is_not_this() -> None:
    said = reply(421, "4.4.1 Connection timed out")
    assert examine(failing(step(refused(said), Outcome.REFUSED))).status is Status.PASS


def test_the_words_under_another_code_are_not_this() -> None:
    assert (
        examine(failing(step(refused(reply(554, "too many errors")), Outcome.REFUSED))).status is Status.PASS
    )


def test_healthy_passes_and_no_session_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(connect())).status is Status.NOT_APPLICABLE
