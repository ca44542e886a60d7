from simulator.directory.store import Directory
from simulator.faults.missing_spn import MissingSpn

SPN = "SMTPSVC/ex1.contoso.lab"


def test_the_name_has_no_owner_and_its_neighbours_stay(directory: Directory) -> None:
    changed = MissingSpn(spn=SPN.lower()).directory("DC1", directory)
    assert changed.owners(SPN) == ()
    assert [owner.name for owner in changed.owners("SMTP/ex1.contoso.lab")] == ["EX1$"]


def test_on_one_domain_controller_only_its_view_changes(directory: Directory) -> None:
    fault = MissingSpn(spn=SPN, on="DC1")
    assert fault.directory("DC1", directory).owners(SPN) == ()
    assert fault.directory("DC2", directory) is directory
