"""This host's files below a root of our own, as Linux and as Windows have them."""

import base64
import json
import os
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from probe.doctor import host as own
from probe.settings.host import Host
from probe.tickets.files.krb5conf import Krb5Config, parse
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "mit_files.json").read_text())


def linux(root: Path, **environ: str) -> Host:
    return Host(environ=environ, root=root, platform="linux")


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_nothing_is_there(tmp_path: Path) -> None:
    host = linux(tmp_path, KRB5CCNAME=f"{tmp_path}/none")
    assert not own.read_keytab(host, Krb5Config()).found
    assert not own.read_cache(host, Krb5Config()).found
    service = own.read_time_service(host)
    assert (service.running, service.configured, service.synchronized) == ((), (), None)


def test_default_places(tmp_path: Path) -> None:
    put(tmp_path / "etc/krb5.keytab", base64.b64decode(VECTORS["keytab"])).chmod(0o600)
    put(tmp_path / "etc/chrony/chrony.conf", "server dc1.a.lab\n")
    put(tmp_path / "proc/17/comm", "chronyd\n")
    put(tmp_path / "proc/18/comm", "bash\n")
    put(tmp_path / "run/systemd/timesync/synchronized", "")
    host = linux(tmp_path)
    keytab = own.read_keytab(host, Krb5Config())
    assert (keytab.found, keytab.open_to_all, len(keytab.rows)) == (True, False, 10)
    service = own.read_time_service(host)
    assert (service.running, service.configured, service.synchronized) == (
        ("chronyd",),
        ("server dc1.a.lab",),
        True,
    )


def test_the_environment_comes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    config = parse(
        "[libdefaults]\ndefault_ccache_name = KEYRING:persistent:%{uid}\ndefault_keytab_name = FILE:/x\n"
    )
    assert own.read_cache(linux(tmp_path, KRB5CCNAME="KCM:"), config).named_by == "KRB5CCNAME"
    cache = own.read_cache(linux(tmp_path), config)
    assert (cache.name, cache.named_by, cache.kind) == (
        f"KEYRING:persistent:{os.getuid()}",
        "krb5.conf",
        "KEYRING",
    )
    assert own.read_keytab(linux(tmp_path, KRB5_KTNAME="FILE:/y"), config).name == "FILE:/y"
    assert own.read_keytab(linux(tmp_path), config).name == "FILE:/x"
    assert own.read_cache(linux(tmp_path), Krb5Config()).name == f"FILE:/tmp/krb5cc_{os.getuid()}"


def test_a_file_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    put(tmp_path / "etc/krb5.keytab", b"x")
    monkeypatch.setattr(Path, "open", refuse)  # root, who may run this, can read everything
    found = own.read_keytab(linux(tmp_path), Krb5Config())
    assert (found.found, found.denied, found.error) == (True, True, "Permission denied")


def test_a_keytab_for_everybody(tmp_path: Path) -> None:
    put(tmp_path / "etc/krb5.keytab", base64.b64decode(VECTORS["keytab"])).chmod(0o644)
    assert own.read_keytab(linux(tmp_path), Krb5Config()).open_to_all


class Registry(types.ModuleType):
    """What is used of winreg: values by (key, name)."""

    HKEY_LOCAL_MACHINE = 0
    values: dict[tuple[str, str], Any]

    class OpenKey:
        def __init__(self, _: int, path: str) -> None:
            self.key = path.removeprefix(r"SYSTEM\CurrentControlSet\Services\W32Time")

        def __enter__(self) -> "Registry.OpenKey":
            return self

        def __exit__(self, *_: object) -> None:
            return

    def QueryValueEx(self, opened: "Registry.OpenKey", name: str) -> tuple[Any, int]:  # noqa: N802 - Windows' name
        try:
            return self.values[opened.key, name], 1
        except KeyError:
            raise FileNotFoundError(2, "not there") from None


@pytest.mark.parametrize(
    ("values", "running", "configured"),
    [
        ({(r"\Parameters", "Type"): "NT5DS", ("", "Start"): 2}, ("w32time",), ("NT5DS",)),
        (
            {(r"\Parameters", "Type"): "NTP", (r"\Parameters", "NtpServer"): "a,0x9", ("", "Start"): 3},
            ("w32time",),
            ("NTP", "a,0x9"),
        ),
        ({(r"\Parameters", "Type"): "NoSync", ("", "Start"): 2}, (), ("NoSync",)),
        ({(r"\Parameters", "Type"): "NT5DS", ("", "Start"): 4}, (), ("NT5DS",)),
        ({}, (), ()),
    ],
)
def test_the_time_service_of_windows(
    monkeypatch: pytest.MonkeyPatch,
    values: dict[tuple[str, str], Any],
    running: tuple[str, ...],
    configured: tuple[str, ...],
) -> None:
    """Values as documented for the Windows Time service: Type NT5DS, NTP, NoSync; Start 4 is disabled."""
    registry = Registry("winreg")
    registry.values = values
    monkeypatch.setitem(sys.modules, "winreg", registry)
    service = own.read_time_service(Host(environ={}, platform="win32"))
    assert (service.running, service.configured) == (running, configured)


def test_windows_has_no_default_cache_and_keytab() -> None:
    host = Host(environ={}, platform="win32")
    assert own.read_cache(host, Krb5Config()).name == ""
    assert own.read_keytab(host, Krb5Config()).name == ""


def test_what_is_installed() -> None:
    found = own.read_installed(Host())
    assert found.packages["click"]
    assert found.python.count(".") == 2
    assert found.openssl.startswith("OpenSSL")
    assert found.native or found.native_error
