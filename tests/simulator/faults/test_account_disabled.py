from simulator.directory.store import Directory
from simulator.faults.account_disabled import AccountDisabled


def test_the_account_is_disabled_everywhere(directory: Directory) -> None:
    changed = AccountDisabled(account="EX1$").directory("DC1", directory)
    account = changed.account("EX1$")
    assert account is not None
    assert account.disabled
    assert changed.account("EX2$") == directory.account("EX2$")


def test_on_one_domain_controller_only_its_view_changes(directory: Directory) -> None:
    fault = AccountDisabled(account="EX1$", on="DC2")
    assert fault.directory("DC1", directory) is directory
    assert fault.directory("DC2", directory) != directory
