from dataclasses import replace

import pytest

from simulator.directory.store import Account, Directory
from simulator.faults.password_changed_on_one_dc import PasswordChangedOnOneDc
from simulator.faults.values import Seconds


def changed(directory: Directory, fault: PasswordChangedOnOneDc) -> Account:
    found = fault.directory("DC1", directory).account("EX1$")
    assert found is not None
    return found


@pytest.mark.parametrize(("steps", "kvno"), [(0, 3), (1, 4), (-9, 1)])
def test_other_keys_and_another_time(ex1: Account, directory: Directory, steps: int, kvno: int) -> None:
    fault = PasswordChangedOnOneDc(account="ex1$", on="DC1", kvno=steps, later=Seconds(60.0))
    found = changed(directory, fault)
    assert found.newest().kvno == kvno
    assert found.password_set == ex1.password_set + 60
    for etype, key in ex1.newest().keys.items():
        other = found.newest().keys[etype]
        assert (other.etype, len(other.contents)) == (key.etype, len(key.contents))
        assert other.contents != key.contents
    assert found == changed(directory, fault)


def test_nothing_elsewhere(directory: Directory) -> None:
    fault = PasswordChangedOnOneDc(account="EX1$", on="DC1")
    assert fault.directory("DC2", directory) is directory
    assert PasswordChangedOnOneDc(account="EX9$", on="DC1").directory("DC1", directory) is directory


@pytest.mark.parametrize(("steps", "versions"), [(0, [2]), (1, [3, 2]), (2, [4])])
def test_a_controller_keeps_the_password_before_the_newest_of_krbtgt(
    ex1: Account, directory: Directory, steps: int, versions: list[int]
) -> None:
    keys = replace(ex1.newest(), kvno=2)
    krbtgt = Account(name="krbtgt", realm="CONTOSO.LAB", key_sets=(keys,))
    fault = PasswordChangedOnOneDc(account="krbtgt", on="DC1", kvno=steps)
    found = fault.directory("DC1", directory.with_account(krbtgt)).account("krbtgt")
    assert found is not None
    assert [held.kvno for held in found.key_sets] == versions
    assert found.newest().keys[18] != keys.keys[18]
    assert (keys in found.key_sets) is (steps == 1)
