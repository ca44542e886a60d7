from dataclasses import replace
from typing import Any

import pytest

from probe.checks import Status
from probe.checks.clock_skew_sender import examine
from probe.trace import Trace
from probe.trace.facts import DirectoryAnswer, Outcome, TimeServer
from probe.trace.views.clocks import read_clocks
from tests.support import traces
from tests.support.traces import DC1, DC2, DC3, clock, greeting, handshake, reading, refused, step, trace


def against(*kdcs: float, receiver: float | None = None) -> Trace:
    """A refused handshake; the KDCs' and the receiver's clocks are so far ahead of ours."""
    steps = [clock(kdc, offset) for kdc, offset in zip((DC1, DC2, DC3), kdcs, strict=False)]
    return trace(*steps, greeting(receiver), step(refused(), Outcome.REFUSED))


@pytest.mark.parametrize("offset", [301.5, -302.0, 600.0, -86400.0])
def test_off_from_a_domain_is_proof_where_another_member_agrees_with_it(offset: float) -> None:
    finding = examine(against(offset, offset + 0.5, receiver=offset))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)
    # However many controllers: they follow one PDC emulator, and are one witness.
    finding = examine(against(offset, offset + 0.5))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)


def test_off_from_the_only_kdc_and_the_receiver_with_it_is_proof() -> None:
    assert examine(against(600.0, receiver=598.0)).status is Status.CONFIRMED


def test_off_from_the_only_kdc_without_a_witness_is_a_suspicion() -> None:
    finding = examine(against(600.0))
    assert finding.status is Status.SUSPECT
    assert "ANOTHER_DC" in finding.would_decide[0]


def test_the_receiver_on_our_side_makes_it_a_tie() -> None:
    finding = examine(against(600.0, receiver=1.0))
    assert (finding.status, finding.place) == (Status.SUSPECT, 1)
    assert examine(against(600.0, 601.0, receiver=1.0)).place == 1


def test_a_receiver_with_a_time_of_its_own_proves_nothing() -> None:
    assert examine(against(600.0, receiver=-600.0)).status is Status.SUSPECT


def test_a_receiver_in_the_middle_takes_nobodys_side() -> None:
    assert examine(against(600.0, receiver=300.0)).status is Status.SUSPECT


def sntp(who: str, offset: float, **changes: Any) -> TimeServer:
    return TimeServer(server=who, clock=reading(who, offset, 0.01, "sntp"), **changes)


def test_a_time_server_is_a_second_witness() -> None:
    server = "ntp.contoso.lab:123"
    refusal = step(refused(), Outcome.REFUSED)
    assert examine(trace(clock(DC1, 600.0), sntp(server, 600.0), refusal)).status is Status.CONFIRMED
    assert examine(trace(clock(DC1, 600.0), sntp(server, 0.0), refusal)).status is Status.PASS
    unsure = sntp(server, 0.0, synchronized=False)
    assert examine(trace(clock(DC1, 600.0), unsure, refusal)).status is Status.SUSPECT
    divided = trace(clock(DC1, 600.0), sntp(server, 0.0), greeting(600.0), refusal)
    assert examine(divided).status is Status.PASS, "the receiver follows the domain, and the domain is wrong"


def test_where_only_the_time_service_of_the_kdcs_answers_it_is_a_suspicion() -> None:
    kdcs = [traces.dead(kdc) for kdc in (DC1, DC2)]
    off = trace(*kdcs, *(sntp(kdc, 600.0) for kdc in (DC1, DC2)), step(refused(), Outcome.REFUSED))
    assert examine(off).status is Status.SUSPECT
    assert examine(trace(*kdcs, *(sntp(kdc, 1.0) for kdc in (DC1, DC2)))).status is Status.PASS


def test_a_time_service_does_not_override_the_kdcs_own_word() -> None:
    assert examine(trace(clock(DC1, 1.0), clock(DC2, 1.0), sntp(DC1, 900.0))).status is Status.PASS


def test_a_controller_that_may_be_the_kdc_is_no_second_witness() -> None:
    """One controller that is wrong says so on port 88 and on port 389."""
    there = DirectoryAnswer(dc="192.0.2.1:389", clock=reading("x", 600.0, 0.6, "ldap-current-time"))
    refusal = step(refused(), Outcome.REFUSED)
    assert examine(trace(clock(DC1, 600.0), there, refusal)).status is Status.SUSPECT
    assert [kdc.who for kdc in read_clocks(trace(clock(DC1, 600.0), there)).kdcs] == [DC1]
    assert examine(trace(traces.dead(DC1), there, refusal)).status is Status.SUSPECT


def test_the_directory_has_the_clock_of_the_kdc_beside_it() -> None:
    here = DirectoryAnswer(dc=f"{DC1[:-3]}:389", clock=reading(DC1, 600.0, 0.6, "ldap-current-time"))
    assert [kdc.who for kdc in read_clocks(trace(clock(DC1, None), here)).kdcs] == [DC1]
    assert read_clocks(trace(clock(DC1, 2.0), here)).kdcs[0].offset == 2.0
    named = replace(here, dc="192.0.2.1:389", kdc=DC2)
    assert [kdc.who for kdc in read_clocks(trace(named)).kdcs] == [DC2]


def test_four_minutes_fifty_is_about_to_break() -> None:
    finding = examine(against(290.0, 291.0))
    assert (finding.status, finding.breaks) == (Status.NOTICE, False)
    assert "about to break" in finding.says


@pytest.mark.parametrize("offset", [0.0, 60.0, -230.0])
def test_less_than_four_minutes_passes(offset: float) -> None:
    assert examine(against(offset, offset)).status is Status.PASS


def test_what_the_uncertainty_covers_is_no_proof() -> None:
    slow = clock(DC1, None, clock=reading(DC1, 303.0, uncertainty=5.0))
    finding = examine(trace(slow, step(refused(), Outcome.REFUSED)))
    assert finding.status is Status.SUSPECT


def test_one_wrong_kdc_of_three_does_not_accuse_us() -> None:
    assert examine(against(0.0, 1.0, 900.0)).status is Status.PASS


def test_who_follows_one_of_two_groups_is_not_blamed_for_it() -> None:
    assert examine(against(900.0, 901.0, 0.0)).status is Status.PASS


def test_a_wider_limit_is_respected() -> None:
    wide = trace(clock(DC1, 600.0), clock(DC2, 600.0), request=traces.asked(skew_limit_s=3600.0))
    assert examine(wide).status is Status.PASS


def test_a_success_means_that_the_skew_does_not_break() -> None:
    finding = examine(trace(clock(DC1, 600.0), clock(DC2, 600.0), handshake()))
    assert (finding.status, finding.breaks) == (Status.NOTICE, False)


def test_a_skew_of_our_own_making_is_named_as_such() -> None:
    injected = trace(
        *traces.opening(),
        step(refused(injected="skew=+6m", peer_error=traces.error(37)), Outcome.REFUSED),
        request=traces.asked(inject="skew=+6m"),
    )
    finding = examine(injected)
    assert finding.status is Status.SUSPECT
    assert "on request (skew=+6m)" in finding.says


def test_a_refused_ticket_is_a_suspicion_where_no_clock_was_read() -> None:
    assert examine(trace(traces.no_ticket(37))).status is Status.SUSPECT


def test_without_any_kdc_there_is_nothing_to_say() -> None:
    assert examine(trace(greeting(0.0))).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("impossible", [float("nan"), float("inf"), 1e300])
def test_an_impossible_reading_of_a_saved_trace_breaks_nothing(impossible: float) -> None:
    assert examine(against(impossible, impossible)).status in (Status.NOT_APPLICABLE, Status.SUSPECT)
