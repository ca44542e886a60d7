from dataclasses import replace

from simulator.directory.store import Account, Directory, LogonLimit
from simulator.faults.account_limited import AccountLimited
from simulator.faults.engine import Faults
from simulator.ledger import Ledger


def test_the_account_is_limited_and_nothing_else_of_it_changes(ex1: Account, directory: Directory) -> None:
    found = AccountLimited(account="ex1$", limit=LogonLimit.LOCKED_OUT).directory("DC1", directory)
    assert found.account("EX1$") == replace(ex1, limit=LogonLimit.LOCKED_OUT)
    assert found.account("EX2$") == directory.account("EX2$")


def test_elsewhere_nothing_changes(directory: Directory, ledger: Ledger) -> None:
    faults = Faults(
        [
            AccountLimited(account="EX1$", limit=LogonLimit.LOGON_HOURS, on="DC2"),
            AccountLimited(account="EX9$", limit=LogonLimit.LOGON_HOURS),
        ],
        ledger,
    )
    assert faults.directory("DC1", directory) is directory
    assert not ledger.of("fault")
