from probe.checks import Status
from probe.checks.target_unreachable import examine
from probe.trace.facts import Outcome
from tests.support.traces import connect, greeting, healthy, step, trace

REFUSED = step(connect(error="refused"), Outcome.REFUSED)
TIMED_OUT = step(connect(error="timed-out"), Outcome.TIMEOUT)
IPV6 = step(connect(error="refused", family="ipv6", address="2001:db8::10"), Outcome.REFUSED)


def test_refused_everywhere_is_proof() -> None:
    assert examine(trace(REFUSED, IPV6)).status is Status.CONFIRMED
    assert examine(trace(REFUSED, TIMED_OUT)).status is Status.CONFIRMED


def test_time_outs_are_a_suspicion() -> None:
    finding = examine(trace(TIMED_OUT))
    assert finding.status is Status.SUSPECT
    assert "Test-NetConnection" in finding.would_decide[0]


def test_an_end_before_the_banner_is_a_suspicion() -> None:
    silent = step(greeting(None, reply=None), Outcome.CLOSED)
    assert examine(trace(connect(), silent)).status is Status.SUSPECT
    assert examine(trace(connect(), silent, greeting())).status is Status.PASS


def test_the_other_family_may_be_closed() -> None:
    assert examine(trace(IPV6, connect(), greeting())).status is Status.PASS


def test_one_of_two_addresses_is_worth_a_notice() -> None:
    half = step(connect(error="refused", address="192.0.2.11"), Outcome.REFUSED)
    finding = examine(trace(half, connect(), greeting()))
    assert (finding.status, finding.breaks) == (Status.NOTICE, False)


def test_healthy_passes_and_untried_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(step(connect(), Outcome.SKIPPED))).status is Status.NOT_APPLICABLE


def test_a_receiver_that_answered_at_first_is_there() -> None:
    assert examine(trace(connect(), greeting(), REFUSED)).status is Status.PASS
