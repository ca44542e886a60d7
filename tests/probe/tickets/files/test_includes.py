"""krb5.conf in several files; the rules are those of MIT's krb5.conf(5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files.found import Found
from probe.tickets.files.includes import (
    MAXIMUM_DEPTH,
    MAXIMUM_FILES,
    Configuration,
    read_configuration,
)


class Disk:
    """Files and folders in memory."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    def read(self, path: str) -> Found:
        if path in self.errors:
            return Found(error=self.errors[path])
        if any(name.startswith(f"{path}/") for name in self.texts):
            return Found(error="no regular file", folder=True)
        text = self.texts.get(path)
        return Found(missing=True) if text is None else Found(data=text.encode())

    def list_folder(self, path: str) -> tuple[str, ...] | str:
        path = path.rstrip("/")
        within = (name.removeprefix(f"{path}/") for name in self.texts if name.startswith(f"{path}/"))
        names = dict.fromkeys(name.partition("/")[0] for name in within)
        return tuple(names) if names else "No such file or directory"

    def configuration(self, *paths: str, named_by: str = "default") -> Configuration:
        return read_configuration(paths, named_by=named_by, read=self.read, list_folder=self.list_folder)


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
    *read, beyond = disk.configuration("/0").files
    assert [item.error for item in read] == [""] * (MAXIMUM_DEPTH + 1)
    assert (beyond.path, beyond.error.startswith("not read: more than 64 files")) == ("/9", True)


def test_no_end_of_files_is_read() -> None:
    disk = Disk()
    disk.texts = {f"/d/{number:04}": "includedir /d\n[libdefaults]\n" for number in range(500)}
    disk.texts["/a"] = "includedir /d\n"
    found = disk.configuration("/a")
    assert len([item for item in found.files if not item.error]) <= MAXIMUM_FILES
    assert len(found.files) == MAXIMUM_FILES + 1
    assert found.unusable() is not None


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


def test_the_braces_around_an_include_go_on_behind_it() -> None:
    """ "Included profile files are syntactically independent of their parents"; MIT 1.20.1 gives both KDCs, too."""
    disk = Disk()
    disk.texts = {
        "/a": "[realms]\nA = {\nkdc = 1.example\ninclude /b\nkdc = 2.example\n}\n",
        "/b": "kdc = before.the.first.section\n[libdefaults]\nrdns = no\n",
    }
    found = disk.configuration("/a")
    assert found.config.realms == {"A": (KdcEndpoint("1.example"), KdcEndpoint("2.example"))}
    assert found.config.switch("rdns") is False
    assert [item.damage for item in found.files] == [(), ()]


def test_a_section_that_is_final_takes_nothing_from_later_files() -> None:
    """krb5.conf(5): "if the same section appears again later, it will be ignored"."""
    disk = Disk()
    disk.texts = {
        "/a": "[realms]*\nA = {\nkdc = 1.example\n}\n[libdefaults]\nrdns = no\n",
        "/b": "[realms]\nA = {\nkdc = 2.example\n}\nB = {\n}\n[libdefaults]\ndefault_realm = A\n",
    }
    config = disk.configuration("/a", "/b", named_by="KRB5_CONFIG").config
    assert config.realms == {"A": (KdcEndpoint("1.example"),)}
    assert config.default_realm == "A"


def test_what_is_included_in_a_final_section_ends_it() -> None:
    disk = Disk()
    disk.texts = {
        "/a": "include /b\n[libdefaults]\ndefault_realm = A\n",
        "/b": "[libdefaults]*\nrdns = no\n",
    }
    config = disk.configuration("/a").config
    assert (config.default_realm, config.switch("rdns")) == (None, False)


def test_a_folder_may_be_named_and_folders_in_it_are_passed_over() -> None:
    disk = Disk()
    disk.texts = {
        "/d/b.conf": "[libdefaults]\nx = 2\n",
        "/d/A-file": "[libdefaults]\nx = 1\n",
        "/d/folder/c": "[libdefaults]\nx = 0\n",
        "/d/two.conf.rpmsave": "[libdefaults]\nx = 3\n",
        "/d/.conf": "[libdefaults]\nx = 4\n",
    }
    found = disk.configuration("/d", named_by="KRB5_CONFIG")
    assert [item.path for item in found.files] == ["/d", "/d/A-file", "/d/b.conf"]
    assert found.config.libdefaults == {"x": "1"}


def test_a_module_is_noted() -> None:
    disk = Disk()
    disk.texts = {"/a": "module /usr/lib/x.so:residual\n[libdefaults]\ndefault_realm = A\n"}
    found = disk.configuration("/a")
    assert found.config.default_realm == "A"
    assert found.files[0].notes == ("line 1: 'module /usr/lib/x.so:residual' is not followed",)


@pytest.mark.parametrize(
    ("paths", "named_by", "unusable"),
    [
        (("/good",), "default", None),
        (("/gone",), "default", None),
        (("/shut",), "default", "/shut"),
        (("/gone",), "KRB5_CONFIG", "/gone"),
        (("/gone", "/gone too"), "KRB5_CONFIG", "/gone"),
        (("/gone", "/good"), "KRB5_CONFIG", None),
        (("/good", "/shut"), "KRB5_CONFIG", "/shut"),
        (("/includes",), "default", "/gone"),
        (("/good", "/includes folder"), "KRB5_CONFIG", "/no folder"),
        (("/includes damage",), "default", None),
    ],
)
def test_what_has_to_be_there_and_is_not(paths: tuple[str, ...], named_by: str, unusable: str | None) -> None:
    """krb5.conf(5): "all files which are present will be read"; "the named file or directory must exist and be
    readable".
    """
    disk = Disk()
    disk.texts = {
        "/good": "[libdefaults]\n",
        "/includes": "include /gone\n",
        "/includes folder": "includedir /no folder\n",
        "/includes damage": "include /bad\n",
        "/bad": "[realms]\nwhat\n",
    }
    disk.errors["/shut"] = "Permission denied"
    found = disk.configuration(*paths, named_by=named_by).unusable()
    assert (found and found.path) == unusable


@given(st.text(alphabet="[]{}=*#; \n\tincludedirx/.", max_size=80))
def test_any_text(text: str) -> None:
    disk = Disk()
    disk.texts = {"/a": text, "/x": "[libdefaults]\n"}
    disk.configuration("/a")
