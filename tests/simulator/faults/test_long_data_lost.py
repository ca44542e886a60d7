from simulator.faults.engine import Faults
from simulator.faults.long_data_lost import LongDataLost
from simulator.ledger import Ledger
from simulator.net.actions import Reset, Send, Silence
from tests.simulator.faults.test_values import passing


def test_only_what_is_longer_is_lost() -> None:
    fault = LongDataLost(on="DC1", service="kdc", octets=10)
    short, long = Send(data=bytes(10)), Send(data=bytes(11))
    assert fault.on_path(passing(1), short) is short
    assert fault.on_path(passing(1), long) == Silence()
    assert fault.on_path(passing(1, passed=10_000), short) is short


def test_other_directions_services_and_actions_are_as_ever() -> None:
    fault = LongDataLost(on="DC1", service="kdc", octets=10, direction="from")
    long = Send(data=bytes(11))
    assert fault.on_path(passing(1, direction="to"), long) is long
    assert fault.on_path(passing(1, direction="from"), long) == Silence()
    assert fault.on_path(passing(1, direction="from", service="ldap"), long) is long
    assert fault.on_path(passing(1, direction="from"), Reset()) == Reset()


def test_the_ledger_says_what_was_lost_and_not_what_might_have_been(ledger: Ledger) -> None:
    faults = Faults([LongDataLost(on="DC1", service="kdc", octets=10)], ledger)
    faults.on_path(passing(1), Send(data=bytes(10)))
    assert not ledger.of("fault")
    faults.on_path(passing(2), Send(data=bytes(11)))
    assert [(entry.party, entry.detail["hook"]) for entry in ledger.of("fault")] == [
        ("DC1", "on_path kdc to")
    ]
