"""Questions to DNS and what came of them."""

from probe.trace.facts import KdcDiscovery, Outcome, Resolve
from probe.trace.views.dns_answers import read_dns, unanswered
from tests.support.traces import step, trace


def test_every_question_with_its_error() -> None:
    run = trace(
        Resolve(name="x", source="hosts", error="no-records"),
        Resolve(name="x", source="dns", error="timed-out"),
        Resolve(name="x", source="system", addresses=("192.0.2.1",)),
        step(Resolve(name="x", source="dns"), Outcome.SKIPPED),
        KdcDiscovery(realm="R", source="dns-srv", kdcs=("dc1:88",)),
        KdcDiscovery(realm="R", source="option", kdcs=("dc1:88",)),
        KdcDiscovery(realm="R", source="none", error="server-failure"),
    )
    assert [error for _, error in read_dns(run)] == ["timed-out", "", "", "server-failure"]


def test_what_is_no_word_about_records() -> None:
    assert all(map(unanswered, ("timed-out", "server-failure", "no-nameserver")))
    assert not any(map(unanswered, ("no-such-name", "no-records", "")))
