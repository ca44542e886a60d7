"""The sender's own name; whose the receiver's is, is examined with the directories' views."""

from probe.checks import Status
from probe.checks.spn_on_wrong_account import examine
from probe.trace import Trace
from probe.trace.facts import Facts
from tests.support.directories import EX1, EX2, SERVICE, found, owners
from tests.support.traces import RETURN_SPN, asked, bound, handshake, opening, trace


def run(*steps: Facts) -> Trace:
    return trace(*opening(), *steps, request=asked())


def test_the_senders_own_name_is_on_another_account() -> None:
    """The receiver's half is made with that account's key, which the sender cannot read."""
    moved = (found(EX1), found(EX2), owners(RETURN_SPN, SERVICE))
    finding = examine(run(*moved, bound("refused"), handshake()))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)
    assert finding.names["spn"] == RETURN_SPN
    assert finding.names["wrong_account"] == SERVICE.name
    right = (found(EX1), found(EX2), owners(RETURN_SPN, EX2))
    assert examine(run(*right, bound("refused"), handshake())).status is Status.PASS
