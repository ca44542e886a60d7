"""Where this host's hosts file is, and what stands in it."""

import os
from pathlib import Path

from probe.addresses import is_ip_address

MAXIMUM_BYTES = 1 << 22
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
            return file.read(MAXIMUM_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


MAXIMUM_LINES = 100_000
"""Lists against advertisements have that many."""


def addresses_of(text: str, name: str) -> tuple[str, ...]:
    """The addresses that the file of this ``text`` gives for ``name``, in order, each once; case does not matter.

    Lines that are none are passed over, as every resolver does.
    """
    wanted = name.rstrip(".").casefold()
    found: dict[str, None] = {}
    for line in text.lstrip("\ufeff").split("\n", MAXIMUM_LINES)[:MAXIMUM_LINES]:
        address, *names = line.partition("#")[0].split() or [""]
        if wanted in (known.rstrip(".").casefold() for known in names) and is_ip_address(address):
            found.setdefault(address)
    return tuple(found)
