"""How a KDC is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.net.endpoint import EndpointError
from probe.tickets.client.transport import KdcEndpoint, Transport


@pytest.mark.parametrize(
    ("text", "endpoint", "shown"),
    [
        ("dc1", KdcEndpoint("dc1", 88), "dc1:88"),
        (" dc1.contoso.lab:8888 ", KdcEndpoint("dc1.contoso.lab", 8888), "dc1.contoso.lab:8888"),
        ("[fd00::1]:89", KdcEndpoint("fd00::1", 89), "[fd00::1]:89"),
        ("[fd00::1]", KdcEndpoint("fd00::1", 88), "[fd00::1]:88"),
        ("fd00::1", KdcEndpoint("fd00::1", 88), "[fd00::1]:88"),
        ("TCP/dc1:1", KdcEndpoint("dc1", 1, Transport.TCP), "dc1:1"),
        ("udp/[::1]", KdcEndpoint("::1", 88, Transport.UDP), "[::1]:88"),
    ],
)
def test_forms(text: str, endpoint: KdcEndpoint, shown: str) -> None:
    assert KdcEndpoint.parse(text) == endpoint
    assert str(endpoint) == shown


@pytest.mark.parametrize(
    "text",
    ["", ":88", "dc1:", "dc1:0", "dc1:65536", "dc1:x", "[::1", "[::1]88", "a b", "http://x", "dc1:²", "a@b"],
)
def test_no_endpoint(text: str) -> None:
    with pytest.raises(EndpointError, match="is no HOST"):
        KdcEndpoint.parse(text)


@given(st.text(max_size=30))
def test_only_one_kind_of_error(text: str) -> None:
    try:
        endpoint = KdcEndpoint.parse(text)
    except EndpointError:
        return
    assert 0 < endpoint.port < 65536
    assert endpoint.host


def test_default_port() -> None:
    assert KdcEndpoint.parse("dns", 53) == KdcEndpoint("dns", 53)


def test_transports() -> None:
    assert KdcEndpoint("a").transports == (Transport.UDP, Transport.TCP)
    assert KdcEndpoint("a", 88, Transport.TCP).transports == (Transport.TCP,)
