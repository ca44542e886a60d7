from dataclasses import replace

import pytest

from simulator.directory.store import Account, Directory
from simulator.faults.service_restricted import ServiceRestricted


@pytest.mark.parametrize(
    ("fault", "admits"),
    [
        (ServiceRestricted(account="ex1$"), "nobody"),
        (ServiceRestricted(account="EX1$", to="foreign", on="DC1"), "own-realm"),
    ],
)
def test_the_service_lets_in_fewer_clients(
    ex1: Account, directory: Directory, fault: ServiceRestricted, admits: str
) -> None:
    found = fault.directory("DC1", directory)
    changed = found.account("EX1$")
    assert changed is not None
    assert changed.admits == admits
    assert replace(changed, admits="all") == ex1
    assert found.account("EX2$") == directory.account("EX2$")


def test_elsewhere_nothing_changes(directory: Directory) -> None:
    assert ServiceRestricted(account="EX1$", on="DC2").directory("DC1", directory) is directory
    assert ServiceRestricted(account="EX9$").directory("DC1", directory) is directory
