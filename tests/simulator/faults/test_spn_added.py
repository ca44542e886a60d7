from dataclasses import replace

from simulator.directory.store import Account, Directory
from simulator.faults.engine import Faults
from simulator.faults.spn_added import SpnAdded
from simulator.ledger import Ledger

NEW = "SMTPSVC/mail.contoso.lab"


def owners(directory: Directory, spn: str = NEW) -> list[str]:
    return sorted(account.name for account in directory.owners(spn))


def test_a_name_that_nobody_had_has_two_owners(directory: Directory) -> None:
    fault = SpnAdded(added=NEW, accounts=("EX1$", "ex2$"))
    assert owners(directory) == []
    assert owners(fault.directory("DC1", directory)) == ["EX1$", "EX2$"]


def test_whoever_had_the_name_keeps_it_and_all_others(ex1: Account, directory: Directory) -> None:
    found = SpnAdded(added=ex1.spns[0], accounts=("EX2$",)).directory("DC1", directory)
    assert owners(found, ex1.spns[0]) == ["EX1$", "EX2$"]
    assert found.account("EX1$") == ex1
    assert owners(found, "SMTPSVC/ex2.contoso.lab") == ["EX2$"]


def test_elsewhere_and_for_who_has_it_nothing_changes(ex1: Account, directory: Directory) -> None:
    assert SpnAdded(added=NEW, accounts=("EX1$",), on="DC2").directory("DC1", directory) is directory
    assert SpnAdded(added=NEW, accounts=("EX9$",)).directory("DC1", directory) is directory
    known = SpnAdded(added=ex1.spns[0].upper(), accounts=("EX1$",))
    assert known.directory("DC1", directory).account("EX1$") == ex1
    assert known.server_account("EX1", ex1) is ex1


def test_a_server_takes_tickets_for_its_own_new_name_and_no_others(ex1: Account) -> None:
    assert SpnAdded(added=NEW, accounts=("EX1$",)).server_account("EX1", ex1).answers_to(NEW)
    assert not SpnAdded(added=NEW, accounts=("EX2$",)).server_account("EX1", ex1).answers_to(NEW)


def test_the_ledger_has_it_where_a_view_changed(directory: Directory, ex1: Account, ledger: Ledger) -> None:
    faults = Faults([SpnAdded(added=NEW, accounts=("EX1$",))], ledger)
    faults.directory("DC1", replace(directory, accounts=()))
    assert not ledger.of("fault")
    faults.directory("DC1", directory)
    faults.server_account("EX2", replace(ex1, name="EX2$"))
    assert [(entry.party, entry.detail["hook"]) for entry in ledger.of("fault")] == [("DC1", "directory")]
