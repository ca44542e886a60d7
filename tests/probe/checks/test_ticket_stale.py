import pytest

from probe.checks import Status
from probe.checks.ticket_stale import examine
from probe.trace import Step
from probe.trace.facts import Facts
from tests.support.traces import (
    DC2,
    SPN,
    asked,
    asks,
    ehlo,
    greeting,
    handshake,
    healthy,
    refused,
    step,
    ticket,
    trace,
)

CACHED = ticket(source="ccache", kvno=2, cached=True)
NEWER = (asks(SPN), asks(SPN, DC2))  # kvno 3


def run(*steps: Facts | Step[Facts]) -> tuple[Status, str]:
    finding = examine(trace(greeting(), ehlo(), *steps, request=asked(credentials="ccache")))
    return finding.status, finding.says


def test_a_fresh_ticket_that_is_taken_is_proof() -> None:
    status, says = run(CACHED, *NEWER, refused(), handshake(contrast="fresh-ticket"))
    assert status is Status.CONFIRMED
    assert "kvno 2" in says
    assert "a fresh one is taken" in says


def test_a_fresh_one_that_is_taken_may_be_another_controllers() -> None:
    same = ticket(source="ccache", cached=True)
    later = ticket(source="ccache", cached=True, kvno=4)
    for cached in (same, later):
        assert run(cached, *NEWER, refused(), handshake(contrast="fresh-ticket"))[0] is Status.NOT_APPLICABLE


def test_an_older_version_alone_is_a_suspicion() -> None:
    assert run(CACHED, *NEWER, refused())[0] is Status.SUSPECT


@pytest.mark.parametrize(
    "steps",
    [
        # Fetched in this run: it cannot be older than the key.
        (ticket(source="ccache", kvno=2), *NEWER, refused()),
        # One KDC is as old as the ticket: that is replication's doing.
        (CACHED, asks(SPN), asks(SPN, DC2, ticket_kvno=2), refused()),
        (CACHED, *NEWER),
        # A fresh ticket is refused as well.
        (ticket(source="ccache", cached=True), *NEWER, refused(), step(refused(contrast="fresh-ticket"))),
    ],
)
def test_what_says_nothing_of_it(steps: tuple[Facts | Step[Facts], ...]) -> None:
    assert run(*steps)[0] is Status.NOT_APPLICABLE


def test_where_no_kdc_says_anything_it_is_a_possibility() -> None:
    assert run(CACHED, refused())[0] is Status.NOTICE


def test_a_ticket_that_was_taken_passes_and_a_healthy_run_does_not_apply() -> None:
    assert run(CACHED, *NEWER, handshake())[0] is Status.PASS
    assert examine(healthy()).status is Status.NOT_APPLICABLE
