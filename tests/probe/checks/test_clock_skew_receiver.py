from typing import Any

import pytest

from probe.checks import Status
from probe.checks.clock_skew_receiver import examine
from probe.trace import Step, Trace
from probe.trace.facts import Facts, Outcome, SmbSessionCheck, TimeServer
from probe.trace.views.clocks import read_clocks
from tests.support.traces import (
    DC1,
    DC2,
    bound_refused,
    clock,
    error,
    greeting,
    handshake,
    identity,
    reading,
    refused,
    smb_clock,
    smb_session_check,
    step,
    trace,
)


def against(receiver: float | None, *kdcs: float, **changes: Any) -> Trace:
    steps: list[Facts] = [clock(kdc, offset) for kdc, offset in zip((DC1, DC2), kdcs, strict=False)]
    return trace(*steps, greeting(receiver), step(refused(**changes), Outcome.REFUSED))


@pytest.mark.parametrize("offset", [600.0, -600.0, 302.0])
def test_a_banner_off_from_the_kdcs_is_proof(offset: float) -> None:
    finding = examine(against(offset, 0.0, 0.5))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)


def test_a_single_kdc_needs_this_host_on_its_side() -> None:
    assert examine(against(600.0, 0.0)).status is Status.CONFIRMED
    # Receiver and host agree: rather the KDC.
    assert examine(against(600.0, 1200.0)).status is Status.SUSPECT
    tied = examine(against(0.0, 600.0))
    assert (tied.status, tied.place) == (Status.SUSPECT, 1)


def test_four_minutes_fifty_is_about_to_break() -> None:
    finding = examine(trace(clock(DC1), clock(DC2), greeting(290.0), handshake()))
    assert (finding.status, finding.breaks) == (Status.NOTICE, False)


def test_about_the_limit_and_refused_is_a_suspicion() -> None:
    assert examine(against(300.5, 0.0, 0.0)).status is Status.SUSPECT


def test_a_good_clock_passes() -> None:
    assert examine(against(30.0, 0.0, 0.0)).status is Status.PASS


def test_the_clock_in_a_token_counts_more_than_the_banner() -> None:
    """A proxy may have written the banner; the token is from the receiver's own Kerberos."""
    token = reading("ex1", 600.0, 0.5, "krb-error-in-token")
    assert examine(against(0.0, 0.0, 0.0, clock=token, peer_error=error(37))).status is Status.CONFIRMED


def test_not_yet_valid_with_a_receiver_behind_is_its_clock() -> None:
    token = reading("ex1", -600.0, 0.5, "krb-error-in-token")
    finding = examine(against(None, 0.0, 0.0, clock=token, peer_error=error(33)))
    assert finding.status is Status.CONFIRMED
    assert any("(33)" in item.says for item in finding.evidence)


def test_connections_that_disagree_are_no_proof() -> None:
    two = trace(clock(DC1), clock(DC2), greeting(600.0), greeting(0.0), step(refused(), Outcome.REFUSED))
    assert examine(two).status is Status.SUSPECT


def test_without_a_kdc_a_difference_from_this_host_is_a_suspicion() -> None:
    assert examine(against(600.0)).status is Status.SUSPECT
    assert examine(against(0.0)).status is Status.PASS


def test_a_skew_error_without_a_clock_is_a_suspicion() -> None:
    assert examine(against(None, 0.0, 0.0, peer_error=error(37))).status is Status.SUSPECT


def test_an_unread_clock_after_a_refusal_is_a_possibility_with_a_measurement() -> None:
    finding = examine(against(None, 0.0, 0.0))
    assert finding.status is Status.NOTICE
    assert "w32tm /stripchart" in finding.would_decide[0]


def test_an_unread_clock_without_a_refusal_does_not_apply() -> None:
    assert examine(trace(clock(DC1), handshake())).status is Status.NOT_APPLICABLE


def test_our_own_skew_is_not_the_receivers() -> None:
    ours = against(0.0, 0.0, 0.0, injected="skew=+6m", peer_error=error(37))
    assert examine(ours).status is Status.PASS


def test_exchangeauth_refused_beside_a_verified_log_on_is_not_about_the_clock() -> None:
    unread = trace(clock(), greeting(None), bound_refused(), handshake())
    assert examine(unread).status is Status.NOT_APPLICABLE
    assert examine(trace(clock(), greeting(None), bound_refused())).status is Status.NOTICE


def test_the_ntlm_clock_is_the_receivers_and_better_than_the_banners() -> None:
    run = trace(clock(DC1), clock(DC2), greeting(599.5), identity(600.0))
    finding = examine(run)
    assert (finding.status, finding.evidence[0].step) == (Status.CONFIRMED, "ntlm-1")
    assert examine(trace(clock(DC1), clock(DC2), greeting(None), identity(-600.0))).status is Status.CONFIRMED
    assert examine(trace(clock(DC1), clock(DC2), greeting(600.0), identity(0.0))).status is Status.PASS


def test_sources_that_contradict_each_other_are_no_proof() -> None:
    """Behind a balancer the computer of the challenge need not be the one that refused us."""
    finding = examine(trace(clock(DC1), clock(DC2), greeting(0.0), identity(600.0)))
    assert finding.status is Status.SUSPECT
    assert {item.step for item in finding.evidence} >= {"greeting-1", "ntlm-1"}
    token = reading("ex1", 600.0, 0.5, "krb-error-in-token")
    own_word = against(0.0, 0.0, 0.0, clock=token, peer_error=error(37))
    assert examine(own_word).status is Status.CONFIRMED


@pytest.mark.parametrize("source", ["smb-system-time", "krb-error-in-smb"])
def test_the_clock_on_port_445_counts_more_than_the_banner(source: str) -> None:
    def opinion(offset: float) -> SmbSessionCheck:
        clock = reading("ex1.contoso.lab", offset, 0.01, source)
        return SmbSessionCheck(stage="negotiate", address="192.0.2.10", port=445, clock=clock)

    refusal = step(refused(), Outcome.REFUSED)
    both = trace(clock(DC1), clock(DC2), greeting(600.0), opinion(600.2), refusal)
    assert examine(both).status is Status.CONFIRMED
    alone = trace(clock(DC1), clock(DC2), greeting(600.0), opinion(0.1), refusal)
    assert examine(alone).status is Status.PASS
    assert {kdc.who for kdc in read_clocks(both).kdcs} == {DC1, DC2}


def test_kdcs_known_by_other_programs_only_are_no_proof() -> None:
    there = [TimeServer(server=f"{dc[:-3]}:123", clock=reading(dc, 0.0, 0.01, "sntp")) for dc in (DC1, DC2)]
    run = trace(*(clock(dc, None) for dc in (DC1, DC2)), *there, greeting(600.0), refused())
    assert examine(run).status is Status.SUSPECT


def test_each_within_the_limit_but_both_together_beyond_it() -> None:
    """The authenticator has this host's time: 200 s behind the KDC's, and the receiver is 200 s ahead of them."""
    assert examine(against(400.0, 190.0, 190.0)).status is Status.SUSPECT
    assert examine(trace(clock(DC1, 190.0), greeting(400.0), handshake())).status is Status.PASS


def by_smb(*opinions: Facts | Step[Facts], banner: float | None = None) -> Trace:
    kdcs = clock(DC1), clock(DC2)
    return trace(*kdcs, greeting(banner), step(refused(), Outcome.REFUSED), smb_clock(600.0), *opinions)


def test_port_445_alone_may_be_another_computers_clock() -> None:
    assert examine(by_smb()).status is Status.SUSPECT


@pytest.mark.parametrize(
    ("who", "status"), [("ex1$", Status.CONFIRMED), ("fs1$", Status.SUSPECT), ("", Status.SUSPECT)]
)
def test_a_computer_that_names_itself_proves_its_clock(who: str, status: Status) -> None:
    told = smb_session_check(37, who=who, clock=reading("ex1.contoso.lab", 600.0, 0.5, "krb-error-in-smb"))
    finding = examine(by_smb(told))
    assert finding.status is status
    assert any("in the name of ex1$" in item.says for item in finding.evidence) == (who == "ex1$")


def test_a_banner_that_agrees_makes_it_proof_and_one_that_does_not_a_doubt() -> None:
    assert examine(by_smb(banner=600.0)).status is Status.CONFIRMED
    assert examine(by_smb(banner=0.0)).status is Status.SUSPECT


def test_a_computer_that_took_our_time_over_smb_is_not_refusing_for_its_clock() -> None:
    near = trace(clock(DC1), greeting(298.0), step(refused(), Outcome.REFUSED), smb_session_check())
    assert not examine(near).breaks


@pytest.mark.parametrize("offsets", [(0.0, 600.0), (600.0, 0.0)])
def test_of_two_kdcs_the_one_that_agrees_with_this_host_is_the_measure(offsets: tuple[float, float]) -> None:
    """Their names, which may be ports, do not decide."""
    reference = read_clocks(against(0.0, *offsets)).reference()
    assert reference is not None
    assert reference.offset == 0.0


def test_a_banner_that_is_off_by_hours_to_the_second_may_be_in_another_zone() -> None:
    """Where nothing else tells the receiver's time: a real clock is not off by half hours to the second."""
    kdcs = (clock(DC1), clock(DC2))
    zone = examine(trace(*kdcs, greeting(-7200.0), refused()))
    assert (zone.status, zone.breaks) == (Status.SUSPECT, True)
    assert "zone" in zone.says
    skew = examine(trace(*kdcs, greeting(-7140.0), refused()))
    assert skew.status is Status.CONFIRMED


def test_whoever_takes_our_time_has_the_time_whatever_its_banner_says() -> None:
    for offset in (-7200.0, -900.0):
        assert examine(trace(clock(DC1), clock(DC2), greeting(offset), handshake())).status is Status.PASS
