"""Keytabs that MIT's kadmin.local and ktutil wrote (tests/vectors/mit_files.json), whole, cut and damaged."""

import base64
import contextlib
import json
import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.tickets.files import keytab
from probe.tickets.files.keytab import KeytabError
from probe.wire.kerberos import PrincipalName
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "mit_files.json").read_text())
KEYTAB = base64.b64decode(VECTORS["keytab"])
WIDE = base64.b64decode(VECTORS["keytab_wide_kvno"])


def by_klist(text: str) -> list[tuple[int, str, str]]:
    """(kvno, principal, key in hex) of each line of `klist -K`."""
    lines = re.findall(r"^ *(\d+) (\S+) .*\(0x([0-9a-f]+)\)", text, re.MULTILINE)
    return [(int(kvno), name, key) for kvno, name, key in lines]


@pytest.mark.parametrize("name", ["keytab", "keytab_wide_kvno"])
def test_what_klist_prints(name: str) -> None:
    """Holes (the removed account) are passed over, and the 32-bit kvno 70000 is read."""
    table = keytab.read(base64.b64decode(VECTORS[name]))
    expected = by_klist(VECTORS[f"{name}_klist"])
    assert len(expected) == (10 if name == "keytab" else 1)
    assert [
        (entry.kvno, f"{entry.principal}@{entry.realm}", entry.key.contents.hex()) for entry in table.entries
    ] == expected


def test_the_file_has_holes() -> None:
    sizes = []
    offset = 2
    while offset < len(KEYTAB):
        sizes.append(struct.unpack_from(">i", KEYTAB, offset)[0])
        offset += 4 + abs(sizes[-1])
    assert min(sizes) < 0


def test_types_in_file_order() -> None:
    """klist: aes256-sha1, aes128-sha1, aes128-sha256, aes256-sha384, arcfour."""
    table = keytab.read(KEYTAB)
    assert [entry.key.etype for entry in table.entries] == [18, 17, 19, 20, 23] * 2


def test_entries_of_a_principal() -> None:
    table = keytab.read(KEYTAB)
    name = PrincipalName.parse("EX1$", name_type=0)
    assert table.principals() == ((PrincipalName.parse("EX1$"), "MIT.TEST"),)
    assert len(table.entries_of(name, "MIT.TEST")) == 10
    assert table.entries_of(name, "OTHER") == ()


def test_written_as_mit_writes_it() -> None:
    assert keytab.write(keytab.read(WIDE)) == WIDE


def test_written_and_read_again() -> None:
    table = keytab.read(KEYTAB)
    assert keytab.read(keytab.write(table)) == table


def test_every_truncation_names_its_place() -> None:
    for length in range(len(WIDE)):
        if length == 2:
            assert keytab.read(WIDE[:2]).entries == ()
            continue
        with pytest.raises(KeytabError) as caught:
            keytab.read(WIDE[:length])
        assert 0 <= caught.value.offset <= length


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x05", "at octet 0: the version 0x0502 (2 octets) was due, 1 octets came"),
        (b"\x05\x01", "at octet 0: the version 0x0502 was due, 0x0501 came"),
        (b"\x05\x02\x00\x00\x00\x63\x00", "at octet 6: an entry (99 octets) was due, 1 octets came"),
        (b"\x05\x02\x80\x00\x00\x00", "at octet 6: a hole (2147483648 octets) was due, 0 octets came"),
        (
            b"\x05\x02\x00\x00\x00\x06\x00\x01\x00\x09ab",
            "at octet 10: the realm (9 octets) was due, 2 octets came",
        ),
    ],
)
def test_errors_say_where_and_what(data: bytes, sentence: str) -> None:
    with pytest.raises(KeytabError) as caught:
        keytab.read(data)
    assert str(caught.value) == sentence


def test_size_zero_ends_the_file() -> None:
    assert keytab.read(WIDE + bytes(4) + b"whatever") == keytab.read(WIDE)


def test_entry_without_the_wide_kvno() -> None:
    size = struct.unpack_from(">i", WIDE, 2)[0]
    table = keytab.read(WIDE[:2] + struct.pack(">i", size - 4) + WIDE[6:-4])
    assert table.entries[0].kvno == 70000 & 0xFF


@given(st.binary(max_size=200))
def test_garbage(data: bytes) -> None:
    for head in (b"", b"\x05\x02"):
        with contextlib.suppress(KeytabError):
            keytab.read(head + data)


@given(st.integers(2, len(KEYTAB) - 1), st.integers(1, 255))
def test_one_octet_changed(position: int, change: int) -> None:
    data = bytearray(KEYTAB)
    data[position] ^= change
    with contextlib.suppress(KeytabError):
        keytab.read(bytes(data))


def test_no_key_in_a_repr() -> None:
    table = keytab.read(WIDE)
    assert repr(table.entries[0].key.contents)[2:-1] not in repr(table)
