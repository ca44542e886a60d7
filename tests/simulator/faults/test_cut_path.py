from simulator.faults.cut_path import CutPath
from simulator.net.actions import Reset, Send, Silence
from tests.simulator.faults.test_values import passing

PIECE = Send(data=b"hello")


def test_a_reset_or_silence_at_once() -> None:
    assert CutPath(on="DC1", service="kdc").on_path(passing(1), PIECE) == Reset()
    assert CutPath(on="DC1", service="kdc", mode="silence").on_path(passing(1), PIECE) == Silence()


def test_behind_so_many_octets_and_no_earlier() -> None:
    fault = CutPath(on="DC1", service="kdc", octets=600)
    assert fault.on_path(passing(1, passed=599), PIECE) is PIECE
    assert fault.on_path(passing(1, passed=600, direction="from"), PIECE) == Reset()


def test_only_where_and_when_it_is_due() -> None:
    fault = CutPath(on="DC1", service="kdc", every=2)
    assert fault.on_path(passing(2), PIECE) is PIECE
    assert fault.on_path(passing(3, service="ldap"), PIECE) is PIECE
    assert fault.on_path(passing(3), PIECE) == Reset()
