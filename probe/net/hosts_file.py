"""What stands in the text of a hosts file (PURE). Source: hosts(5); Windows' file has the same form."""

from collections.abc import Iterator

from probe.addresses import is_ip_address

MAXIMUM_LINES = 100_000
"""Lists against advertisements have that many."""
MAXIMUM_LISTED = 100
"""Lines that are shown."""


def addresses_of(text: str, name: str) -> tuple[str, ...]:
    """The addresses that the file of this ``text`` gives for ``name``, in order, each once; case does not matter.

    Lines that are none are passed over, as every resolver does.
    """
    found = (words[0] for words in _naming(text, (name,)) if is_ip_address(words[0]))
    return tuple(dict.fromkeys(found))


def lines_naming(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a hosts file that name one of ``names``, without comments, blanks made single."""
    return tuple(" ".join(words) for words in _naming(text, names))[:MAXIMUM_LISTED]


def _naming(text: str, names: tuple[str, ...]) -> Iterator[list[str]]:
    """The words of each line that has one of the names behind its address."""
    wanted = {_plain(name) for name in names if name}
    for line in text.removeprefix("\ufeff").split("\n", MAXIMUM_LINES)[:MAXIMUM_LINES]:
        words = line.partition("#")[0].split()
        if any(_plain(word) in wanted for word in words[1:]):
            yield words


def _plain(name: str) -> str:
    return name.rstrip(".").casefold()
