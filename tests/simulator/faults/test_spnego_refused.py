from spnego._spnego import InitialContextToken

from simulator.faults.spnego_refused import SpnegoRefused
from simulator.faults.values import Acceptance

GOOD = Acceptance(status="OK", client="EX2$@CONTOSO.LAB")
FAULT = SpnegoRefused(on="EX1")


def framed(oid: str, octets: int) -> bytes:
    """A frame as pyspnego writes it."""
    return InitialContextToken(oid, bytes(octets)).pack()


def test_a_negotiation_is_refused_however_long_its_frame_is() -> None:
    for octets in (10, 200, 2000, 70000):
        assert FAULT.on_accept("EX1", framed("1.3.6.1.5.5.2", octets), GOOD).status == "Unsupported"


def test_a_bare_kerberos_token_and_another_server_are_left_alone() -> None:
    assert FAULT.on_accept("EX1", framed("1.2.840.113554.1.2.2", 200), GOOD) is GOOD
    assert FAULT.on_accept("EX2", framed("1.3.6.1.5.5.2", 200), GOOD) is GOOD
