"""krb5.conf, as far as a diagnosis needs it (PURE: text in, values out).

Source: MIT's krb5.conf(5). What several files say is put together line by line: the first of several values counts,
KDCs are added to each other, and what is marked as final (``*``) takes nothing from later. An included file is a whole
of its own; the section and the braces around the ``include`` go on behind it. Who reads the files is the caller's
matter (`probe.tickets.files.includes`).

Tolerant: what is not understood becomes a note with its line number, never an exception, because the file belongs to
somebody else's programs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from probe.durations import parse_duration
from probe.net.endpoint import EndpointError
from probe.tickets.client.transport import KdcEndpoint

_TRUE = frozenset({"y", "yes", "true", "t", "1", "on"})
_FALSE = frozenset({"n", "no", "false", "nil", "0", "off"})
_MAXIMUM_NOTES = 50

Names = tuple[str, ...]
"""Section and names down to a setting: ``("realms", "CONTOSO.LAB", "kdc")``."""
Include = Callable[[str, str], None]
"""What is done at a line ``include FILE`` or ``includedir FOLDER``: its word and its path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Krb5Config:
    """What a krb5.conf says about where KDCs are. None means that the file does not say."""

    default_realm: str | None = None
    realms: Mapping[str, tuple[KdcEndpoint, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Realm -> its ``kdc`` values in order; a realm without any has an empty tuple."""
    domain_realm: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Host name, or domain with a dot in front, in lower case -> realm."""
    dns_lookup_kdc: bool | None = None
    dns_lookup_realm: bool | None = None
    clock_skew_s: int | None = None
    libdefaults: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Every setting of ``[libdefaults]`` as it is written."""
    notes: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    """Those of the notes for which MIT's library (1.20, seen) refuses the file as a whole."""

    def switch(self, name: str) -> bool | None:
        """A yes-or-no setting of ``[libdefaults]``; None when the file does not say, or not clearly."""
        return _boolean(self.libdefaults.get(name))

    def realm_of(self, host: str) -> str | None:
        """The realm of a host: its own entry, or that of the nearest domain above it."""
        name = host.lower().rstrip(".")
        if name in self.domain_realm:
            return self.domain_realm[name]
        labels = name.split(".")
        for start in range(1, len(labels)):
            domain = ".".join(labels[start:])
            for key in (f".{domain}", domain):
                if key in self.domain_realm:
                    return self.domain_realm[key]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """What was odd in one file: ``line N: ...``."""

    notes: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    """Those of the notes for which MIT's library (1.20, seen) refuses the file as a whole."""


def parse(text: str) -> Krb5Config:
    """Read the text of a single krb5.conf. Raises nothing; see ``notes`` for what was passed over."""
    reader = Krb5Reader()
    reader.read(text)
    return reader.config()


class Krb5Reader:
    """Puts together what files say, in the order in which they are read."""

    def __init__(self) -> None:
        self._libdefaults: dict[str, str] = {}
        self._realms: dict[str, list[KdcEndpoint]] = {}
        self._domains: dict[str, str] = {}
        self._final: set[Names] = set()
        self._remarks: list[Remarks] = []

    def read(self, text: str, include: Include | None = None) -> Remarks:
        """Add a file. ``include`` may add others before it returns; without one, includes are noted."""
        file = _File(self, include)
        for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
            file.line(line, number)
        file.end()
        remarks = Remarks(notes=tuple(file.notes), damage=tuple(file.damage))
        self._remarks.append(remarks)
        return remarks

    def is_final(self, path: Names) -> bool:
        """Whether a section or setting takes nothing any more."""
        return path in self._final

    def make_final(self, path: Names) -> None:
        """Leave out what comes later under this name."""
        self._final.add(path)

    def add_section(self, path: Names) -> None:
        """A name with braces; of a realm it is worth something even when there is nothing in them."""
        match path:
            case ("realms", realm):
                self._realms.setdefault(realm, [])

    def add_setting(self, path: Names, value: str) -> None:
        """Raises EndpointError where ``value`` is no place of a KDC and has to be one."""
        match path:
            case ("libdefaults", name):
                self._libdefaults.setdefault(name, value)  # MIT takes the first of several values
            case ("domain_realm", name):
                self._domains.setdefault(name.lower(), value)
            case ("realms", realm, "kdc"):
                self._realms.setdefault(realm, []).append(KdcEndpoint.parse(value))

    def config(self) -> Krb5Config:
        """All of it."""
        settings = self._libdefaults
        return Krb5Config(
            default_realm=settings.get("default_realm") or None,
            realms=MappingProxyType({realm: tuple(kdcs) for realm, kdcs in self._realms.items()}),
            domain_realm=MappingProxyType(dict(self._domains)),
            dns_lookup_kdc=_boolean(settings.get("dns_lookup_kdc")),
            dns_lookup_realm=_boolean(settings.get("dns_lookup_realm")),
            clock_skew_s=_seconds(settings.get("clockskew")),
            libdefaults=MappingProxyType(dict(settings)),
            notes=tuple(note for remarks in self._remarks for note in remarks.notes),
            damage=tuple(note for remarks in self._remarks for note in remarks.damage),
        )


class _File:
    """The lines of one file, with the path of open sections and braces."""

    def __init__(self, reader: Krb5Reader, include: Include | None) -> None:
        self._reader = reader
        self._include = include
        self._path: Names = ()
        self._discarded = 0
        """How long the path is that a final section has closed; what is in it is left out. 0: none is."""
        self._brace_due = False
        self._last = 0
        self.notes: list[str] = []
        self.damage: list[str] = []

    def line(self, raw: str, number: int) -> None:
        """One line, in its turn."""
        self._last = number
        line = raw.strip()
        if self._brace_due:
            self._brace_due = False
            if line.startswith("{"):
                return
            self._refuse("a name without a value wants a { on the next line")
            self._leave()
        if not line or line[0] in "#;":
            return
        if line.split(maxsplit=1)[0] in ("include", "includedir", "module"):
            self._directive(line, indented=raw[0].isspace())
        elif line.startswith("["):
            self._section(line)
        elif line.startswith("}"):
            self._close(line[1:])
        elif self._path:
            self._relation(line)
        else:
            self._note("a setting before the first [section] is passed over")

    def end(self) -> None:
        """Behind the last line."""
        if len(self._path) > 1:
            self._note("a { is never closed")

    def _refuse(self, what: str) -> None:
        """Note what is no krb5.conf."""
        if len(self.notes) < _MAXIMUM_NOTES:
            self._note(what)
            self.damage.append(self.notes[-1])

    def _note(self, what: str) -> None:
        if len(self.notes) < _MAXIMUM_NOTES:
            self.notes.append(f"line {self._last}: {what}")

    def _directive(self, line: str, *, indented: bool) -> None:
        word, *named = line.split(maxsplit=1)
        if indented:  # MIT takes it for a setting without a value
            self._refuse(f"{line[:100]!r} does not begin its line")
        elif word == "module" or self._include is None or not named:
            self._note(f"{line[:100]!r} is not followed")
        else:
            self._include(word, named[0])

    def _section(self, line: str) -> None:
        if len(self._path) > 1:
            self._refuse("a [section] within braces")
        name, _, rest = line[1:].partition("]")
        self._path = ()
        self._enter(name.strip(), final=rest.startswith("*"))

    def _enter(self, name: str, *, final: bool) -> None:
        """Into a section or a pair of braces, which is passed over where an earlier one was final."""
        self._path = (*self._path, name)
        if not self._discarded or len(self._path) == 1:
            self._discarded = len(self._path) if self._reader.is_final(self._path) else 0
        if not self._discarded:
            self._reader.add_section(self._path)
            if final:
                self._reader.make_final(self._path)

    def _close(self, rest: str) -> None:
        if len(self._path) < 2:
            self._refuse("a } closes nothing")
            return
        if rest.startswith("*") and not self._discarded:
            self._reader.make_final(self._path)
        self._leave()

    def _leave(self) -> None:
        self._path = self._path[:-1]
        if len(self._path) < self._discarded:
            self._discarded = 0

    def _relation(self, line: str) -> None:
        tag, equals, value = (part.strip() for part in line.partition("="))
        name = tag.removesuffix("*")
        if not equals or not name:
            self._refuse("neither a section, a setting nor a brace")
        elif not value or value.startswith("{"):
            self._enter(name, final=name != tag)
            self._brace_due = not value
            self._one_line(value[1:].strip())
        else:
            self._setting(name, _unquoted(value), final=name != tag)

    def _one_line(self, rest: str) -> None:
        """``REALM = { kdc = host }`` on one line: MIT refuses it, Heimdal's users write it."""
        if not rest:
            return
        body, brace, behind = rest.partition("}")
        name, equals, value = (part.strip() for part in body.partition("="))
        if equals and name:
            self._setting(name, _unquoted(value), final=False)
        if brace:
            self._close(behind)

    def _setting(self, name: str, value: str, *, final: bool) -> None:
        path = (*self._path, name)
        if self._discarded or self._reader.is_final(path):
            return
        try:
            self._reader.add_setting(path, value)
        except EndpointError:
            # Among them https:// URLs of a KDC proxy (MS-KKDCP), which cannot be measured from here.
            self._note(f"kdc {value[:100]!r} is no HOST:PORT and is passed over")
        if final:
            self._reader.make_final(path)


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        return value[1:].partition('"')[0]
    return re.split(r"[ \t]#", value, maxsplit=1)[0].rstrip()


def _boolean(value: str | None) -> bool | None:
    lowered = (value or "").lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else None


def _seconds(value: str | None) -> int | None:
    """``300``, ``5m`` or ``300s``: of MIT's forms of a duration the one that is ours as well; None for another."""
    text = (value or "").strip().lower()
    return int(parse_duration(text)) if re.fullmatch("[0-9]{1,7}[smh]?", text) else None
