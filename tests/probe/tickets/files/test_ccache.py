"""Credential caches that MIT's kinit wrote (tests/vectors/mit_files.json), whole, cut and damaged."""

import base64
import contextlib
import json
import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.tickets.files import ccache
from probe.tickets.files.ccache import CacheError, CacheSetting, CredentialCache
from probe.wire.kerberos import PrincipalName
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "mit_files.json").read_text())
VERSION_4 = base64.b64decode(VECTORS["ccache_4"])
OFFSET = base64.b64decode(VECTORS["ccache_4_offset"])
VERSION_3 = base64.b64decode(VECTORS["ccache_3"])


def test_what_klist_prints() -> None:
    """The expectations are klist's words: names, times (UTC), flags RIA and RAT, types."""
    cache = ccache.read(VERSION_4)
    assert (str(cache.default_principal), cache.default_realm) == ("alice", "MIT.TEST")
    tgt, service = cache.credentials
    assert (str(tgt.server), tgt.server_realm) == ("krbtgt/MIT.TEST", "MIT.TEST")
    assert str(service.server) == "SMTPSVC/ex1.mit.test"
    assert "Default principal: alice@MIT.TEST" in VECTORS["klist"]
    assert "11/23/26 21:45:46  11/24/26 07:45:46  SMTPSVC/ex1.mit.test@MIT.TEST" in VECTORS["klist"]
    # date -u -d '2026-11-23 21:45:46' +%s
    assert (service.start_time, service.end_time) == (1795470346.0, 1795506346.0)
    assert tgt.renew_till == 1795470346.0 + 86400
    assert [credential.session_key.etype for credential in cache.credentials] == [18, 18]
    assert [credential.ticket.enc_part.etype for credential in cache.credentials] == [18, 18]
    assert tgt.flags & 0x00E00000 == 0x00E00000  # renewable, initial, pre-authenticated
    assert service.flags & 0x00A80000 == 0x00A80000  # renewable, pre-authenticated, transit policy checked


def test_configuration_entries_are_no_tickets() -> None:
    assert ccache.read(VERSION_4).settings == (
        CacheSetting("fast_avail", "krbtgt/MIT.TEST@MIT.TEST", b"yes"),
        CacheSetting("pa_type", "krbtgt/MIT.TEST@MIT.TEST", b"2"),
    )


@pytest.mark.parametrize("data", [VERSION_4, OFFSET])
def test_written_as_mit_writes_it(data: bytes) -> None:
    assert ccache.write(ccache.read(data)) == data


def test_offset_of_the_kdc() -> None:
    """kinit's clock was 600 s ahead of the KDC's."""
    assert ccache.read(VERSION_4).kdc_offset_s == 0
    assert ccache.read(OFFSET).kdc_offset_s == pytest.approx(-600, abs=1.5)


def test_version_3() -> None:
    cache = ccache.read(VERSION_3)
    assert VERSION_3[:2] == b"\x05\x03"
    (tgt,) = cache.credentials
    assert str(tgt.server) == "krbtgt/MIT.TEST"
    assert (tgt.session_key.etype, len(tgt.session_key.contents)) == (18, 32)


def test_every_truncation_names_its_place() -> None:
    whole = ccache.read(VERSION_4)
    between_entries = 0
    for length in range(len(VERSION_4)):
        try:
            part = ccache.read(VERSION_4[:length])
        except CacheError as error:
            place = error.offset
        else:
            between_entries += 1
            place = length
            assert part.credentials == whole.credentials[: len(part.credentials)]
        assert 0 <= place <= length
    # After the default principal, two settings and one ticket; the whole file is not among the cuts.
    assert between_entries == 4


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "at octet 0: the version 0x0504 or 0x0503 (2 octets) was due, 0 octets came"),
        (b"\x05\x01rest", "at octet 0: the version 0x0504 or 0x0503 was due, 0x0501 came"),
        (b"\x05\x04\x00\x0c\x00\x01", "at octet 4: the header (12 octets) was due, 2 octets came"),
        (
            b"\x05\x03\x00\x00\x00\x01\xff\xff\xff\xff",
            "at octet 6: at most 64 components was due, 4294967295 came",
        ),
    ],
)
def test_errors_say_where_and_what(data: bytes, sentence: str) -> None:
    with pytest.raises(CacheError) as caught:
        ccache.read(data)
    assert str(caught.value) == sentence


def test_damaged_ticket_names_the_octet_in_the_file() -> None:
    raw = ccache.read(VERSION_4).credentials[0].ticket.raw
    place = VERSION_4.index(raw)
    with pytest.raises(CacheError) as caught:
        ccache.read(VERSION_4[:place] + b"\x04" + VERSION_4[place + 1 :])
    assert caught.value.offset == place


def test_unknown_header_fields_are_passed_over() -> None:
    rest = VERSION_4[16:]
    header = struct.pack(">HH3s", 7, 3, b"new")
    cache = ccache.read(b"\x05\x04" + struct.pack(">H", len(header)) + header + rest)
    assert len(cache.credentials) == 2


def test_time_out_of_range() -> None:
    cache = ccache.read(VERSION_3)
    late = replace(cache.credentials[0], end_time=2.0**33)
    with pytest.raises(ValueError, match="1970 to 2106"):
        ccache.write(replace(cache, credentials=(late,)))


@given(st.binary(max_size=300))
def test_garbage(data: bytes) -> None:
    for head in (b"", b"\x05\x04\x00\x00", b"\x05\x03"):
        with contextlib.suppress(CacheError):
            ccache.read(head + data)


@given(st.integers(0, len(VERSION_4) - 1), st.integers(1, 255))
def test_one_octet_changed(position: int, change: int) -> None:
    data = bytearray(VERSION_4)
    data[position] ^= change
    with contextlib.suppress(CacheError):
        assert isinstance(ccache.read(bytes(data)), CredentialCache)


def test_no_key_in_a_repr() -> None:
    cache = ccache.read(VERSION_4)
    key = cache.credentials[0].session_key.contents
    assert repr(key)[2:-1] not in repr(cache)


def test_empty_cache() -> None:
    cache = CredentialCache(
        default_principal=PrincipalName.parse("bob"), default_realm="R", credentials=(), kdc_offset_s=-1.5
    )
    assert ccache.read(ccache.write(cache)) == cache
