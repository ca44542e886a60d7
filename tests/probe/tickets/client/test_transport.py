"""How a KDC is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.tickets.client.transport import Answer, Endpoint, EndpointError, Transport


@pytest.mark.parametrize(
    ("text", "endpoint", "shown"),
    [
        ("dc1", Endpoint("dc1", 88), "dc1:88"),
        (" dc1.contoso.lab:8888 ", Endpoint("dc1.contoso.lab", 8888), "dc1.contoso.lab:8888"),
        ("[fd00::1]:89", Endpoint("fd00::1", 89), "[fd00::1]:89"),
        ("[fd00::1]", Endpoint("fd00::1", 88), "[fd00::1]:88"),
        ("fd00::1", Endpoint("fd00::1", 88), "[fd00::1]:88"),
        ("TCP/dc1:1", Endpoint("dc1", 1, Transport.TCP), "dc1:1"),
        ("udp/[::1]", Endpoint("::1", 88, Transport.UDP), "[::1]:88"),
    ],
)
def test_forms(text: str, endpoint: Endpoint, shown: str) -> None:
    assert Endpoint.parse(text) == endpoint
    assert str(endpoint) == shown


@pytest.mark.parametrize(
    "text",
    ["", ":88", "dc1:", "dc1:0", "dc1:65536", "dc1:x", "[::1", "[::1]88", "a b", "http://x", "dc1:²", "a@b"],
)
def test_no_endpoint(text: str) -> None:
    with pytest.raises(EndpointError, match="is no HOST"):
        Endpoint.parse(text)


@given(st.text(max_size=30))
def test_only_one_kind_of_error(text: str) -> None:
    try:
        endpoint = Endpoint.parse(text)
    except EndpointError:
        return
    assert 0 < endpoint.port < 65536
    assert endpoint.host


def test_default_port() -> None:
    assert Endpoint.parse("dns", 53) == Endpoint("dns", 53)


def test_transports() -> None:
    assert Endpoint("a").transports == (Transport.UDP, Transport.TCP)
    assert Endpoint("a", 88, Transport.TCP).transports == (Transport.TCP,)


def test_a_clock_that_was_set_back_gives_no_negative_round_trip() -> None:
    assert Answer(data=b"", sent_at=5.0, received_at=4.0).round_trip == 0
