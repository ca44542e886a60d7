from simulator.directory.store import Directory
from simulator.faults.spn_moved import SpnMoved
from tests.simulator.faults.conftest import SPN


def owners(directory: Directory) -> list[str]:
    return [found.name for found in directory.owners(SPN)]


def test_the_name_has_one_owner_and_another_one(directory: Directory) -> None:
    assert owners(directory) == ["EX1$"]
    moved = SpnMoved(spn=SPN.upper(), account="ex2$").directory("DC1", directory)
    assert owners(moved) == ["EX2$"]
    assert len(moved.accounts) == len(directory.accounts)
    # to its own account: it stays
    assert owners(SpnMoved(spn=SPN, account="EX1$").directory("DC1", directory)) == ["EX1$"]


def test_in_one_view_only_and_to_an_account_that_is_there(directory: Directory) -> None:
    fault = SpnMoved(spn=SPN, account="EX2$", on="DC1")
    assert fault.directory("DC2", directory) is directory
    assert SpnMoved(spn=SPN, account="EX9$").directory("DC1", directory) is directory
