from simulator.faults.slow import Slow
from simulator.faults.values import Place, Seconds
from simulator.net.actions import Reset, Send, Silence

FAULT = Slow(on="EX1", at=Place.AUTH, delay=Seconds(2.0))
REPLY = Send(data=b"334 GSSAPI supported\r\n", delay_s=0.5)


def test_the_reply_is_the_same_and_later() -> None:
    assert FAULT.on_send("EX1", Place.AUTH, REPLY) == Send(data=REPLY.data, delay_s=2.5)
    assert FAULT.on_send("EX1", Place.AUTH, Reset()) == Reset(delay_s=2.0)


def test_elsewhere_it_is_on_time_and_silence_stays_silence() -> None:
    assert FAULT.on_send("EX1", Place.EHLO, REPLY) is REPLY
    assert FAULT.on_send("EX2", Place.AUTH, REPLY) is REPLY
    assert FAULT.on_send("EX1", Place.AUTH, Silence()) == Silence()
