import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.addresses import is_ip_address, is_loopback


@pytest.mark.parametrize(
    "text",
    [
        *("192.0.2.1", "255.255.255.255", "2001:db8::1", "::", "::1"),
        "::ffff:192.0.2.1",  # RFC 4291 section 2.5.5.2: an IPv4 address inside IPv6
        *("fe80::1%eth0", "fe80::1%3", "ff02::1%Ethernet 2"),  # Windows' zones: numbers, or names with blanks
    ],
)
def test_an_address(text: str) -> None:
    assert is_ip_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "%", "%eth0", "mail1", "mail1.contoso.com"),
        *("192.0.2", "192.0.2.256", "192.0.2.1.", "192.0.2.01"),
        *("1", "0x7f000001"),  # inet_aton(3) takes them, a resolver may; nobody means them here
        *("2001:db8::g", ":::", "1:2:3:4:5:6:7", "::ffff:192.0.2.256"),
        *("[2001:db8::1]", "[192.0.2.1]", "IPv6:2001:db8::1", "[::1]:25", "192.0.2.1:25", "192.0.2.0/24"),
        *("fe80::1%", "fe80::1%eth\x1b[31m0", "fe80::1%eth0\n", "fe80::1%é", "fe80::1%\u202e"),
        *(" 192.0.2.1", "192.0.2.1\n", "\u0661.1.1.1", "\uff11.1.1.1", "2001:db8::\uff11", "mäil"),
    ],
)
def test_no_address(text: str) -> None:
    assert not is_ip_address(text)
    assert not is_loopback(text)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert is_ip_address(text) or not is_loopback(text)


@pytest.mark.parametrize("text", ["127.0.0.1", "127.255.0.1", "::1", "::1%lo"])
def test_loopback(text: str) -> None:
    assert is_loopback(text)


@pytest.mark.parametrize("text", ["128.0.0.1", "192.0.2.1", "::", "::2", "fe80::1%lo", "localhost"])
def test_what_leads_elsewhere(text: str) -> None:
    assert not is_loopback(text)
