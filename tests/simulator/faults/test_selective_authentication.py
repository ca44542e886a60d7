from simulator.directory.store import Account, Directory
from simulator.faults.selective_authentication import SelectiveAuthentication


def admitted(directory: Directory) -> dict[str, str]:
    return {account.name: account.admits for account in directory.accounts}


def test_foreign_clients_are_let_in_where_it_is_allowed(directory: Directory) -> None:
    view = directory.with_account(Account(name="krbtgt", realm="CONTOSO.LAB"))
    found = SelectiveAuthentication(realm="CONTOSO.LAB", allowed=("ex1$",)).directory("DC1", view)
    assert admitted(found) == {"EX1$": "all", "EX2$": "own-realm", "krbtgt": "all"}
    assert found.owners("SMTPSVC/ex2.contoso.lab")


def test_elsewhere_nothing_changes(directory: Directory) -> None:
    assert SelectiveAuthentication(realm="FABRIKAM.LAB").directory("DC1", directory) is directory
    assert SelectiveAuthentication(realm="CONTOSO.LAB", on="DC2").directory("DC1", directory) is directory
