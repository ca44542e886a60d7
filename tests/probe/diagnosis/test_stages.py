"""What a log-on has got past did not stop it."""

from probe.checks import Finding, Status
from probe.diagnosis.stages import BEFORE_THE_TOKEN, BEHIND_THE_TICKET, OF_THE_TICKET, not_the_reason
from probe.diagnosis.verdict import Relation, judge
from tests.support.traces import (
    bound_refused,
    failing,
    handshake,
    healthy,
    negotiation,
    no_ticket,
    refused,
    reply,
    trace,
)


def test_nothing_is_ruled_out_where_nothing_was_tried() -> None:
    assert not_the_reason(trace()) == frozenset()
    assert not_the_reason(healthy()) == frozenset()


def test_a_refused_token_got_past_all_that_comes_before() -> None:
    behind = not_the_reason(failing(refused()))
    assert behind > BEFORE_THE_TOKEN
    assert "smtp-inspection" in behind
    assert "machine-key-stale" not in behind


def test_who_alters_lines_in_clear_may_have_altered_the_token() -> None:
    assert "smtp-inspection" not in not_the_reason(failing(refused(tls="none")))


def test_a_scanners_reply_is_no_refusal_of_the_token() -> None:
    assert not_the_reason(failing(refused(reply(554, "Permanent scan failure")))) == frozenset()


def test_the_same_where_the_way_back_alone_failed() -> None:
    assert not_the_reason(failing(bound_refused(), handshake())) > BEFORE_THE_TOKEN


def test_what_is_not_the_reason_is_told_beside() -> None:
    closed = Finding(check="x", status=Status.CONFIRMED, cause="kdc-tcp-blocked", says="x")
    key = Finding(check="y", status=Status.SUSPECT, cause="machine-key-stale", says="y")
    judgement = judge(failing(refused()), [closed, key])
    assert judgement.verdict.cause == "machine-key-stale"
    assert [(one.cause, one.relation) for one in judgement.alternatives] == [
        ("kdc-tcp-blocked", Relation.BESIDE)
    ]


def test_without_a_ticket_the_receiver_had_nothing_to_object_to() -> None:
    assert not_the_reason(trace(no_ticket(7))) == BEHIND_THE_TICKET
    clock = Finding(check="x", status=Status.CONFIRMED, cause="clock-skew-receiver", says="x")
    name = Finding(check="y", status=Status.SUSPECT, cause="connector-fqdn-mismatch", says="y")
    judgement = judge(trace(no_ticket(7)), [clock, name])
    assert judgement.verdict.cause == "connector-fqdn-mismatch"
    assert [(one.cause, one.relation) for one in judgement.alternatives] == [
        ("clock-skew-receiver", Relation.BESIDE)
    ]


def test_a_receiver_that_reads_no_negotiation_dislikes_no_ticket() -> None:
    nothing_read = (negotiation(60, answered=False), negotiation(1700, answered=False))
    elsewhere = not_the_reason(failing(refused(), *nothing_read))
    assert elsewhere >= OF_THE_TICKET
    assert not elsewhere & {"illegal-message", "mechanism-refused", "smtp-inspection"}
