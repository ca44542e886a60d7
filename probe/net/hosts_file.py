"""Where this host's hosts file is, and what stands in it."""

import os
from pathlib import Path

MAXIMUM_OCTETS = 1 << 22
"""Of the file that are read: the longest published lists against advertisements have half of that."""


def hosts_path() -> Path:
    """hosts(5); on Windows below its own directory."""
    if os.name == "nt":
        return Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "drivers", "etc", "hosts")
    return Path("/etc/hosts")


def read_hosts(path: Path | None = None) -> str:
    """The text of the hosts file; empty where there is none that can be read."""
    try:
        with (path or hosts_path()).open("rb") as file:
            return file.read(MAXIMUM_OCTETS).decode("utf-8", "replace")
    except OSError:
        return ""
