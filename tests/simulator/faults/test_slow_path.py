import pytest

from simulator.faults.slow_path import SlowPath
from simulator.faults.values import Seconds
from simulator.net.actions import Reset, Send, Silence
from tests.simulator.faults.test_values import passing

PIECE = Send(data=b"answer", delay_s=1.0, then_close=True)
DELAY = Seconds(0.5)


@pytest.mark.parametrize(("direction", "later"), [("to", False), ("from", True)])
def test_what_comes_from_there_takes_longer(direction: str, later: bool) -> None:
    found = SlowPath(on="DC1", service="kdc", delay=DELAY).on_path(passing(1, direction=direction), PIECE)
    assert found == (Send(data=b"answer", delay_s=1.5, then_close=True) if later else PIECE)


def test_both_ways_and_every_second_connection_only() -> None:
    fault = SlowPath(on="DC1", service="kdc", delay=DELAY, direction="both", every=2)
    assert fault.on_path(passing(1), Reset()) == Reset(delay_s=0.5)
    assert fault.on_path(passing(2), PIECE) is PIECE
    assert fault.on_path(passing(1, party="DC2"), PIECE) is PIECE


def test_silence_cannot_be_later() -> None:
    assert (
        SlowPath(on="DC1", service="kdc", delay=DELAY, direction="to").on_path(passing(1), Silence())
        == Silence()
    )
