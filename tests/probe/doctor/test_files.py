"""Files of a host: krb5.conf with its includes, and what MIT's programs wrote (tests/vectors/mit_files.json)."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.doctor import files
from probe.doctor.files import Found, configuration
from probe.doctor.values import Configuration
from probe.tickets.client.transport import KdcEndpoint
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "mit_files.json").read_text())
CACHE = base64.b64decode(VECTORS["ccache_4"])
OFFSET = base64.b64decode(VECTORS["ccache_4_offset"])
KEYTAB = base64.b64decode(VECTORS["keytab"])


class Disk:
    """Files and folders in memory."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    def read(self, path: str) -> Found:
        if path in self.errors:
            return Found(error=self.errors[path])
        text = self.texts.get(path)
        return Found(missing=True) if text is None else Found(data=text.encode())

    def list_folder(self, path: str) -> tuple[str, ...] | str:
        path = path.rstrip("/")
        names = [name.removeprefix(f"{path}/") for name in self.texts if name.startswith(f"{path}/")]
        return tuple(names) if names else "No such file or directory"

    def configuration(self, *paths: str, named_by: str = "default") -> Configuration:
        return configuration(paths, named_by=named_by, read=self.read, list_folder=self.list_folder)


# A distribution's file (Fedora's begins with includedir) and a snippet as its packages leave them.
MAIN = """\
includedir /etc/krb5.conf.d/
[libdefaults]
    default_realm = CONTOSO.LAB
    rdns = false
include /etc/more.conf
    clockskew = 600
[realms]
    CONTOSO.LAB = {
        kdc = dc1.contoso.lab
    }
"""


def test_includes_are_followed_in_their_place() -> None:
    disk = Disk()
    disk.texts = {
        "/etc/krb5.conf": MAIN,
        "/etc/krb5.conf.d/crypto-policies": "[libdefaults]\npermitted_enctypes = aes256-cts\nrdns = true\n",
        "/etc/krb5.conf.d/x.conf": "[realms]\nCONTOSO.LAB = {\nkdc = dc2.contoso.lab\n}\n",
        "/etc/krb5.conf.d/.hidden.conf": "[libdefaults]\ndefault_realm = WRONG\n",
        "/etc/krb5.conf.d/old.conf~": "[libdefaults]\ndefault_realm = WRONG\n",
        "/etc/more.conf": "[libdefaults]\ndns_lookup_kdc = false\n",
    }
    found = disk.configuration("/etc/krb5.conf")
    assert [(item.path, item.included_by) for item in found.files] == [
        ("/etc/krb5.conf", ""),
        ("/etc/krb5.conf.d/crypto-policies", "/etc/krb5.conf"),
        ("/etc/krb5.conf.d/x.conf", "/etc/krb5.conf"),
        ("/etc/more.conf", "/etc/krb5.conf"),
    ]
    config = found.config
    assert config.default_realm == "CONTOSO.LAB"
    assert config.libdefaults["permitted_enctypes"] == "aes256-cts"
    assert config.switch("rdns") is True, "the first of several values is MIT's"
    assert (config.dns_lookup_kdc, config.clock_skew_s) == (False, 600), (
        "the section goes on behind an include"
    )
    assert config.realms["CONTOSO.LAB"] == (KdcEndpoint("dc2.contoso.lab"), KdcEndpoint("dc1.contoso.lab"))


def test_files_that_include_each_other_end() -> None:
    disk = Disk()
    disk.texts = {"/a": "include /b\n[libdefaults]\ndefault_realm = A\n", "/b": "include /a\ninclude /b\n"}
    found = disk.configuration("/a")
    assert [item.path for item in found.files] == ["/a", "/b"]
    assert found.config.default_realm == "A"


def test_a_long_chain_ends() -> None:
    disk = Disk()
    disk.texts = {f"/{number}": f"include /{number + 1}\n" for number in range(100)}
    assert len(disk.configuration("/0").files) == files.MAXIMUM_DEPTH + 1


def test_what_cannot_be_read_or_is_damaged_is_named() -> None:
    disk = Disk()
    disk.texts = {
        "/good": "[libdefaults]\ndefault_realm = A\ninclude /gone\nincludedir /nowhere\n",
        "/bad": "[realms]\nwhat\n",
    }
    disk.errors["/shut"] = "Permission denied"
    found = disk.configuration("/good", "/bad", "/shut", "/gone2", named_by="KRB5_CONFIG")
    assert {item.path: item.error for item in found.files if item.error} == {
        "/gone": "no such file",
        "/nowhere": "No such file or directory",
        "/shut": "Permission denied",
        "/gone2": "no such file",
    }
    (bad,) = (item for item in found.files if item.damage)
    assert (bad.path, bad.damage) == ("/bad", ("line 2: neither a section, a setting nor a brace",))


def test_no_file_at_the_default_place_is_no_fact() -> None:
    assert Disk().configuration("/etc/krb5.conf").files == ()


@given(st.text(alphabet="[]{}=*#; \n\tincludedirx/.", max_size=80))
def test_any_text(text: str) -> None:
    disk = Disk()
    disk.texts = {"/a": text, "/x": "[libdefaults]\n"}
    disk.configuration("/a")


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


def test_hosts_lines() -> None:
    text = "127.0.0.1 localhost\n127.0.1.1  EX2.contoso.lab\tex2 # own\n# 10.0.0.2 ex2\n10.0.0.3 ex20\n"
    assert files.hosts_lines(text, ("ex2", "ex2.contoso.lab", "")) == ("127.0.1.1 EX2.contoso.lab ex2",)


def test_time_sources() -> None:
    """Lines of Debian's chrony.conf and of timesyncd.conf(5)."""
    text = "pool 2.debian.pool.ntp.org iburst\n# server x\nserver dc1.contoso.lab\nNTP=a b\n#FallbackNTP=c\n"
    assert files.time_sources(text) == (
        "pool 2.debian.pool.ntp.org",
        "server dc1.contoso.lab",
        "server a",
        "server b",
    )
