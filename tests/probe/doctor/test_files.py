"""Files of a host, as MIT's programs wrote them (tests/vectors/mit_files.json)."""

import base64
import json

import pytest

from probe.doctor import files
from probe.tickets.files.found import Found
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "mit_files.json").read_text())
CACHE = base64.b64decode(VECTORS["ccache_4"])
OFFSET = base64.b64decode(VECTORS["ccache_4_offset"])
KEYTAB = base64.b64decode(VECTORS["keytab"])


def test_cache_as_kinit_wrote_it() -> None:
    """The expectations are klist's words, kept in the vector."""
    cache = files.cache("FILE:/tmp/krb5cc_0", named_by="default", found=Found(data=CACHE))
    assert (cache.found, cache.error, cache.kind) == (True, "", "FILE")
    assert f"Default principal: {cache.principal}" in VECTORS["klist"]
    assert [ticket.server for ticket in cache.tickets] == [
        "krbtgt/MIT.TEST@MIT.TEST",
        "SMTPSVC/ex1.mit.test@MIT.TEST",
    ]
    assert {(ticket.etype, ticket.session_etype) for ticket in cache.tickets} == {(18, 18)}
    offset = files.cache("x", named_by="default", found=Found(data=OFFSET))
    assert offset.kdc_offset_s == pytest.approx(-600, abs=1.5)


@pytest.mark.parametrize("length", [1, 2, 30, len(CACHE) - 1])
def test_a_cut_cache_is_an_error_and_no_exception(length: int) -> None:
    cache = files.cache("x", named_by="default", found=Found(data=CACHE[:length]))
    assert cache.found
    assert cache.error.startswith("at octet ")
    assert cache.tickets == ()


def test_keytab_as_mit_wrote_it_without_its_keys() -> None:
    table = files.keytab_file("/etc/krb5.keytab", named_by="default", found=Found(data=KEYTAB))
    assert (table.found, table.denied, table.error) == (True, False, "")
    assert len(table.rows) == 10  # klist -k
    assert all(f"{row.kvno} {row.principal}" in VECTORS["keytab_klist"] for row in table.rows)
    assert "key" not in repr(table.rows).casefold().replace("keytabrow", "")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, (False, False, False)),
        (Found(missing=True), (False, False, False)),
        (Found(error="Permission denied", denied=True), (True, True, True)),
        (Found(data=b"\x05\x01"), (True, False, True)),
        (Found(data=KEYTAB[:-1]), (True, False, True)),
    ],
)
def test_keytabs_that_are_none(found: Found | None, expected: tuple[bool, bool, bool]) -> None:
    table = files.keytab_file("x", named_by="default", found=found)
    assert (table.found, table.denied, bool(table.error)) == expected
    assert table.rows == ()


@pytest.mark.parametrize(
    ("name", "kind", "path"),
    [
        ("FILE:/tmp/x", "FILE", "/tmp/x"),
        ("WRFILE:/tmp/x", "FILE", "/tmp/x"),
        ("/tmp/a:b", "FILE", "/tmp/a:b"),
        ("KEYRING:persistent:1000", "KEYRING", "persistent:1000"),
        ("KCM:", "KCM", ""),
        ("MSLSA:", "MSLSA", ""),
        (r"C:\Users\a\krb5cc", "FILE", r"C:\Users\a\krb5cc"),
        (r"FILE:C:\krb5cc", "FILE", r"C:\krb5cc"),
        ("", "FILE", ""),
    ],
)
def test_kind_of_a_cache(name: str, kind: str, path: str) -> None:
    """The names are those of krb5.conf(5) and "ccache types" of MIT's documentation."""
    assert files.kind_and_path(name) == (kind, path)


@pytest.mark.parametrize(
    ("name", "uid", "expanded"),
    [
        ("KEYRING:persistent:%{uid}", 1000, "KEYRING:persistent:1000"),
        ("FILE:%{TEMP}/krb5cc_%{euid}", 0, "FILE:/var/tmp/krb5cc_0"),
        ("DIR:%{unknown}", 1, "DIR:%{unknown}"),
        ("FILE:/tmp/krb5cc_%{uid}", None, "FILE:/tmp/krb5cc_"),
    ],
)
def test_parameters_in_names(name: str, uid: int | None, expanded: str) -> None:
    assert files.expanded(name, uid=uid, environ={"TMPDIR": "/var/tmp"}) == expanded


def test_time_sources() -> None:
    """Lines of Debian's chrony.conf and of timesyncd.conf(5)."""
    text = "pool 2.debian.pool.ntp.org iburst\n# server x\nserver dc1.contoso.lab\nNTP=a b\n#FallbackNTP=c\n"
    assert files.time_sources(text) == (
        "pool 2.debian.pool.ntp.org",
        "server dc1.contoso.lab",
        "server a",
        "server b",
    )
