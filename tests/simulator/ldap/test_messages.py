import pytest

from simulator.ldap import messages
from simulator.ldap.messages import MAXIMUM_BIND_BYTES, Bind, MessageError, Search, Unbind
from tests.support.ldap_sessions import SESSIONS

PLAIN = [
    bytes.fromhex(part)
    for name in ("anonymous rootDSE", "ldapadd", "ldapmodify", "StartTLS", "critical control", "simple bind")
    for part in SESSIONS[name]["client"]
]


@pytest.mark.parametrize("data", PLAIN, ids=lambda data: data.hex()[:24])
def test_a_message_is_split_off_whole_in_parts_and_with_octets_behind_it(data: bytes) -> None:
    first, rest = messages.split(data + b"\x30") or (b"", b"")
    whole = first
    while rest not in (b"\x30", b""):
        first, rest = messages.split(rest) or (rest, b"")
        whole += first
    assert whole == data
    for end in range(len(data) - len(rest)):
        found = messages.split(data[:end])
        assert found is None or len(found[0]) <= end


def test_what_openldap_asked() -> None:
    bind, search, *_ = [
        messages.decode(bytes.fromhex(part)).operation for part in SESSIONS["anonymous rootDSE"]["client"]
    ]
    assert bind == Bind(name="", sasl=False, mechanism="", credentials=b"")
    assert isinstance(search, Search)
    assert (search.base, search.scope, search.attributes) == ("", 0, ())
    assert messages.decode(bytes.fromhex("30050201034200")).operation == Unbind()


def test_a_password_is_not_shown() -> None:
    bind = messages.decode(bytes.fromhex(SESSIONS["simple bind"]["client"][0])).operation
    assert isinstance(bind, Bind)
    assert bind.credentials == b"not the password"
    assert "not the password" not in repr(bind)


@pytest.mark.parametrize("head", ["31", "3080", "3085", "308400020001", "16030100"])
def test_what_begins_no_message_is_known_at_once(head: str) -> None:
    with pytest.raises(MessageError):
        messages.split(bytes.fromhex(head) + bytes(4))


def test_the_longest_that_is_read() -> None:
    head = b"\x30\x83" + MAXIMUM_BIND_BYTES.to_bytes(3, "big")
    assert messages.split(head) is None
    assert messages.split(head + bytes(MAXIMUM_BIND_BYTES)) is not None


def test_every_damaged_octet_is_read_or_refused() -> None:
    for data in PLAIN:
        first, _ = messages.split(data) or (data, b"")
        for position in range(len(first)):
            for flip in (0x01, 0x80, 0xFF):
                damaged = bytearray(first)
                damaged[position] ^= flip
                assert "not the password" not in opinion(bytes(damaged))


def opinion(data: bytes) -> str:
    try:
        return repr(messages.decode(data))
    except MessageError as error:
        return str(error)
