from simulator.directory.store import Directory
from simulator.faults.duplicate_spn import DuplicateSpn

SPN = "SMTPSVC/ex1.contoso.lab"


def test_the_name_has_two_owners(directory: Directory) -> None:
    changed = DuplicateSpn(spn=SPN, account="EX2$").directory("DC1", directory)
    assert [owner.name for owner in changed.owners(SPN)] == ["EX1$", "EX2$"]
    assert len(changed.owners("SMTP/ex1.contoso.lab")) == 1


def test_elsewhere_it_has_one(directory: Directory) -> None:
    assert DuplicateSpn(spn=SPN, account="EX2$", on="DC2").directory("DC1", directory) is directory
