"""krb5.conf, as far as a diagnosis needs it (PURE: text in, values out).

Source: MIT's krb5.conf(5). Tolerant: what is not understood becomes a note with its line number, never an
exception, because the file belongs to somebody else's programs. Included files are not read; a note says so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from probe.durations import parse_duration
from probe.net.endpoint import EndpointError
from probe.tickets.client.transport import KdcEndpoint

_TRUE = frozenset({"y", "yes", "true", "t", "1", "on"})
_FALSE = frozenset({"n", "no", "false", "nil", "0", "off"})
_MAXIMUM_NOTES = 50

_Setting = tuple[tuple[str, ...], str, int]
"""Path of section and names (``("realms", "CONTOSO.LAB", "kdc")``), value, line number from 1."""


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


def parse(text: str) -> Krb5Config:
    """Read the text of a krb5.conf. Raises nothing; see ``notes`` for what was passed over."""
    reader = _Reader()
    realms: dict[str, list[KdcEndpoint]] = {}
    domains: dict[str, str] = {}
    settings: dict[str, str] = {}
    for path, value, line in reader.settings(text):
        match path:
            case ("libdefaults", name):
                settings.setdefault(name, value)  # MIT takes the first of several values
            case ("domain_realm", name):
                domains.setdefault(name.lower(), value)
            case ("realms", realm):
                realms.setdefault(realm, [])
            case ("realms", realm, "kdc"):
                reader.add_kdc(realms.setdefault(realm, []), value, line)
    return Krb5Config(
        default_realm=settings.get("default_realm") or None,
        realms=MappingProxyType({realm: tuple(kdcs) for realm, kdcs in realms.items()}),
        domain_realm=MappingProxyType(domains),
        dns_lookup_kdc=_boolean(settings.get("dns_lookup_kdc")),
        dns_lookup_realm=_boolean(settings.get("dns_lookup_realm")),
        clock_skew_s=_seconds(settings.get("clockskew")),
        libdefaults=MappingProxyType(settings),
        notes=tuple(reader.notes),
        damage=tuple(reader.damage),
    )


class _Reader:
    """Walks the lines and keeps the path of open sections and braces."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.damage: list[str] = []

    def refuse(self, line: int, what: str) -> None:
        """Note what is no krb5.conf."""
        if len(self.notes) < _MAXIMUM_NOTES:
            self.note(line, what)
            self.damage.append(self.notes[-1])

    def note(self, line: int, what: str) -> None:
        if len(self.notes) < _MAXIMUM_NOTES:
            self.notes.append(f"line {line}: {what}")

    def add_kdc(self, kdcs: list[KdcEndpoint], value: str, line: int) -> None:
        try:
            kdcs.append(KdcEndpoint.parse(value))
        except EndpointError:
            # Among them https:// URLs of a KDC proxy (MS-KKDCP), which cannot be measured from here.
            self.note(line, f"kdc {value[:100]!r} is no HOST:PORT and is passed over")

    def settings(self, text: str) -> Iterator[_Setting]:
        path: list[str] = []
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.strip().lstrip("\ufeff")
            if not line or line[0] in "#;":
                continue
            if line.split(maxsplit=1)[0] in ("include", "includedir", "module"):
                self._directive(line, number, indented=raw[0].isspace())
            elif line.startswith("["):
                path = [line[1:].partition("]")[0].strip()]
            elif line.startswith("}"):
                self._close(path, number)
            elif path:
                yield from self._relation(path, line, number)
            else:
                self.note(number, "a setting before the first [section] is passed over")
        if len(path) > 1:
            self.note(len(text.splitlines()), "a { is never closed")

    def _directive(self, line: str, number: int, *, indented: bool) -> None:
        if indented:  # MIT takes it for a setting without a value
            self.refuse(number, f"{line[:100]!r} does not begin its line")
        else:
            self.note(number, f"{line[:100]!r} is not followed")

    def _close(self, path: list[str], number: int) -> None:
        if len(path) > 1:
            path.pop()
        else:
            self.refuse(number, "a } closes nothing")

    def _relation(self, path: list[str], line: str, number: int) -> Iterator[_Setting]:
        name, equals, value = (part.strip() for part in line.partition("="))
        name = name.removesuffix("*")  # "final": later files may not add to it
        if not equals or not name:
            self.refuse(number, "neither a section, a setting nor a brace")
        elif value.startswith("{"):
            yield (*path, name), "", number
            path.append(name)
            yield from self._one_line(path, value[1:].strip(), number)
        else:
            yield (*path, name), _unquoted(value), number

    def _one_line(self, path: list[str], rest: str, number: int) -> Iterator[_Setting]:
        """``REALM = { kdc = host }`` on one line: MIT refuses it, Heimdal's users write it."""
        if not rest:
            return
        body, brace, _ = rest.partition("}")
        name, equals, value = (part.strip() for part in body.partition("="))
        if equals and name:
            yield (*path, name), _unquoted(value), number
        if brace:
            self._close(path, number)


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
