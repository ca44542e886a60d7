from probe.checks import Status
from probe.checks.kdc_unreachable import examine
from probe.trace.facts import KdcDiscovery
from tests.support.traces import (
    DC1,
    DC2,
    REALM,
    asks,
    clock,
    dead,
    handshake,
    healthy,
    logon,
    no_ticket,
    ticket,
    trace,
)

ALL_DEAD = dead(), dead(transport="tcp", why="refused"), dead(DC2), dead(DC2, transport="tcp")


def test_no_kdc_by_udp_or_tcp_is_proof() -> None:
    finding = examine(trace(*ALL_DEAD, no_ticket(problem="no-kdc")))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)
    assert len(finding.evidence) == 4


def test_a_transport_that_was_not_tried_leaves_a_doubt() -> None:
    finding = examine(trace(dead(), dead(transport="tcp"), dead(DC2)))
    assert finding.status is Status.SUSPECT
    assert "Test-NetConnection" in finding.would_decide[0]


def test_a_ticket_from_a_cache_needs_no_kdc() -> None:
    assert examine(trace(*ALL_DEAD, ticket(source="ccache"), handshake())).breaks is False


def test_another_realms_kdcs_count_for_their_own_realm() -> None:
    finding = examine(trace(clock(), dead(realm="OTHER"), dead(realm="OTHER", transport="tcp")))
    assert finding.status is Status.CONFIRMED
    assert finding.names["realm"] == "OTHER"


def test_one_silent_kdc_of_two_is_worth_a_notice() -> None:
    finding = examine(trace(clock(), dead(DC2), dead(DC2, transport="tcp"), ticket(), handshake()))
    assert (finding.status, finding.breaks, finding.names["kdc"]) == (Status.NOTICE, False, DC2)


def test_a_kdc_that_answers_by_one_transport_is_reachable() -> None:
    assert examine(trace(clock(), dead(transport="tcp"), handshake())).status is Status.PASS


def test_a_kdc_that_stopped_in_between_is_a_suspicion() -> None:
    stopped = trace(
        clock(), dead(purpose="as"), dead(purpose="as", transport="tcp"), no_ticket(problem="no-kdc")
    )
    finding = examine(stopped)
    assert (finding.status, finding.names["kdc"]) == (Status.SUSPECT, DC1)
    unanswered = trace(clock(), dead(purpose="as-preauth"), no_ticket(problem="preauthentication-unanswered"))
    assert examine(unanswered).status is Status.SUSPECT


def test_an_error_is_an_answer() -> None:
    assert examine(trace(logon(code=24))).status is Status.PASS


def test_a_referral_to_a_realm_without_a_kdc_is_named() -> None:
    given = asks(purpose="tgs", referral_realm="OTHER.LAB")
    nowhere = KdcDiscovery(realm="OTHER.LAB", source="none")
    finding = examine(trace(clock(), given, nowhere, no_ticket(problem="no-kdc")))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert finding.says == "no KDC of OTHER.LAB was found"
    assert finding.names == {"realm": "OTHER.LAB", "domain": "other.lab"}
    assert [evidence.step for evidence in finding.evidence] == ["kdc-2", "kdc-discovery-1"]
    assert finding.would_decide[-1] == "name one: --kdc OTHER.LAB=HOST"


def test_a_realm_that_was_asked_was_found() -> None:
    given = asks(purpose="tgs", referral_realm="OTHER.LAB")
    empty = KdcDiscovery(realm="OTHER.LAB", source="dns-srv")
    found = KdcDiscovery(realm="OTHER.LAB", source="krb5.conf", kdcs=(DC2,))
    run = trace(clock(), given, empty, found, asks(kdc=DC2, realm="OTHER.LAB", code=7), no_ticket(7))
    assert examine(run).status is Status.PASS


def test_no_kdc_found_is_a_suspicion() -> None:
    nowhere = KdcDiscovery(realm=REALM, source="none", error="no SRV record")
    assert examine(trace(nowhere)).status is Status.SUSPECT
    assert examine(trace(nowhere, ticket(source="ccache"))).status is Status.NOT_APPLICABLE


def test_healthy_passes_and_nothing_asked_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(handshake())).status is Status.NOT_APPLICABLE
