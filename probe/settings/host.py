"""This host: its environment, and its files, searched for where other programs search and read with a bound.

`exps probe` and `exps doctor` both read krb5.conf and the hosts file, and both do it here.
"""

import getpass
import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from probe.tickets.files.found import Found
from probe.tickets.files.includes import Configuration, read_configuration

MAXIMUM_BYTES = 4 * 1024 * 1024
"""Of one file; no cache, keytab or krb5.conf of a host is larger, and the longest published hosts file against
advertisements has half of that.
"""
MAXIMUM_NAMES = 4096
"""Names in one folder."""
_WINDOWS_PLACES = (
    ("APPDATA", ("MIT", "Kerberos5")),
    ("PROGRAMDATA", ("MIT", "Kerberos5")),
    ("SYSTEMROOT", ()),
)
"""Of krb5.ini, in the order of os_get_default_config_files() of MIT's src/lib/krb5/os/init_os_ctx.c."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Where to look. Tests hand in another root and environment."""

    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    """On Windows the names are in capitals, as `os.environ` has them there."""
    root: Path = Path("/")
    platform: str = sys.platform

    @property
    def windows(self) -> bool:
        """Whether this is Windows, where Kerberos is the system's own."""
        return self.platform == "win32"

    def uid(self) -> int | None:
        """The user's number, which Windows has none of."""
        ask = getattr(os, "getuid", None)
        return None if ask is None else int(ask())

    def user(self) -> str:
        """The user's name, empty where nobody knows it."""
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):  # a container's user without an entry in passwd
            return ""


def read_file(path: str) -> Found:
    """At most MAXIMUM_BYTES of a regular file. Never raises for what it meets; a pipe is not waited for."""
    place = Path(path)
    try:
        mode = place.stat().st_mode
        if not stat.S_ISREG(mode):
            return Found(error="no regular file", folder=stat.S_ISDIR(mode))
        with place.open("rb") as file:
            data = file.read(MAXIMUM_BYTES + 1)
    except FileNotFoundError:
        return Found(missing=True)
    except PermissionError as error:
        return Found(error=error.strerror or "permission denied", denied=True)
    except (OSError, ValueError) as error:
        return Found(error=getattr(error, "strerror", "") or str(error))
    too_long = f"larger than {MAXIMUM_BYTES} octets" if len(data) > MAXIMUM_BYTES else ""
    return Found(data=data[:MAXIMUM_BYTES], error=too_long)


def list_folder(path: str) -> tuple[str, ...] | str:
    """The names in a folder, or why there are none."""
    try:
        with os.scandir(path) as entries:
            return tuple(entry.name for entry, _ in zip(entries, range(MAXIMUM_NAMES), strict=False))
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", "") or str(error)


def read_krb5_conf(host: Host) -> Configuration:
    """krb5.conf where MIT's library looks: KRB5_CONFIG (several, like PATH), else the default place."""
    separator = ";" if host.windows else ":"
    named = tuple(filter(None, host.environ.get("KRB5_CONFIG", "").split(separator)))
    return read_configuration(
        named or _default_krb5_conf(host),
        named_by="KRB5_CONFIG" if named else "default",
        read=_read_krb5_conf,
        list_folder=list_folder,
    )


def _read_krb5_conf(path: str) -> Found:
    """``KRB5_CONFIG=/dev/null`` is how people say that there is none."""
    return Found() if path == os.devnull else read_file(path)


def _default_krb5_conf(host: Host) -> tuple[str, ...]:
    if not host.windows:
        return (str(host.root / "etc" / "krb5.conf"),)
    # MIT Kerberos for Windows takes the first that is there; Windows' own Kerberos has no such file.
    places = [
        str(Path(host.environ[name], *folders, "krb5.ini"))
        for name, folders in _WINDOWS_PLACES
        if host.environ.get(name)
    ]
    return tuple(place for place in places if not read_file(place).missing)[:1]


def hosts_path(host: Host) -> Path:
    """hosts(5); on Windows below its own directory."""
    if not host.windows:
        return host.root / "etc" / "hosts"
    return Path(host.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "drivers", "etc", "hosts")


def read_hosts(host: Host | None = None) -> str:
    """The text of the hosts file; empty where there is none that can be read."""
    return read_file(str(hosts_path(host or Host()))).data.decode("utf-8", "replace")
