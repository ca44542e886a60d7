import json
import mailbox
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.cli import lab


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(lab, ("send", *arguments))


def test_a_delivered_message_is_status_0_and_stays_in_the_state_folder(tmp_path: Path) -> None:
    result = invoke("--state", str(tmp_path))
    assert result.exit_code == 0, result.output
    header, queue, error = result.output.splitlines()[:3]
    assert header.split() == ["Identity", "NextHopDomain", "Status", "MessageCount"]
    assert queue.split() == ["EX2\\3", "ex1.contoso.lab", "Ready", "0"]
    assert error.strip() == "LastError :"
    assert "delivered: 250 2.6.0 <" in result.output
    (found,) = mailbox.Maildir(tmp_path / "mail" / "EX1", create=False)
    assert found["To"] == "bob@contoso.lab"
    assert f"  in {tmp_path / 'mail' / 'EX1' / 'new'}" in result.output
    assert "removed by now" not in result.output


def test_a_stuck_message_is_status_2_and_both_sides_events_are_told() -> None:
    result = invoke("spn-missing", "--style", "2013", "--attempts", "2")
    assert result.exit_code == 2, result.output
    assert result.output.splitlines()[1].split() == ["EX2\\3", "ex1.contoso.lab", "Retry", "1"]
    assert (
        'LastError : 451 4.4.0 Primary target IP address responded with: "454 4.7.0 Temporary authentication '
        'failure." Attempted failover to alternate host, but that did not succeed. '
        "Either there are no alternate hosts, or delivery failed to all alternate hosts.\n"
    ) in result.output
    sender, receiver = result.output.split("Events of the receiver")
    assert sender.count("  2017 Outbound authentication failed with error TargetUnknown") == 2
    assert receiver.split() == ["none", "The", "message", "still", "in", "the", "queue", "of", "EX2"]


def test_json_has_queue_events_and_delivery() -> None:
    result = invoke("illegal-message", "--json")
    assert result.exit_code == 2
    document = json.loads(result.output)
    assert document["scenario"] == "illegal-message"
    assert document["delivered"] is False
    assert document["queue"]["Status"] == "Retry"
    assert "454 4.7.0 Temporary authentication failure" in document["queue"]["LastError"]
    assert document["events"]["sender"] == []
    (event,) = document["events"]["receiver"]
    assert event.startswith("1035 Inbound authentication failed with error IllegalMessage")
    assert (document["replies"], document["bounced"], document["delivered_to"]) == ([], [], [])


@pytest.mark.parametrize(
    "arguments", [("no-such-scenario",), ("--attempts", "0"), ("--style", "2003"), ("--attempts", "many")]
)
def test_bad_input_is_no_traceback(arguments: tuple[str, ...]) -> None:
    result = invoke(*arguments)
    assert result.exit_code not in (0, 1)
    assert "Traceback" not in result.output
