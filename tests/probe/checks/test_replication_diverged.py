from probe.checks import Status
from probe.checks.replication_diverged import examine
from tests.support.traces import (
    DC1,
    DC2,
    SPN,
    asked,
    asks,
    clock,
    ehlo,
    greeting,
    handshake,
    logon,
    no_ticket,
    refused,
    ticket,
    trace,
)

OTHERS = handshake(contrast="other-kdc", kdc=DC2)


def test_known_here_and_unknown_there_is_proof_and_the_lagging_kdc_is_named() -> None:
    finding = examine(trace(asks(), asks(kdc=DC2, code=7), no_ticket(7)))
    assert (finding.status, finding.breaks, finding.names["kdc"]) == (Status.CONFIRMED, True, DC2)


def test_it_does_not_break_when_a_ticket_came_all_the_same() -> None:
    assert examine(trace(asks(kdc=DC1, code=7), asks(kdc=DC2), ticket())).breaks is False


def test_another_kvno_is_proof() -> None:
    finding = examine(trace(asks(), asks(kdc=DC2, ticket_kvno=2), ticket()))
    assert (finding.status, finding.breaks, finding.names["kdc"]) == (Status.CONFIRMED, True, DC2)
    assert examine(trace(asks(), asks(kdc=DC2, ticket_kvno=2), handshake())).breaks is False


def test_a_kvno_that_a_kdc_does_not_give_is_no_difference() -> None:
    assert examine(trace(asks(), asks(kdc=DC2, ticket_kvno=None))).status is Status.PASS


def test_other_realms_and_referrals_are_not_compared() -> None:
    assert examine(trace(asks(), asks(kdc=DC2, realm="OTHER", code=7))).status is Status.NOT_APPLICABLE
    referral = asks(kdc=DC2, referral_realm="OTHER", ticket_kvno=9)
    assert examine(trace(asks(), referral)).status is Status.NOT_APPLICABLE


def test_a_skewed_kdc_has_no_opinion() -> None:
    assert examine(trace(asks(), asks(kdc=DC2, code=37))).status is Status.NOT_APPLICABLE


def test_a_key_refused_by_one_kdc_only_is_a_split() -> None:
    assert examine(trace(logon(DC1, 18), logon(DC2))).status is Status.CONFIRMED
    assert examine(trace(logon(DC1, 24), logon(DC2))).status is Status.CONFIRMED
    assert examine(trace(logon(DC1, 18), logon(DC2, 18))).status is Status.NOT_APPLICABLE
    assert examine(trace(logon(DC1, 25), logon(DC1))).status is Status.NOT_APPLICABLE


def test_kdcs_that_agree_pass() -> None:
    assert examine(trace(asks(), asks(kdc=DC2))).status is Status.PASS


def test_a_form_that_nobody_needs_breaks_nothing() -> None:
    """Both KDCs lack what the sender asks for; that they differ about SMTP/ is true beside it."""
    both = (asks(code=7), asks(kdc=DC2, code=7), asks("SMTP/ex1", code=7), asks("SMTP/ex1", kdc=DC2))
    finding = examine(trace(greeting(), ehlo(), *both, no_ticket(7)))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, False)


def test_the_name_that_is_needed_is_named_first() -> None:
    less = (asks("HOST/ex1", code=7), asks("HOST/ex1", kdc=DC2))
    finding = examine(trace(greeting(), ehlo(), *less, asks(), asks(kdc=DC2, code=7), no_ticket(7)))
    assert (finding.names["spn"], finding.breaks) == (SPN, True)


def test_one_kdcs_ticket_taken_and_anothers_refused_is_proof() -> None:
    found = examine(trace(asks(kdc=DC1, purpose="tgs"), asks(kdc=DC2), ticket(), refused(), OTHERS))
    assert (found.status, found.breaks) == (Status.CONFIRMED, True)
    assert found.names["kdc"] == DC1
    assert DC2 in found.says


def test_it_is_none_where_the_kdcs_clocks_differ() -> None:
    clocks = (clock(DC1, 600.0), clock(DC2, 0.0))
    found = examine(trace(*clocks, asks(kdc=DC1, purpose="tgs"), asks(kdc=DC2), ticket(), refused(), OTHERS))
    assert found.status is Status.SUSPECT


def test_a_ticket_granting_ticket_that_another_kdc_cannot_open() -> None:
    run = trace(logon(DC1), asks(kdc=DC2, code=31, purpose="tgs"), no_ticket(31), request=asked())
    found = examine(run)
    assert (found.status, found.breaks, found.names["kdc"]) == (Status.CONFIRMED, True, DC2)
    assert "krbtgt" in found.says
    latent = trace(logon(DC1), asks(kdc=DC1), asks(kdc=DC2, code=31), ticket(), request=asked())
    assert (examine(latent).status, examine(latent).breaks) == (Status.CONFIRMED, False)
    assert examine(trace(asks(kdc=DC2, code=31), no_ticket(31), request=asked())).status is Status.NOTICE
