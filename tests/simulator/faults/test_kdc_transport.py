from simulator.faults.kdc_transport import KdcTransport
from simulator.net.actions import Listen


def test_the_other_transport_is_dropped_on_all() -> None:
    fault = KdcTransport(only="udp")
    assert fault.kdc_port("DC1", "tcp") is Listen.DROP
    assert fault.kdc_port("DC2", "tcp") is Listen.DROP
    assert fault.kdc_port("DC1", "udp") is Listen.SERVE


def test_or_refused_on_one() -> None:
    fault = KdcTransport(only="tcp", on="DC1", mode="refuse")
    assert fault.kdc_port("DC1", "udp") is Listen.REFUSE
    assert fault.kdc_port("DC1", "tcp") is Listen.SERVE
    assert fault.kdc_port("DC2", "udp") is Listen.SERVE
