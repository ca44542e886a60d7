"""RemoteIPRanges: what they hold, and which of them is the closest."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.smtp.connector import ConnectorSettings, choose
from simulator.smtp.ip_ranges import EVERYBODY, closest, parse_client, parse_range

DEFAULT = ConnectorSettings(name="Default EX1", server="EX1", fqdn="ex1.contoso.lab")


def connector(name: str, *ranges: str) -> ConnectorSettings:
    return replace(DEFAULT, name=name, remote_ip_ranges=tuple(map(parse_range, ranges)))


# The forms are those of the documentation of Set-ReceiveConnector -RemoteIPRanges.
@pytest.mark.parametrize(
    ("text", "first", "last", "size"),
    [
        ("192.0.2.17", "192.0.2.17", "192.0.2.17", 1),
        ("192.0.2.0/24", "192.0.2.0", "192.0.2.255", 256),
        ("192.0.2.1/24", "192.0.2.0", "192.0.2.255", 256),
        ("192.0.2.0(255.255.255.0)", "192.0.2.0", "192.0.2.255", 256),
        ("192.0.2.1-192.0.2.9", "192.0.2.1", "192.0.2.9", 9),
        ("10.0.0.0-10.255.255.255", "10.0.0.0", "10.255.255.255", 2**24),
        ("2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", 2**64),
        ("2001:db8::1 - 2001:db8::2", "2001:db8::1", "2001:db8::2", 2),
    ],
)
def test_ranges(text: str, first: str, last: str, size: int) -> None:
    found = parse_range(text)
    assert (found.first, found.last, found.size) == (ip_address(first), ip_address(last), size)
    assert found.holds(ip_address(first))
    assert found.holds(ip_address(last))
    assert str(found) == (first if size == 1 else f"{first}-{last}")


@pytest.mark.parametrize(
    "text", ["", "ex1", "192.0.2.9-192.0.2.1", "192.0.2.1-::1", "192.0.2.1/33", "192.0.2.1-", "1-2-3"]
)
def test_no_ranges(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no range: write 192\.0\.2\.17"):
        parse_range(text)


@given(st.text(max_size=60))
def test_no_text_is_worse_than_no_range(text: str) -> None:
    try:
        size = parse_range(text).size
    except ValueError as error:
        size = len(str(error))
    assert size >= 1


def test_a_clients_address_is_read_as_sockets_name_it() -> None:
    assert parse_client("127.0.0.2") == ip_address("127.0.0.2")
    assert parse_client("::ffff:127.0.0.2") == ip_address("127.0.0.2")
    assert parse_client("fe80::1%eth0") == ip_address("fe80::1")
    assert parse_client("") is None
    assert parse_client("x%" * 9) is None


def test_the_smallest_range_that_holds_the_address_counts() -> None:
    ranges = [parse_range("192.0.2.0/24"), parse_range("192.0.2.4-192.0.2.5"), parse_range("::/0")]
    assert closest(ranges, ip_address("192.0.2.4")) == 2
    assert closest(ranges, ip_address("192.0.2.6")) == 256
    assert closest(ranges, ip_address("198.51.100.1")) is None
    assert closest(EVERYBODY, ip_address("::1")) == 2**128


@pytest.mark.parametrize(
    ("client", "name"),
    [
        ("192.0.2.17", "Scanner"),
        ("192.0.2.18", "Site"),
        ("198.51.100.1", "Default EX1"),
        ("::1", "Default EX1"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_most_specific_range_wins_whatever_the_order(client: str, name: str, order: int) -> None:
    found = [
        connector("Default EX1", "0.0.0.0/0", "::/0"),
        connector("Site", "192.0.2.0/24"),
        connector("Scanner", "192.0.2.17", "10.0.0.0/8"),
    ]
    chosen = choose(found[::order], client)
    assert chosen is not None
    assert chosen.name == name


def test_of_equals_the_first_wins_and_without_a_range_nobody() -> None:
    first, second = connector("A", "192.0.2.0-192.0.2.9"), connector("B", "192.0.2.5-192.0.2.14")
    assert choose([first, second], "192.0.2.7") is first
    assert choose([second, first], "192.0.2.7") is second
    assert choose([first, second], "192.0.2.20") is None
    assert choose([first], "gone") is None
