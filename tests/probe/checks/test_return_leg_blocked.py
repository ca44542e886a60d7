from dataclasses import replace

from probe.checks import Status
from probe.checks.return_leg_blocked import examine
from probe.trace.facts import Certificate, KdcDiscovery, Outcome
from tests.support.directories import account, found
from tests.support.traces import (
    DC1,
    DC2,
    DC3,
    RETURN_SPN,
    asks,
    bound,
    bound_refused,
    dead,
    failing,
    handshake,
    healthy,
    refused,
    step,
    tls,
    trace,
)

FOUND = KdcDiscovery(realm="CONTOSO.LAB", source="dns-srv-dc", kdcs=(DC1, DC2, DC3))
BALANCER = Certificate(
    subject="CN=balancer.contoso.lab",
    names=("balancer.contoso.lab",),
    issuer="CN=CA",
    self_signed=False,
    key_type="rsa",
    key_bits=2048,
    not_before=0.0,
    not_after=0.0,
    sha256="00",
    public_key_sha256="11",
)
REFUSES = {"why": "refused"}


def test_the_first_controller_refuses_connections() -> None:
    gone = (dead(DC1, **REFUSES), dead(DC1, transport="tcp", **REFUSES))
    finding = examine(trace(FOUND, *gone, asks(RETURN_SPN, kdc=DC2), bound_refused(), handshake()))
    assert finding.status is Status.SUSPECT
    assert DC1 in finding.evidence[2].says


def test_so_do_most_of_them() -> None:
    gone = (dead(DC2, **REFUSES), dead(DC3, **REFUSES))
    finding = examine(trace(FOUND, *gone, asks(RETURN_SPN), bound_refused(), handshake()))
    assert finding.status is Status.SUSPECT


def test_a_later_one_is_hardly_met() -> None:
    gone = dead(DC3, **REFUSES)
    assert examine(trace(FOUND, gone, asks(RETURN_SPN), bound_refused(), handshake())).status is Status.NOTICE


def test_whom_silence_keeps_waiting_does_not_refuse_at_once() -> None:
    silent = (dead(DC1, transport="tcp"), dead(DC1))
    quick = trace(FOUND, *silent, asks(RETURN_SPN, kdc=DC2), bound_refused(), handshake())
    assert examine(quick).status is Status.NOTICE
    waited = replace(bound_refused(), duration_ms=2500.0)
    slow = trace(FOUND, *silent, asks(RETURN_SPN, kdc=DC2), waited, handshake())
    assert examine(slow).status is Status.SUSPECT


def test_anothers_certificate_is_the_better_explanation() -> None:
    other = tls(certificate=BALANCER)
    gone = dead(DC1, **REFUSES)
    run = trace(FOUND, other, gone, asks(RETURN_SPN, kdc=DC2), bound_refused(), handshake())
    assert examine(run).status is Status.NOTICE


def test_a_log_on_that_was_not_answered_in_our_time() -> None:
    silent = step(bound("", reply=None), Outcome.TIMEOUT)
    long = examine(trace(FOUND, asks(RETURN_SPN), replace(silent, duration_ms=10_000.0), handshake()))
    assert long.status is Status.SUSPECT
    assert "beyond our time-out" in long.says
    short = examine(trace(FOUND, asks(RETURN_SPN), replace(silent, duration_ms=800.0), handshake()))
    assert short.status is Status.NOTICE, "our own limit accuses nobody"
    assert "--timeout" in short.would_decide[0]


def test_silence_over_udp_alone_is_no_sign() -> None:
    finding = examine(failing(asks(RETURN_SPN), dead(DC2), bound_refused(), handshake()))
    assert finding.status is Status.NOTICE


def test_so_does_a_refusal_that_took_long() -> None:
    slow = replace(bound_refused(), duration_ms=2500.0)
    finding = examine(failing(asks(RETURN_SPN), slow, handshake()))
    assert finding.status is Status.SUSPECT
    assert "2.5 s" in finding.evidence[-1].says


def test_without_a_mark_it_is_a_possibility() -> None:
    finding = examine(failing(asks(RETURN_SPN), bound_refused(), handshake()))
    assert finding.status is Status.NOTICE


def test_what_else_keeps_the_receiver_from_its_ticket_comes_first() -> None:
    for known in (asks(RETURN_SPN, code=7), found(account(disabled=True))):
        assert (
            examine(failing(known, dead(DC2), bound_refused(), handshake())).status is Status.NOT_APPLICABLE
        )


def test_a_way_back_that_worked_passes() -> None:
    for leg in ("verified", "unproven"):
        assert examine(failing(dead(DC2), bound(leg))).status is Status.PASS


def test_where_everything_is_refused_it_does_not_apply() -> None:
    for run in (failing(bound_refused(), step(refused(), Outcome.REFUSED)), healthy()):
        assert examine(run).status in (Status.NOT_APPLICABLE, Status.PASS)
