import pytest

from simulator.directory.store import Account
from simulator.faults.stale_key import StaleKey


@pytest.mark.parametrize(("steps", "kvno"), [(-1, 2), (0, 3), (1, 4), (-9, 1)])
def test_the_server_holds_other_keys_under_that_number(ex1: Account, steps: int, kvno: int) -> None:
    held = StaleKey(on="EX1", kvno=steps).server_account("EX1", ex1)
    stale, true = held.newest(), ex1.newest()
    assert stale.kvno == kvno
    assert stale.keys.keys() == true.keys.keys()
    for etype, key in stale.keys.items():
        assert key.etype == etype
        assert len(key.contents) == len(true.keys[etype].contents)
        assert key.contents != true.keys[etype].contents


def test_the_same_keys_at_every_call_and_none_elsewhere(ex1: Account) -> None:
    fault = StaleKey(on="EX1")
    assert fault.server_account("EX1", ex1) == fault.server_account("EX1", ex1)
    assert fault.server_account("EX2", ex1) is ex1
