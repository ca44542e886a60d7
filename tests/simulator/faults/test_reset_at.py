from simulator.faults import Place, Reset, Send, Silence
from simulator.faults.reset_at import ResetAt

REPLY = Send(data=b"250 OK\r\n")


def test_a_reset_in_place_of_the_reply() -> None:
    fault = ResetAt(on="EX1", at=Place.TOKEN)
    assert fault.leaving("EX1", Place.TOKEN, REPLY) == Reset()
    assert fault.leaving("EX1", Place.EHLO, REPLY) is REPLY
    assert fault.leaving("EX2", Place.TOKEN, REPLY) is REPLY


def test_or_nothing_at_all() -> None:
    assert ResetAt(on="EX1", at=Place.TOKEN, silent=True).leaving("EX1", Place.TOKEN, REPLY) == Silence()
