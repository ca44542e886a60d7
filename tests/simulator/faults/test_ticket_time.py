from simulator.directory.store import Directory
from simulator.faults.ticket_time import TicketTime
from simulator.faults.values import Seconds


def test_start_and_lifetime_are_those_of_the_fault(directory: Directory) -> None:
    changed = TicketTime(starts_in=Seconds(3600.0), lasts=Seconds(60.0)).directory("DC1", directory)
    assert (changed.ticket_start_offset_s, changed.ticket_lifetime_s) == (3600.0, 60.0)
    assert changed.accounts == directory.accounts


def test_elsewhere_nothing_changes(directory: Directory) -> None:
    assert TicketTime(on="DC2", lasts=Seconds(60.0)).directory("DC1", directory) is directory
