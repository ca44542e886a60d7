from simulator.faults.balanced import Balanced
from simulator.faults.engine import Faults
from simulator.ledger import Ledger


def test_every_second_connection_comes_out_elsewhere() -> None:
    fault = Balanced(on="EX1", other="EX3")
    assert [fault.route_connection("EX1", number) for number in range(1, 6)] == [
        "EX3",
        "EX1",
        "EX3",
        "EX1",
        "EX3",
    ]
    assert fault.route_connection("EX2", 1) == "EX2"


def test_from_the_second_one_and_every_third() -> None:
    fault = Balanced(on="EX1", other="EX3", first=2, every=3)
    led = [fault.route_connection("EX1", number) for number in range(1, 7)]
    assert led == ["EX1", "EX3", "EX1", "EX1", "EX3", "EX1"]
    assert Balanced(on="EX1", other="EX3", every=0).route_connection("EX1", 1) == "EX1"


def test_it_is_noted_when_it_leads_elsewhere(ledger: Ledger) -> None:
    faults = Faults([Balanced(on="EX1", other="EX3")], ledger)
    assert (faults.route_connection("EX1", 2), len(ledger.entries)) == ("EX1", 0)
    assert faults.route_connection("EX1", 3) == "EX3"
    assert len(ledger.entries) == 1
