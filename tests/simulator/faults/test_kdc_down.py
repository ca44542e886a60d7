from simulator.faults.kdc_down import KdcDown
from simulator.net.actions import Listen, Send, Silence

ANSWER = Send(data=b"answer")


def test_a_stopped_service_refuses_and_a_firewall_drops() -> None:
    assert KdcDown(on="DC1", mode="refuse").kdc_port("DC1", "tcp") is Listen.REFUSE
    assert KdcDown(on="DC1", mode="drop").kdc_port("DC1", "udp") is Listen.DROP


def test_other_domain_controllers_and_transports_go_on() -> None:
    fault = KdcDown(on="DC1", mode="drop", transport="tcp")
    assert fault.kdc_port("DC1", "udp") is Listen.SERVE
    assert fault.kdc_port("DC2", "tcp") is Listen.SERVE


def test_stop_answers_so_many_and_no_more() -> None:
    fault = KdcDown(on="DC1", mode="stop", after=2)
    assert fault.kdc_port("DC1", "tcp") is Listen.SERVE
    assert fault.kdc_answer("DC1", "tcp", 2, ANSWER) is ANSWER
    assert fault.kdc_answer("DC1", "tcp", 3, ANSWER) == Silence()
    assert fault.kdc_answer("DC2", "tcp", 3, ANSWER) is ANSWER
