from dataclasses import replace

from probe.checks import Status
from probe.checks.data_lost_in_path import examine
from probe.trace.facts import Outcome
from tests.support.traces import (
    bound,
    ehlo,
    failing,
    greeting,
    handshake,
    healthy,
    negotiation,
    refused,
    step,
    tls,
    trace,
)

SILENT = step(refused(None, rounds=()), Outcome.TIMEOUT)
SHORT = negotiation(60, answered=True)
LONG = step(negotiation(1700, answered=False, said=None), Outcome.TIMEOUT)


def test_a_line_with_a_ticket_that_is_never_answered_is_support() -> None:
    found = examine(failing(SILENT))
    assert (found.status, found.breaks) == (Status.SUSPECT, True)
    assert "--timeout" in found.would_decide[1]


def test_what_has_room_everywhere_is_hardly_lost_for_its_length() -> None:
    small = step(refused(None, rounds=(), token_octets=600), Outcome.TIMEOUT)
    assert examine(failing(small)).status is Status.NOTICE


def test_short_answered_and_long_not_is_told_beside_it() -> None:
    """A device that damages long lines makes some receivers as silent, so that it is no proof."""
    found = examine(failing(SILENT, SHORT, LONG))
    assert found.status is Status.SUSPECT
    assert any("60 octets: answered" in item.says for item in found.evidence)
    assert examine(replace(failing(SILENT, SHORT, LONG), late_ms=5000.0)).status is Status.NOTICE


def test_a_beginning_of_tls_that_is_never_answered() -> None:
    stuck = step(tls(version="", cipher="", error="timed-out"), Outcome.TIMEOUT)
    assert examine(trace(greeting(), ehlo(), stuck)).status is Status.SUSPECT


def test_what_is_refused_has_arrived() -> None:
    assert examine(failing(refused())).status is Status.NOT_APPLICABLE


def test_so_has_what_another_log_on_was_answered_for() -> None:
    silent = step(bound("", reply=None), Outcome.TIMEOUT)
    assert examine(failing(silent, handshake())).status is Status.NOT_APPLICABLE


def test_a_receiver_that_never_said_anything_is_another_matter() -> None:
    assert examine(trace(SILENT)).status is Status.NOT_APPLICABLE


def test_a_healthy_run_passes() -> None:
    assert examine(healthy()).status is Status.PASS
