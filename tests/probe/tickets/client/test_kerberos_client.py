"""The client over a network without sockets: which KDC is asked, how often, and what becomes a step."""

import os
from typing import Any

import pytest

from probe.net.tasks import run_together
from probe.tickets.client.kerberos_client import (
    ClientSettings,
    KerberosClient,
    Password,
    Problem,
    TicketError,
)
from probe.tickets.client.transport import FailureReason, KdcEndpoint, Transport, TransportFailure
from probe.trace import Recorder, Step
from probe.trace.facts import KdcExchange, Outcome
from tests.support.scripted_kdc import NOW, ScriptedKdc, ScriptedNetwork

ONE, TWO = KdcEndpoint("dc1"), KdcEndpoint("dc2")
REALM = "CONTOSO.LAB"
SPN = "SMTPSVC/ex1.contoso.lab"
FAST = (23,)  # rc4 spares the tests impacket's PBKDF2
SILENT = TransportFailure(reason=FailureReason.TIMED_OUT, perhaps_delivered=True)
UNSENT = TransportFailure(reason=FailureReason.UNREACHABLE)


class Lab:
    """A client, its KDCs and what it recorded."""

    def __init__(
        self, kdcs: dict[KdcEndpoint, ScriptedKdc], *, now: float = NOW, realms: Any = None, **settings: Any
    ) -> None:
        self.network = ScriptedNetwork(dict(kdcs), clock=now)
        self.recorder = Recorder(lambda: 0.0)
        self.client = KerberosClient(
            together=run_together,
            locator=realms or {REALM: (ONE, TWO)},
            transport=self.network,
            recorder=self.recorder,
            clock=lambda: now,
            randomness=os.urandom,
            settings=ClientSettings(**{"etypes": FAST} | settings),
        )

    def steps(self) -> list[KdcExchange]:
        found = []
        for step in self.recorder.steps():
            assert isinstance(step.facts, KdcExchange)
            found.append(step.facts)
        return found

    def brief(self) -> list[tuple[str, str, str]]:
        return [
            (step.facts.purpose, step.outcome.value, f"{step.facts.kdc}/{step.facts.transport}")
            for step in self.recorder.steps()
            if isinstance(step.facts, KdcExchange)
        ]


async def test_ticket_and_steps() -> None:
    lab = Lab({ONE: ScriptedKdc()})
    tgt = await lab.client.get_tgt("alice", REALM, Password("secret"))
    ticket = await lab.client.get_service_ticket(tgt, SPN)
    assert str(ticket.server) == SPN
    assert lab.brief() == [
        ("as", "ok", "dc1:88/udp"),
        ("as-preauth", "ok", "dc1:88/udp"),
        ("tgs", "ok", "dc1:88/udp"),
    ]
    demand, granted, service = lab.steps()
    assert demand.error is not None
    assert (demand.error.code, demand.error.name) == (25, "KDC_ERR_PREAUTH_REQUIRED")
    assert (demand.client, demand.server) == ("alice", "krbtgt/CONTOSO.LAB")
    assert demand.sent_octets > 100
    assert demand.received_octets > 100
    assert granted.end_time == NOW // 1 + 36000
    assert (service.server, service.ticket_kvno, service.ticket_etype, service.session_etype) == (
        SPN,
        3,
        18,
        18,
    )
    assert service.ticket_octets == len(ticket.ticket.raw)


async def test_dead_kdc_costs_one_request_a_run() -> None:
    lab = Lab({TWO: ScriptedKdc()})
    lab.network.down[ONE, Transport.UDP] = SILENT
    tgt = await lab.client.get_tgt("alice", REALM, Password("secret"))
    await lab.client.get_service_ticket(tgt, SPN)
    assert lab.brief() == [
        ("as", "timeout", "dc1:88/udp"),
        ("as", "ok", "dc2:88/udp"),
        ("as-preauth", "ok", "dc2:88/udp"),
        ("tgs", "ok", "dc2:88/udp"),
    ]
    assert lab.steps()[0].transport_error == "timed-out"


async def test_tcp_where_udp_is_silent() -> None:
    lab = Lab({ONE: ScriptedKdc()}, realms={REALM: (ONE,)})
    lab.network.down[ONE, Transport.UDP] = SILENT
    await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert lab.network.asked == [("dc1:88", "udp"), ("dc1:88", "tcp"), ("dc1:88", "tcp")]


async def test_no_kdc_answers() -> None:
    lab = Lab({})
    with pytest.raises(TicketError) as caught:
        await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert caught.value.problem is Problem.NO_KDC
    assert sorted(lab.network.asked) == [
        ("dc1:88", "tcp"),
        ("dc1:88", "udp"),
        ("dc2:88", "tcp"),
        ("dc2:88", "udp"),
    ]
    with pytest.raises(TicketError):
        await lab.client.get_tgt("bob", REALM, Password("secret"))
    assert len(lab.network.asked) == 4


async def test_no_kdc_is_known() -> None:
    lab = Lab({}, realms={"OTHER": (ONE,)})
    with pytest.raises(TicketError) as caught:
        await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert caught.value.problem is Problem.NO_KDC


async def test_wrong_password_is_sent_once_to_one_kdc() -> None:
    one, two = ScriptedKdc(), ScriptedKdc()
    lab = Lab({ONE: one, TWO: two}, adjust_clock=True)
    for expected in (Problem.CREDENTIALS_REJECTED, Problem.ALREADY_TRIED):
        with pytest.raises(TicketError) as caught:
            await lab.client.get_tgt("alice", REALM, Password("wrong"))
        assert caught.value.problem is expected
    with pytest.raises(TicketError) as caught:
        await lab.client.get_tgt("ALICE", REALM.lower(), Password("wrong"))
    assert caught.value.problem is Problem.ALREADY_TRIED
    assert one.seen + two.seen == ["as alice", "preauth alice"]
    assert lab.brief()[-1] == ("as-preauth", "refused", "dc1:88/udp")


async def test_granted_ticket_is_kept() -> None:
    kdc = ScriptedKdc()
    lab = Lab({ONE: kdc})
    first = await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert await lab.client.get_tgt("alice", REALM, Password("secret")) is first
    assert len(kdc.seen) == 2


async def test_preauthentication_is_not_repeated_when_it_may_have_arrived() -> None:
    kdc = ScriptedKdc()
    lab = Lab({ONE: lambda request: SILENT if kdc.seen else kdc(request), TWO: kdc})  # type: ignore[dict-item]
    with pytest.raises(TicketError) as caught:
        await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert caught.value.problem is Problem.PREAUTHENTICATION_UNANSWERED
    assert lab.brief() == [("as", "ok", "dc1:88/udp"), ("as-preauth", "timeout", "dc1:88/udp")]
    with pytest.raises(TicketError) as caught:
        await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert caught.value.problem is Problem.ALREADY_TRIED


async def test_preauthentication_that_never_left_goes_to_the_next_kdc() -> None:
    one, two = ScriptedKdc(), ScriptedKdc()
    lab = Lab({ONE: lambda request: UNSENT if one.seen else one(request), TWO: two})  # type: ignore[dict-item]
    await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert two.seen == ["preauth alice"]


async def test_preauthentication_uses_tcp_where_it_is_proven() -> None:
    """What must not be sent twice goes the way that does not lose it."""
    lab = Lab({ONE: ScriptedKdc()}, realms={REALM: (ONE,)})
    await lab.client.survey(REALM)
    await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert lab.brief()[2:] == [("as", "ok", "dc1:88/udp"), ("as-preauth", "ok", "dc1:88/tcp")]


async def test_response_too_big_goes_over_tcp_of_the_same_kdc() -> None:
    one, two = ScriptedKdc(padding=2000), ScriptedKdc()
    lab = Lab({ONE: one, TWO: two})
    lab.network.udp_limit = 1400
    await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert lab.brief() == [
        ("as", "ok", "dc1:88/udp"),
        ("as-preauth", "refused", "dc1:88/udp"),
        ("as-preauth", "ok", "dc1:88/tcp"),
    ]
    error = lab.steps()[1].error
    assert error is not None
    assert error.code == 52


async def test_response_too_big_and_tcp_blocked() -> None:
    lab = Lab({ONE: ScriptedKdc(padding=2000)}, realms={REALM: (ONE,)})
    lab.network.udp_limit = 1400
    lab.network.down[ONE, Transport.TCP] = TransportFailure(reason=FailureReason.TIMED_OUT)
    with pytest.raises(TicketError) as caught:
        await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert caught.value.problem is Problem.ANSWER_TOO_BIG
    assert caught.value.krb_error is not None
    assert caught.value.krb_error.error_code == 52


async def test_large_request_goes_over_tcp_at_once() -> None:
    lab = Lab({ONE: ScriptedKdc(padding=2000)})
    tgt = await lab.client.get_tgt("alice", REALM, Password("secret"))
    await lab.client.get_service_ticket(tgt, SPN)
    step = lab.steps()[-1]
    assert (step.purpose, step.transport) == ("tgs", "tcp")
    assert step.sent_octets > 1465


async def test_only_the_named_transport_is_used() -> None:
    tcp = KdcEndpoint("dc1", 88, Transport.TCP)
    lab = Lab({tcp: ScriptedKdc()}, realms={REALM: (tcp,)})
    await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert {transport for _, transport in lab.network.asked} == {"tcp"}


async def test_skew_ends_without_leave_to_adjust() -> None:
    lab = Lab({ONE: ScriptedKdc()}, now=NOW - 600)
    with pytest.raises(TicketError) as caught:
        await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert caught.value.problem is Problem.CLOCK_SKEW


async def test_adjusted_clock_serves_the_later_tickets_too() -> None:
    lab = Lab({ONE: ScriptedKdc()}, now=NOW - 600, adjust_clock=True)
    tgt = await lab.client.get_tgt("alice", REALM, Password("secret"))
    await lab.client.get_service_ticket(tgt, SPN)
    assert lab.client.clock_offset_s(REALM) == pytest.approx(600, abs=0.001)
    assert [(purpose, outcome) for purpose, outcome, _ in lab.brief()] == [
        ("as", "ok"),
        ("as-preauth", "refused"),
        ("as-preauth", "ok"),
        ("tgs", "ok"),
    ]


async def test_referral_to_another_realms_kdc() -> None:
    there = ScriptedKdc(realm="CHILD.LAB", services={SPN: 9})
    lab = Lab(
        {ONE: ScriptedKdc(referrals={SPN: "CHILD.LAB"}), TWO: there},
        realms={REALM: (ONE,), "CHILD.LAB": (TWO,)},
    )
    tgt = await lab.client.get_tgt("alice", REALM, Password("secret"))
    ticket = await lab.client.get_service_ticket(tgt, SPN)
    assert ticket.ticket.enc_part.kvno == 9
    first, second = lab.steps()[-2:]
    assert (first.referral_realm, second.referral_realm) == ("CHILD.LAB", "")
    assert (second.realm, second.kdc) == ("CHILD.LAB", "dc2:88")
    assert {realm: str(tgt.server) for realm, tgt in lab.client.referrals.items()} == {
        "CHILD.LAB": "krbtgt/CHILD.LAB"
    }
    assert lab.client.clock_offset_s("CHILD.LAB") == 0.0


async def test_the_other_realms_clock_is_remembered_as_its_own() -> None:
    there = ScriptedKdc(realm="CHILD.LAB", services={SPN: 9}, clock=NOW - 600)
    lab = Lab(
        {ONE: ScriptedKdc(referrals={SPN: "CHILD.LAB"}), TWO: there},
        realms={REALM: (ONE,), "CHILD.LAB": (TWO,)},
        adjust_clock=True,
    )
    tgt = await lab.client.get_tgt("alice", REALM, Password("secret"))
    await lab.client.get_service_ticket(tgt, SPN)
    assert lab.client.clock_offset_s("child.lab") == pytest.approx(-600.0, abs=0.01)
    assert lab.client.clock_offset_s(REALM) == 0.0


async def test_clock_of_every_kdc_over_both_transports() -> None:
    lab = Lab({ONE: ScriptedKdc(clock=NOW + 0.01), TWO: ScriptedKdc(clock=NOW - 600)})
    lab.network.down[TWO, Transport.TCP] = SILENT
    steps = await lab.client.survey(REALM, client="alice")
    assert [(step.facts.kdc, step.facts.transport, step.outcome) for step in steps] == [
        ("dc1:88", "udp", Outcome.OK),
        ("dc1:88", "tcp", Outcome.OK),
        ("dc2:88", "udp", Outcome.OK),
        ("dc2:88", "tcp", Outcome.TIMEOUT),
    ]
    # The request is on its way for 20 ms. The KDCs say .26 and .25, and their second ends at 1.
    clocks = [step.facts.clock for step in steps]
    assert [(clock.offset_s, clock.uncertainty_s) if clock else None for clock in clocks] == [
        pytest.approx((0.37, 0.38)),
        pytest.approx((0.37, 0.38)),
        pytest.approx((-599.635, 0.385)),
        None,
    ]
    # What is known to be silent is not asked again.
    asked = len(lab.network.asked)
    await lab.client.get_tgt("alice", REALM, Password("secret"))
    assert ("dc2:88", "tcp") not in lab.network.asked[asked:]


async def test_clock_without_a_user_asks_for_a_name_that_need_not_exist() -> None:
    kdc = ScriptedKdc()
    lab = Lab({ONE: kdc})
    step = await lab.client.measure_clock(ONE, Transport.UDP, realm=REALM)
    assert kdc.seen == ["as exps-clock"]
    assert step.outcome is Outcome.OK
    assert step.facts.clock is not None
    assert step.facts.error is not None
    assert step.facts.error.code == 6


async def test_clock_of_an_account_without_preauthentication_tells_nothing() -> None:
    lab = Lab({ONE: ScriptedKdc(preauth=False)})
    step = await lab.client.measure_clock(ONE, Transport.UDP, realm=REALM, client="alice")
    assert (step.outcome, step.facts.clock) == (Outcome.OK, None)


async def test_garbage_for_a_clock() -> None:
    lab = Lab({ONE: lambda _: b"SSH-2.0-hello"})  # type: ignore[dict-item]
    step = await lab.client.measure_clock(ONE, Transport.TCP, realm=REALM)
    assert step.outcome is Outcome.MALFORMED
    assert step.facts.problem.startswith("malformed")


async def test_names_at_every_kdc() -> None:
    one, two = ScriptedKdc(), ScriptedKdc(services={SPN: 4, "smtp/ex1": 4})
    lab = Lab({ONE: one, TWO: two})
    tgt = await lab.client.get_tgt("alice", REALM, Password("secret"))
    steps = await lab.client.survey_names(tgt, [SPN, "smtp/ex1"])
    assert [_brief_name(step) for step in steps] == [
        (SPN, "dc1:88", 3, None),
        (SPN, "dc2:88", 4, None),
        ("smtp/ex1", "dc1:88", None, 7),
        ("smtp/ex1", "dc2:88", 4, None),
    ]
    assert {step.facts.purpose for step in steps} == {"spn"}


def _brief_name(step: Step[KdcExchange]) -> tuple[str, str, int | None, int | None]:
    facts = step.facts
    return facts.server, facts.kdc, facts.ticket_kvno, facts.error.code if facts.error else None


async def test_names_are_bounded_and_dead_kdcs_left_out() -> None:
    lab = Lab({ONE: ScriptedKdc()}, maximum_lookups=3)
    tgt = await lab.client.get_tgt("alice", REALM, Password("secret"))
    steps = await lab.client.survey_names(tgt, [f"SMTPSVC/{number}" for number in range(100)])
    # Names 0 at both KDCs and 1 at the first; the second KDC refuses over UDP and over TCP.
    assert [(step.facts.server, step.facts.kdc) for step in steps] == [
        ("SMTPSVC/0", "dc1:88"),
        ("SMTPSVC/0", "dc2:88"),
        ("SMTPSVC/1", "dc1:88"),
    ]
    assert await lab.client.survey_names(tgt, ["SMTPSVC/0", "SMTPSVC/1"]) != ()
    assert lab.network.asked.count(("dc2:88", "udp")) == 1
    assert lab.network.asked.count(("dc2:88", "tcp")) == 1


async def test_name_survey_does_not_follow_referrals() -> None:
    lab = Lab({ONE: ScriptedKdc(referrals={SPN: "CHILD.LAB"})}, realms={REALM: (ONE,)})
    tgt = await lab.client.get_tgt("alice", REALM, Password("secret"))
    (step,) = await lab.client.survey_names(tgt, [SPN])
    assert (step.outcome, step.facts.referral_realm) == (Outcome.OK, "CHILD.LAB")


async def test_authenticators_of_one_moment_differ() -> None:
    """Two with the same ctime and cusec are a replay (RFC 4120 section 3.2.3)."""
    lab = Lab({ONE: ScriptedKdc()})
    times = {lab.client._now() for _ in range(100)}
    assert len({round(moment * 1e6) for moment in times}) == 100
