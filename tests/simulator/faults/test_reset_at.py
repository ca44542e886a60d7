from simulator.faults.reset_at import ResetAt
from simulator.faults.values import Place
from simulator.net.actions import Reset, Send, Silence

REPLY = Send(data=b"250 OK\r\n")


def test_a_reset_in_place_of_the_reply() -> None:
    fault = ResetAt(on="EX1", at=Place.TOKEN)
    assert fault.on_send("EX1", Place.TOKEN, REPLY) == Reset()
    assert fault.on_send("EX1", Place.EHLO, REPLY) is REPLY
    assert fault.on_send("EX2", Place.TOKEN, REPLY) is REPLY


def test_or_nothing_at_all() -> None:
    assert ResetAt(on="EX1", at=Place.TOKEN, silent=True).on_send("EX1", Place.TOKEN, REPLY) == Silence()
