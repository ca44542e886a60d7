from simulator.faults.engine import Faults
from simulator.faults.receiver_dc_unreachable import ReceiverDcUnreachable
from simulator.ledger import Ledger
from simulator.net.actions import Listen


def test_the_way_of_the_one_server_is_shut() -> None:
    assert ReceiverDcUnreachable(on="EX1").server_kdc_port("EX1", "DC1", "udp") is Listen.DROP
    assert (
        ReceiverDcUnreachable(on="EX1", mode="refuse").server_kdc_port("EX1", "DC2", "tcp") is Listen.REFUSE
    )


def test_other_servers_controllers_and_transports_are_as_ever() -> None:
    fault = ReceiverDcUnreachable(on="EX1", kdc="DC1", transport="tcp")
    assert fault.server_kdc_port("EX2", "DC1", "tcp") is Listen.SERVE
    assert fault.server_kdc_port("EX1", "DC2", "tcp") is Listen.SERVE
    assert fault.server_kdc_port("EX1", "DC1", "udp") is Listen.SERVE
    assert fault.kdc_port("DC1", "tcp") is Listen.SERVE


def test_the_ledger_says_whom_the_server_missed(ledger: Ledger) -> None:
    faults = Faults([ReceiverDcUnreachable(on="EX1", kdc="DC1")], ledger)
    assert faults.server_kdc_port("EX1", "DC2", "udp") is Listen.SERVE
    assert faults.server_kdc_port("EX1", "DC1", "udp") is Listen.DROP
    assert [(entry.party, entry.detail["hook"]) for entry in ledger.of("fault")] == [
        ("EX1", "server_kdc_port DC1 udp")
    ]
