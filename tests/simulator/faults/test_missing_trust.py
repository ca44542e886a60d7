from typing import Literal

import pytest

from simulator.directory.store import Directory
from simulator.faults.engine import Faults
from simulator.faults.missing_trust import MissingTrust
from simulator.ledger import Ledger


def test_one_side_knows_of_no_other_realm(trusting: Directory) -> None:
    assert trusting.trusts
    assert MissingTrust(realm="CONTOSO.LAB").directory("DC1", trusting).trusts == ()
    assert MissingTrust(realm="CONTOSO.LAB", on="DC1").directory("DC1", trusting).trusts == ()


@pytest.mark.parametrize(("direction", "left"), [("refers", (False, True)), ("accepts", (True, False))])
def test_one_direction(
    trusting: Directory, direction: Literal["refers", "accepts"], left: tuple[bool, bool]
) -> None:
    (trust,) = MissingTrust(realm="CONTOSO.LAB", direction=direction).directory("DC1", trusting).trusts
    assert (trust.refers, trust.accepts) == left


@pytest.mark.parametrize(
    "fault", [MissingTrust(realm="FABRIKAM.LAB"), MissingTrust(realm="CONTOSO.LAB", on="DC2")]
)
def test_elsewhere_nothing_changes(trusting: Directory, fault: MissingTrust) -> None:
    assert fault.directory("DC1", trusting) is trusting


def test_the_ledger_notes_it(trusting: Directory, ledger: Ledger) -> None:
    Faults([MissingTrust(realm="CONTOSO.LAB")], ledger).directory("DC1", trusting)
    assert [entry.detail["fault"] for entry in ledger.of("fault")] == ["missing-trust"]
