"""The files that make a krb5.conf: those that were named, and what they include (PURE: reading is an argument).

Source: MIT's krb5.conf(5). Of the files that KRB5_CONFIG names, those that are present are read, and it may name a
folder; what a file includes has to be there. MIT's library has no bounds, and runs for ever where files include each
other: here each file is read once, and there are limits.
"""

import re
from dataclasses import dataclass, field

from probe.tickets.files.found import ListFolder, ReadFile
from probe.tickets.files.krb5conf import Krb5Config, Krb5Reader

MAXIMUM_FILES = 64
"""Configuration files that are read, included ones counted."""
MAXIMUM_DEPTH = 8
MISSING = "no such file"

_INCLUDED_NAME = re.compile(r"(?!\.)(?:[A-Za-z0-9_-]+|.*\.conf)")
"""krb5.conf(5): names of letters, digits, dashes and underscores, or ending in .conf and not beginning with a dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """One krb5.conf or a file that it includes."""

    path: str
    included_by: str = ""
    error: str = ""
    """The system's words where the file cannot be read."""
    damage: tuple[str, ...] = ()
    """What MIT's library refuses the file for: ``line N: ...``."""
    notes: tuple[str, ...] = ()
    """What else was passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The files, and what they say together."""

    named_by: str = "default"
    """``KRB5_CONFIG`` or ``default``."""
    files: tuple[ConfigFile, ...] = ()
    """None when there is no file at a default place."""
    config: Krb5Config = field(default_factory=Krb5Config)

    def unusable(self) -> ConfigFile | None:
        """A file without which the configuration is not what it was meant to be: it is there and cannot be read, or
        has to be there, being included or the only one that was named.
        """
        present = any(not item.error and not item.included_by for item in self.files)
        for item in self.files:
            if item.error and (item.error != MISSING or item.included_by or not present):
                return item
        return None


def read_configuration(
    paths: tuple[str, ...], *, named_by: str, read: ReadFile, list_folder: ListFolder
) -> Configuration:
    """krb5.conf from these places, includes followed as MIT's library does.

    A file that is missing at a default place is no fact; where ``KRB5_CONFIG`` names it, it is.
    """
    walk = _Walk(read, list_folder)
    for path in paths:
        walk.add(path)
    named = named_by != "default"
    files = tuple(item for item in walk.files.values() if named or item.included_by or item.error != MISSING)
    return Configuration(named_by=named_by, files=files, config=walk.reader.config())


class _Walk:
    """Reads files and what they include, each once and in its place."""

    def __init__(self, read: ReadFile, list_folder: ListFolder) -> None:
        self._read = read
        self._list = list_folder
        self.reader = Krb5Reader()
        self.files: dict[str, ConfigFile] = {}
        """In the order in which they were begun."""

    def add(self, path: str, included_by: str = "", depth: int = 0) -> None:
        """A file and all that it includes."""
        if path in self.files or self._full():
            return
        if len(self.files) == MAXIMUM_FILES or depth > MAXIMUM_DEPTH:
            error = f"not read: more than {MAXIMUM_FILES} files, or {MAXIMUM_DEPTH} that include one another"
            self._keep(ConfigFile(path=path, included_by=included_by, error=error))
            return
        found = self._read(path)
        if found.folder and included_by:
            return  # MIT's library opens it and finds nothing in it
        if found.folder:
            self._keep(ConfigFile(path=path))
            self._add_folder(path, path, depth + 1)
        elif found.missing or found.error:
            self._keep(ConfigFile(path=path, included_by=included_by, error=found.error or MISSING))
        else:
            self._keep(ConfigFile(path=path, included_by=included_by))  # before those that it includes
            text = found.data.decode("utf-8", "replace")
            remarks = self.reader.read(text, lambda word, named: self._include(word, named, path, depth + 1))
            notes = tuple(note for note in remarks.notes if note not in remarks.damage)
            self._keep(ConfigFile(path=path, included_by=included_by, damage=remarks.damage, notes=notes))

    def _full(self) -> bool:
        """Whether there are too many already, and the first one too many has been named."""
        return len(self.files) > MAXIMUM_FILES

    def _keep(self, item: ConfigFile) -> None:
        self.files[item.path] = item

    def _include(self, word: str, path: str, by: str, depth: int) -> None:
        if word == "include":
            self.add(path, by, depth)
        elif not self._full():
            self._add_folder(path, by, depth)

    def _add_folder(self, path: str, by: str, depth: int) -> None:
        names = self._list(path)
        if isinstance(names, str):
            self._keep(ConfigFile(path=path, included_by="" if path == by else by, error=names))
            return
        folder = path.rstrip("/\\")
        for name in sorted(filter(_INCLUDED_NAME.fullmatch, names)):
            self.add(f"{folder}/{name}", by, depth)
