"""The hosts file as a value: what this host is told before it asks any DNS (PURE).

A line is an address and its names (hosts(5)); ``#`` begins a comment. Windows' file has the same form.
"""

from ipaddress import ip_address

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
        if wanted in (known.rstrip(".").casefold() for known in names) and _is_address(address):
            found.setdefault(address)
    return tuple(found)


def _is_address(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
