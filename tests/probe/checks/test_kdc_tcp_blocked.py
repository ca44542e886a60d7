from probe.checks import Status
from probe.checks.kdc_tcp_blocked import examine
from tests.support.traces import DC1, DC2, clock, dead, error, handshake, healthy, logon, no_ticket, trace


def test_udp_without_tcp_is_proof() -> None:
    finding = examine(
        trace(clock(), dead(transport="tcp"), logon(error=error(52), ticket_etype=None), no_ticket())
    )
    assert (finding.status, finding.breaks, finding.names["kdc"]) == (Status.CONFIRMED, True, DC1)


def test_small_tickets_still_work() -> None:
    assert examine(trace(clock(), dead(transport="tcp"), handshake())).breaks is False


def test_a_name_that_the_kdc_does_not_know_is_not_for_want_of_tcp() -> None:
    finding = examine(trace(clock(), dead(transport="tcp"), no_ticket(7, "unknown-server")))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, False)
    assert examine(trace(clock(), dead(transport="tcp"), no_ticket(52, "answer-too-big-for-udp"))).breaks


def test_one_of_two_is_named() -> None:
    mixed = trace(clock(), clock(transport="tcp"), clock(DC2), dead(DC2, transport="tcp"))
    finding = examine(mixed)
    assert finding.status is Status.CONFIRMED
    assert finding.says.startswith(DC2)


def test_tcp_without_udp_is_not_this() -> None:
    assert examine(trace(dead(), clock(transport="tcp"))).status is Status.NOT_APPLICABLE


def test_a_kdc_that_died_altogether_is_not_this() -> None:
    died = trace(clock(), dead(purpose="as"), dead(purpose="as", transport="tcp"))
    assert examine(died).status is Status.PASS


def test_tcp_not_tried_or_nothing_answers_does_not_apply() -> None:
    assert examine(trace(clock())).status is Status.NOT_APPLICABLE
    assert examine(trace(dead(), dead(transport="tcp"))).status is Status.NOT_APPLICABLE


def test_healthy_passes() -> None:
    assert examine(healthy()).status is Status.PASS
