from simulator.directory.store import Directory
from simulator.faults.etype import Etype


def test_the_account_is_left_with_what_is_named(directory: Directory) -> None:
    changed = Etype(account="EX1$", etypes=(23,)).directory("DC1", directory)
    account = changed.account("EX1$")
    assert account is not None
    assert account.etypes == (23,)
    assert changed.account("EX2$") == directory.account("EX2$")


def test_elsewhere_nothing_changes(directory: Directory) -> None:
    assert Etype(account="EX1$", etypes=(23,), on="DC2").directory("DC1", directory) is directory
