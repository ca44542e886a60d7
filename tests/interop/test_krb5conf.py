"""krb5.conf in several files, as MIT's own library reads it: the same values from the same files."""

import ctypes
from pathlib import Path

import pytest

from probe.settings.host import Host, read_krb5_conf
from probe.tickets.files.includes import Configuration

pytestmark = pytest.mark.interop("krb5kdc")

Values = ctypes.POINTER(ctypes.c_char_p)


class Profile:
    """MIT's profile library, in libkrb5: src/util/profile/profile.hin declares these."""

    def __init__(self, paths: str) -> None:
        self._library = ctypes.CDLL("libkrb5.so.3")
        for function in (self._library.profile_init_path, self._library.profile_get_values):
            function.restype = ctypes.c_long
        self._profile = ctypes.c_void_p()
        self.error = self._library.profile_init_path(paths.encode(), ctypes.byref(self._profile))

    def values(self, *names: str) -> list[str]:
        """All values of a setting, in order; the library's first one is the one that counts where one is wanted."""
        asked = (ctypes.c_char_p * (len(names) + 1))(*(name.encode() for name in names), None)
        found = Values()
        if self._library.profile_get_values(self._profile, asked, ctypes.byref(found)):
            return []
        values: list[str] = []
        while (value := found[len(values)]) is not None:
            values.append(value.decode())
        return values


FILES = {
    "plain": "[libdefaults]\n\tdefault_realm = A\n[realms]\nA = {\n kdc = 1.example\n}\n",
    "second": "[libdefaults]\ndefault_realm = B\nrdns = no\n[realms]\nA = {\nkdc = 2.example\n}\nB = {\nkdc = b\n}\n",
    "folder": "includedir {folder}/d\n[libdefaults]\ndefault_realm = LATER\n",
    "inside": "[realms]\nA = {{\nkdc = 1.example\ninclude {folder}/second\nkdc = 3.example\n}}\n",
    "independent": "[libdefaults]\ninclude {folder}/headless\ndefault_realm = A\n",
    "headless": "default_realm = NONE\n",
    "final-section": "[realms]*\nA = {\nkdc = 1.example\n}\n",
    "final-name": "[realms]\nA* = {\nkdc = 1.example\n}\n",
    "final-brace": "[realms]\nA = {\nkdc = 1.example\n}*\n",
    "brace": "[realms]\nA =\n{\nkdc = 1.example\n}\n",
    "no-value": "[libdefaults]\ndefault_realm =\nrdns = no\n",
    "in-braces": "[realms]\nA = {\nkdc = 1.example\n[libdefaults]\nrdns = no\n",
    "gone": "include {folder}/not-there\n",
    "gone-folder": "includedir {folder}/not-there\n",
    "d/10-x.conf": "[libdefaults]\ndefault_realm = X\n",
    "d/20_y": "[realms]\nA = {\nkdc = y.example\n}\n",
    "d/.hidden.conf": "[libdefaults]\ndefault_realm = HIDDEN\n",
    "d/10-x.conf~": "[libdefaults]\ndefault_realm = OLD\n",
    "d/00.rpmsave": "[libdefaults]\ndefault_realm = OLD\n",
    "d/folder/z": "[libdefaults]\ndefault_realm = TOO_DEEP\n",
}
NAMED = (
    *(
        "plain",
        "folder",
        "inside",
        "independent",
        "brace",
        "d",
        "plain:second",
        "second:plain",
        "absent:plain",
    ),
    *("final-section:second", "final-name:second", "final-brace:second", "second:final-section"),
)
REFUSED = ("no-value", "in-braces", "gone", "gone-folder", "plain:gone")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(folder=tmp_path) if "{folder}" in text else text)
    return tmp_path


def named_paths(folder: Path, names: str) -> str:
    return ":".join(str(folder / name) for name in names.split(":"))


def ours(paths: str) -> Configuration:
    return read_krb5_conf(Host(environ={"KRB5_CONFIG": paths}, platform="linux"))


@pytest.mark.parametrize("names", NAMED)
def test_the_same_values(folder: Path, names: str) -> None:
    paths = named_paths(folder, names)
    mit, found = Profile(paths), ours(paths)
    assert (mit.error, found.unusable()) == (0, None)
    assert not [item for item in found.files if item.damage]
    for realm in ("A", "B"):
        kdcs = [kdc.host for kdc in found.config.realms.get(realm, ())]
        assert kdcs == mit.values("realms", realm, "kdc")
    for name in ("default_realm", "rdns"):
        ours_first = found.config.libdefaults.get(name)
        assert [ours_first][: ours_first is not None] == mit.values("libdefaults", name)[:1]


@pytest.mark.parametrize("names", REFUSED)
def test_what_the_library_refuses_is_named(folder: Path, names: str) -> None:
    paths = named_paths(folder, names)
    assert Profile(paths).error
    found = ours(paths)
    assert found.unusable() is not None or any(item.damage for item in found.files)
