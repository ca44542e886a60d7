from probe.checks import Status
from probe.checks.clock_skew_kdc import examine
from probe.trace import Trace
from probe.trace.facts import Outcome, TimeServer
from tests.support.traces import (
    DC1,
    DC2,
    DC3,
    asks,
    clock,
    greeting,
    handshake,
    logon,
    no_ticket,
    reading,
    refused,
    step,
    ticket,
    trace,
)


def against(*kdcs: float, receiver: float | None = None) -> Trace:
    steps = [clock(kdc, offset) for kdc, offset in zip((DC1, DC2, DC3), kdcs, strict=False)]
    return trace(*steps, greeting(receiver), step(refused(), Outcome.REFUSED))


def test_kdcs_that_agree_pass() -> None:
    assert examine(against(0.2, -0.3, 120.0)).status is Status.PASS


def test_kdcs_that_differ_are_proof_and_the_odd_one_is_named() -> None:
    finding = examine(against(0.0, 600.0, 0.0))
    assert finding.status is Status.CONFIRMED
    assert finding.names["kdc"] == DC2
    assert "10 min ahead of" in finding.says


def test_of_two_kdcs_the_one_that_differs_from_everybody_is_named() -> None:
    assert examine(against(600.0, 0.0, receiver=1.0)).names["kdc"] == DC1
    assert examine(against(0.0, 600.0)).names["kdc"] == DC2
    # This host is off as well; the receiver sides with DC2.
    assert examine(against(0.0, 600.0, receiver=600.0)).names["kdc"] in (DC1, DC2)


def test_four_minutes_fifty_is_about_to_break() -> None:
    finding = examine(against(0.0, 290.0, 1.0))
    assert (finding.status, finding.breaks) == (Status.NOTICE, False)


def test_a_ticket_from_a_good_kdc_means_that_it_does_not_break() -> None:
    good = trace(clock(DC1, 0.0), clock(DC2, 600.0), asks(kdc=DC1, purpose="tgs"), ticket())
    assert examine(good).breaks is False


def test_a_ticket_from_the_wrong_kdc_breaks() -> None:
    bad = trace(
        clock(DC1, 0.0),
        clock(DC2, 600.0),
        asks(kdc=DC2, purpose="tgs"),
        ticket(),
        step(refused(), Outcome.REFUSED),
    )
    assert examine(bad).breaks is True


def test_a_cached_ticket_that_only_the_wrong_kdc_can_have_made_breaks() -> None:
    """As kvno got it from a Samba controller ten minutes ahead, before the probe ran."""
    clocks, denied = (clock(DC1, 0.0), clock(DC2, 600.0)), step(refused(), Outcome.REFUSED)
    now = trace(*clocks).started
    for ahead, breaks in ((598.0, True), (200.0, False), (-3600.0, False)):
        cached = ticket(source="ccache", start_time=now + ahead)
        assert examine(trace(*clocks, cached, denied)).breaks is breaks
    behind = (clock(DC1, 0.0), clock(DC2, -600.0), clock(DC3, 0.0))
    cached = ticket(source="ccache", start_time=now + 598.0)
    assert examine(trace(*behind, cached, denied)).breaks is False


def test_no_ticket_at_all_breaks_and_a_success_does_not() -> None:
    clocks = clock(DC1, 0.0), clock(DC2, 600.0)
    assert examine(trace(*clocks, logon(DC2, 37))).breaks is True
    assert examine(trace(*clocks, handshake())).breaks is False


def test_a_single_kdc_outvoted_by_host_and_receiver_is_a_suspicion_and_never_proof() -> None:
    finding = examine(against(600.0, receiver=1.0))
    assert (finding.status, finding.names["kdc"]) == (Status.SUSPECT, DC1)


def test_a_single_kdc_against_this_host_alone_is_a_possibility() -> None:
    assert examine(against(600.0)).status is Status.NOTICE


def test_a_single_kdc_with_the_receiver_on_its_side_passes() -> None:
    assert examine(against(600.0, receiver=600.0)).status is Status.PASS


def test_a_single_kdc_that_agrees_passes_and_none_does_not_apply() -> None:
    assert examine(against(1.0)).status is Status.PASS
    assert examine(trace(greeting())).status is Status.NOT_APPLICABLE


def sntp(who: str, offset: float) -> TimeServer:
    return TimeServer(server=who, clock=reading(who, offset, 0.01, "sntp"))


def test_a_time_server_is_a_witness_against_a_single_kdc() -> None:
    refusal = step(refused(), Outcome.REFUSED)
    finding = examine(trace(clock(DC1, 600.0), sntp("ntp.contoso.lab:123", 0.0), refusal))
    assert (finding.status, finding.names["kdc"]) == (Status.CONFIRMED, DC1)
    assert "ntp.contoso.lab:123" in finding.says
    assert (
        examine(trace(clock(DC1, 600.0), sntp("ntp.contoso.lab:123", 600.0), refusal)).status is Status.PASS
    )


def test_a_kdc_known_by_its_time_service_only_is_suspected_at_most() -> None:
    run = trace(clock(DC1, 0.0), clock(DC2, None), sntp(DC2, 600.0), step(refused(), Outcome.REFUSED))
    finding = examine(run)
    assert (finding.status, finding.names["kdc"]) == (Status.NOTICE, DC2)


def test_a_time_service_that_contradicts_its_kdc_is_told() -> None:
    run = trace(clock(DC1, 0.0), clock(DC2, 600.0), sntp(DC2, 0.0), step(refused(), Outcome.REFUSED))
    finding = examine(run)
    assert finding.status is Status.CONFIRMED
    assert any("from sntp" in item.says for item in finding.evidence)


def test_a_kdc_of_another_domain_is_named_with_its_own() -> None:
    finding = examine(trace(clock(), clock(DC2, 600.0, realm="FABRIKAM.LAB"), clock(DC3)))
    assert (finding.names["kdc"], finding.names["domain"]) == (DC2, "fabrikam.lab")


def test_another_kdcs_refusal_is_not_its_doing() -> None:
    clocks = (clock(DC1, 0.0), clock(DC2, 600.0), clock(DC3, 0.0))
    refused_by_good = examine(trace(*clocks, logon(DC1), asks(kdc=DC1, code=7, purpose="tgs"), no_ticket(7)))
    assert (refused_by_good.status, refused_by_good.breaks) == (Status.CONFIRMED, False)
    by_the_wrong_one = examine(trace(*clocks, logon(DC2), asks(kdc=DC2, code=7, purpose="tgs"), no_ticket(7)))
    assert by_the_wrong_one.breaks
