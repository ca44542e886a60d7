import pytest

from probe.checks import Status
from probe.checks.ticket_time import examine
from probe.trace.facts import Outcome
from tests.support.traces import (
    DC1,
    DC2,
    asks,
    clock,
    error,
    failing,
    greeting,
    healthy,
    no_ticket,
    refused,
    step,
    ticket,
    trace,
)

STARTED = trace().started


@pytest.mark.parametrize("code", [32, 33])
def test_the_error_is_proof(code: int) -> None:
    assert examine(trace(asks(code=code, purpose="tgs"))).status is Status.CONFIRMED
    assert examine(failing(step(refused(peer_error=error(code)), Outcome.REFUSED))).status is Status.CONFIRMED
    assert examine(trace(no_ticket(code))).status is Status.CONFIRMED


def test_a_clock_that_is_off_explains_it_better() -> None:
    behind = trace(
        clock(DC1), clock(DC2), greeting(-600.0), step(refused(peer_error=error(33)), Outcome.REFUSED)
    )
    finding = examine(behind)
    assert (finding.status, finding.breaks) == (Status.SUSPECT, False)


def test_an_expired_cache_is_a_suspicion_with_its_age() -> None:
    finding = examine(trace(no_ticket(problem="expired", source="ccache", end_time=STARTED - 7200)))
    assert finding.status is Status.SUSPECT
    assert "expired 2 h ago" in finding.evidence[0].says
    assert examine(trace(no_ticket(problem="expired", source="ccache"))).status is Status.SUSPECT


@pytest.mark.parametrize(
    "times", [{"start_time": STARTED + 3600}, {"auth_time": STARTED + 3600}, {"end_time": STARTED - 3600}]
)
def test_the_times_of_a_refused_ticket_are_proof(times: dict[str, float]) -> None:
    """What a receiver that says 454 and no more must have found (RFC 4120 section 3.2.3)."""
    shown = trace(clock(DC1), greeting(), ticket(**times), step(refused(), Outcome.REFUSED))
    finding = examine(shown)
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)


def test_the_times_are_read_by_the_kdcs_clocks() -> None:
    """This host is an hour behind: the ticket is good."""
    behind = trace(clock(DC1, 3600.0), clock(DC2, 3600.0), ticket(start_time=STARTED + 3600))
    assert examine(behind).status is Status.PASS


def test_within_the_allowed_skew_a_ticket_is_good() -> None:
    nearly = trace(clock(DC1), ticket(start_time=STARTED + 290), step(refused(), Outcome.REFUSED))
    assert examine(nearly).status is Status.PASS


def test_a_good_ticket_passes_and_none_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(clock())).status is Status.NOT_APPLICABLE


def test_another_error_is_none_of_its_business() -> None:
    assert examine(failing(step(refused(peer_error=error(37)), Outcome.REFUSED))).status is Status.PASS
