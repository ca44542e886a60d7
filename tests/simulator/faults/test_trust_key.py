import pytest

from simulator.directory.store import Directory
from simulator.faults.engine import Faults
from simulator.faults.trust_key import TrustKey
from simulator.ledger import Ledger


@pytest.mark.parametrize(("steps", "kvno"), [(0, 4), (-1, 3), (1, 5), (-9, 1)])
def test_what_comes_in_is_opened_with_other_keys_under_that_number(
    trusting: Directory, steps: int, kvno: int
) -> None:
    (trust,) = TrustKey(realm="CONTOSO.LAB", kvno=steps).directory("DC1", trusting).trusts
    (true,) = trusting.trusts
    held = trust.incoming.newest()
    assert held.kvno == kvno
    assert held.keys.keys() == true.incoming.newest().keys.keys()
    for etype, key in held.keys.items():
        assert key.etype == etype
        assert len(key.contents) == len(true.incoming.newest().keys[etype].contents)
        assert key.contents != true.incoming.newest().keys[etype].contents
    assert trust.outgoing == true.outgoing


def test_the_same_keys_at_every_call(trusting: Directory) -> None:
    fault = TrustKey(realm="CONTOSO.LAB")
    assert fault.directory("DC1", trusting) == fault.directory("DC1", trusting)


@pytest.mark.parametrize(
    "fault",
    [
        TrustKey(realm="FABRIKAM.LAB"),
        TrustKey(realm="CONTOSO.LAB", on="DC2"),
    ],
)
def test_elsewhere_nothing_changes(trusting: Directory, fault: TrustKey) -> None:
    assert fault.directory("DC1", trusting) is trusting


def test_the_ledger_notes_it_where_there_is_a_trust(
    trusting: Directory, directory: Directory, ledger: Ledger
) -> None:
    faults = Faults([TrustKey(realm="CONTOSO.LAB")], ledger)
    faults.directory("DC1", directory)
    assert not ledger.of("fault")
    faults.directory("DC1", trusting)
    assert [entry.detail["fault"] for entry in ledger.of("fault")] == ["trust-key"]
