from simulator.directory.store import Account
from simulator.faults.engine import Faults
from simulator.faults.ticket_before_key import TicketBeforeKey
from simulator.ledger import Ledger


def test_the_ticket_is_made_with_the_key_before_the_newest(ex1: Account) -> None:
    earlier = TicketBeforeKey(account="EX1$").cached_service(ex1)
    assert earlier is not None
    assert earlier.newest().kvno == ex1.newest().kvno - 1
    for etype, key in earlier.newest().keys.items():
        true = ex1.newest().keys[etype]
        assert (len(key.contents), key.etype) == (len(true.contents), etype)
        assert key.contents != true.contents


def test_nobody_elses_ticket_is_cached_and_the_ledger_knows(ledger: Ledger, ex1: Account) -> None:
    assert TicketBeforeKey(account="EX9$").cached_service(ex1) is None
    assert Faults([TicketBeforeKey(account="EX1$")], ledger).cached_service(ex1) is not None
    assert [entry.detail["hook"] for entry in ledger.of("fault")] == ["cached_service"]
    assert Faults([], ledger).cached_service(ex1) is None
