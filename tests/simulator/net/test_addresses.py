import pytest

from simulator.net.addresses import ListenAddress, is_loopback, parse_address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:2525", "127.0.0.1", 2525),
        ("localhost:0", "127.0.0.1", 0),
        ("[::1]:65535", "::1", 65535),
        ("0.0.0.0:25", "0.0.0.0", 25),  # noqa: S104 - parsed, not bound
    ],
)
def test_addresses_are_read_and_written(text: str, host: str, port: int) -> None:
    address = parse_address(text)
    assert (address.host, address.port) == (host, port)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "2525",
        ":2525",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:x",
        "::1:25",
        "[::1]",
        "[127.0.0.1]:25",
        "example.com:25",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:٢",
        "1.2.3:25",
    ],
)
def test_what_is_no_address_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no address|at most") as raised:
        parse_address(text)
    assert repr(text) in str(raised.value)


def test_several_servers_take_one_port_after_the_other_or_any() -> None:
    assert [ListenAddress(host="::1", port=25).nth(n).port for n in range(3)] == [25, 26, 27]
    assert [ListenAddress(host="::1", port=0).nth(n).port for n in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("192.0.2.1", False), ("::", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert ListenAddress(host=host, port=0).is_loopback is loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::1%lo"])
def test_only_this_host_gets_to_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "::", "localhost", "[::1]", "127.0.0.1 ", "", "127.1"])
def test_whatever_else_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)
