"""What Queue Viewer shows; the sentences are those of published queues (2010/2013, and 2016 and later)."""

import pytest

from simulator.sending.queue import Failure, Queue, Status, Style, last_error, retry_interval

NOW = 1_795_420_800.0  # 2026-11-23 08:00:00 UTC
REFUSED = Failure(
    reply="454 4.7.0 Temporary authentication failure",
    origin="target",
    fqdn="ex1.contoso.lab",
    address="192.0.2.1",
)
OLD = (
    '451 4.4.0 Primary target IP address responded with: "454 4.7.0 Temporary authentication failure." '
    "Attempted failover to alternate host, but that did not succeed. "
    "Either there are no alternate hosts, or delivery failed to all alternate hosts."
)
NEW = (
    "[{LRT=11/23/2026 8:00:00 AM};{LED=451 4.4.395 Target host responded with error. -> "
    "454 4.7.0 Temporary authentication failure};{FQDN=ex1.contoso.lab};{IP=192.0.2.1}]"
)


def queue(style: Style = "2016", limit: int = 1000) -> Queue:
    return Queue(server="EX2", number=3, next_hop="ex1.contoso.lab", style=style, limit=limit)


def submit(into: Queue) -> None:
    into.submit(sender="a@contoso.lab", recipients=("b@contoso.lab",), content=b"secret\r\n")


@pytest.mark.parametrize(("style", "error"), [("2013", OLD), ("2016", NEW)])
def test_both_styles_of_last_error(style: Style, error: str) -> None:
    assert last_error(REFUSED, style, now=NOW) == error


def test_the_senders_own_failure_reads_the_same() -> None:
    own = Failure(reply=REFUSED.reply, origin="sender", fqdn=REFUSED.fqdn, address=REFUSED.address)
    assert last_error(own, "2013", now=NOW) == OLD
    assert last_error(own, "2016", now=NOW) == NEW


def test_a_failed_connection_has_a_number_of_its_own() -> None:
    failure = Failure(
        reply="421 4.2.1 Unable to connect", origin="connection", fqdn="ex1", address="192.0.2.1"
    )
    assert last_error(failure, "2016", now=NOW + 5 * 3600 + 61) == (
        "[{LRT=11/23/2026 1:01:01 PM};{LED=451 4.4.397 Error communicating with target host. -> "
        "421 4.2.1 Unable to connect};{FQDN=ex1};{IP=192.0.2.1}]"
    )
    midnight = last_error(failure, "2016", now=NOW - 8 * 3600)
    assert midnight.startswith("[{LRT=11/23/2026 12:00:00 AM};")


def test_from_ready_to_retry_and_back() -> None:
    waiting = queue()
    assert (waiting.view().status, waiting.view().message_count) == (Status.READY, 0)
    submit(waiting)
    assert (waiting.view().status, waiting.view().message_count) == (Status.READY, 1)
    waiting.failed(REFUSED, now=NOW)
    assert waiting.view().to_json() == {
        "Identity": "EX2\\3",
        "NextHopDomain": "ex1.contoso.lab",
        "Status": "Retry",
        "MessageCount": 1,
        "LastError": NEW,
        "NextRetryTime": "2026-11-23T08:01:00Z",
    }
    waiting.delivered(waiting.waiting[0])
    view = waiting.view()
    assert (view.status, view.message_count, view.last_error, view.next_retry) == (Status.READY, 0, "", None)


def test_a_message_that_is_refused_for_good_leaves_the_queue() -> None:
    waiting = queue()
    submit(waiting)
    for_good = Failure(reply="550 5.7.1 Unable to relay", origin="target", permanent=True)
    waiting.failed(for_good, now=NOW, message=waiting.waiting[0])
    assert (waiting.view().status, waiting.view().message_count) == (Status.READY, 0)


def test_the_schedule_is_four_minutes_half_an_hour_and_then_ten_minutes_each() -> None:
    assert [retry_interval(n) for n in range(1, 13)] == [60.0] * 4 + [300.0] * 6 + [600.0] * 2
    waiting = queue()
    submit(waiting)
    for _ in range(5):
        waiting.failed(REFUSED, now=NOW)
    assert waiting.view().next_retry == NOW + 300


def test_a_full_queue_takes_nothing_and_no_message_shows_its_content() -> None:
    full = queue(limit=1)
    submit(full)
    with pytest.raises(OverflowError, match="1 messages wait"):
        submit(full)
    assert "secret" not in repr(full.waiting)
    assert [message.identity for message in full.waiting] == [1]
