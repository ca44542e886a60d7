"""What a doctor looks at on this host, read without privilege and without a network. Guarded for Windows."""

import ctypes
import socket
import stat
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from probe.doctor import files
from probe.doctor.values import Cache, Installed, KeytabFile, TimeService
from probe.settings.host import Host, list_folder, read_file
from probe.tickets.files.krb5conf import Krb5Config

_PACKAGES = (
    *("exps", "cryptography", "pyOpenSSL", "pyspnego", "dnspython", "asyncio-throttle", "click", "rich"),
    *("aiosmtpd", "aiosmtplib", "impacket", "gssapi", "krb5", "sspilib"),
)
_TIME_DAEMONS = (
    "chronyd",
    "ntpd",
    "ntpsec",
    "openntpd",
    "systemd-timesyn",
    "systemd-timesyncd",
    "ptp4l",
    "phc2sys",
)
"""As /proc/PID/comm has them: at most 15 characters."""
_TIME_FILES = (
    "etc/chrony/chrony.conf",
    "etc/chrony.conf",
    "etc/ntp.conf",
    "etc/ntpsec/ntp.conf",
    "etc/systemd/timesyncd.conf",
)
_LIBRARIES = (
    "libgssapi_krb5.so.2",
    "libgssapi.so.3",
    "libgssapi_krb5.dylib",
    "/usr/lib/libgssapi_krb5.dylib",
)
"""MIT's, Heimdal's, and macOS'."""


def read_cache(host: Host, config: Krb5Config) -> Cache:
    """The default credential cache: KRB5CCNAME, default_ccache_name, FILE:/tmp/krb5cc_UID."""
    default = "" if host.windows else "FILE:/tmp/krb5cc_%{uid}"
    name, named_by = _named(host, config, "KRB5CCNAME", "default_ccache_name", default)
    kind, path = files.kind_and_path(name)
    found = read_file(path) if kind == "FILE" and path else None
    return files.cache(name, named_by=named_by, found=found)


def read_keytab(host: Host, config: Krb5Config) -> KeytabFile:
    """The default keytab: KRB5_KTNAME, default_keytab_name, FILE:/etc/krb5.keytab."""
    default = "" if host.windows else f"FILE:{host.root / 'etc' / 'krb5.keytab'}"
    name, named_by = _named(host, config, "KRB5_KTNAME", "default_keytab_name", default)
    kind, path = files.kind_and_path(name)
    found = read_file(path) if kind == "FILE" and path else None
    open_to_all = found is not None and _open_to_all(path, host)
    return files.keytab_file(name, named_by=named_by, found=found, open_to_all=open_to_all)


def _named(host: Host, config: Krb5Config, variable: str, setting: str, default: str) -> tuple[str, str]:
    for name, named_by in (
        (host.environ.get(variable, ""), variable),
        (config.libdefaults.get(setting, ""), "krb5.conf"),
    ):
        if name:
            return files.expanded(name, uid=host.uid(), environ=host.environ), named_by
    return files.expanded(default, uid=host.uid(), environ=host.environ), "default"


def _open_to_all(path: str, host: Host) -> bool:
    if host.windows:
        return False  # the mode says nothing there
    try:
        return bool(Path(path).stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def own_names() -> tuple[str, str]:
    """This host's name, and its full name as the resolver has it. May wait for DNS."""
    return socket.gethostname(), socket.getfqdn()


def name_servers() -> tuple[str, ...]:
    """The system's name servers, as dnspython finds them: resolv.conf, or Windows' registry."""
    import dns.asyncresolver
    import dns.exception

    try:
        return tuple(str(server) for server in dns.asyncresolver.Resolver().nameservers)
    except (dns.exception.DNSException, OSError):
        return ()


def read_time_service(host: Host) -> TimeService:
    """What keeps the clock, without asking the service itself: that needs privilege on some hosts."""
    if host.windows:
        return _windows_time()
    found = tuple(source for name in _TIME_FILES for source in _sources(host.root / name))
    marker = host.root / "run" / "systemd" / "timesync" / "synchronized"
    return TimeService(
        running=_daemons(host.root / "proc"),
        configured=tuple(dict.fromkeys(found)),
        synchronized=True if marker.exists() else None,
    )


def _sources(path: Path) -> tuple[str, ...]:
    return files.time_sources(read_file(str(path)).data.decode("utf-8", "replace"))


def _daemons(folder: Path) -> tuple[str, ...]:
    names = list_folder(str(folder))
    numbers = [] if isinstance(names, str) else [name for name in names if name.isdecimal()]
    found: dict[str, None] = {}
    for number in numbers:
        try:
            name = (folder / number / "comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue  # it has ended
        if name in _TIME_DAEMONS:
            found.setdefault("systemd-timesyncd" if name == "systemd-timesyn" else name)
    return tuple(found)


def _windows_time() -> TimeService:
    """The settings of the service W32Time; reading them needs no privilege."""
    winreg: Any = import_module("winreg")

    def value(key: str, name: str) -> str:
        try:
            with winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE, rf"SYSTEM\CurrentControlSet\Services\W32Time{key}"
            ) as opened:
                return str(winreg.QueryValueEx(opened, name)[0])
        except OSError:
            return ""

    kind, start = value(r"\Parameters", "Type"), value("", "Start")
    servers = value(r"\Parameters", "NtpServer") if kind in ("NTP", "AllSync") else ""
    # Type NT5DS: by the domain; NTP: by NtpServer; Start 4: disabled (documentation of the Windows Time service).
    running = ("w32time",) if start and start != "4" and kind != "NoSync" else ()
    return TimeService(running=running, configured=tuple(filter(None, (kind, servers))))


def read_installed(host: Host) -> Installed:
    """Versions, and whether native tickets work. Imports much, and may wait for the system's Kerberos: use a thread."""
    from probe.tickets.native.context import NativeUnavailable, check_available

    try:
        check_available()
        native, error = True, ""
    except NativeUnavailable as problem:
        native, error = False, " ".join(str(problem).split())[:200]
    return Installed(
        python=".".join(map(str, sys.version_info[:3])),
        openssl=_openssl(),
        packages={name: _version(name) for name in _PACKAGES},
        native=native,
        native_error=error,
        library="SSPI" if host.windows else _library(),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _openssl() -> str:
    """The OpenSSL that the probe's TLS runs on: pyOpenSSL's, not Python's own."""
    from OpenSSL import SSL

    text = SSL.OpenSSL_version(SSL.OPENSSL_VERSION)
    return text.decode("ascii", "replace")


def _library() -> str:
    for name in _LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return name
    return ""
