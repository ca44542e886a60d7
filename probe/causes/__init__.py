"""The catalogue of causes: one TOML file each, named by its code (PURE, but for its own package data).

A cause is what an administrator has to be told: what is wrong, on whose side, and what to do about it. Checks name
causes and never words; so two checks that find the same cause give the same advice, and advice can be mended by
somebody who reads no Python. ``rank`` is the cause's place in the chain of events of a delivery: of two findings that
weigh the same the earlier one wins, because an early fault hides later ones.

A file has ``title``, ``side``, ``rank``, ``explanation``, ``next_measurements``, ``references`` and any
number of ``[[remedy]]`` tables with ``do``, ``command``, ``where``, ``risk``; commands are Windows', and ``posix``
is the one of a host that is none. Texts may hold placeholders such as ``{spn}``. A remedy's ``unless`` names what
makes it needless: it is left out where a finding's names have it. Names come from the network, and one that does not
look like a name is never put into a command.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

POSIX = "posix"
"""The value of the name ``platform`` for a host that runs no Windows."""
SIDES = ("sender", "receiver", "connector", "directory", "network", "none", "unknown")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_HARMLESS = re.compile(
    # A name, an SPN, HOST:PORT; "$" only where an account's name ends.
    r"[A-Za-z0-9\[_](?:[A-Za-z0-9._:/@\[\]-]|\$(?=@|\Z)){0,254}"
    # A length of time, as probe.trace.wording writes it.
    r"|[+-]?[0-9.]{1,12} ?(?:[a-z]{1,5})(?: [0-9]{1,4} [a-z]{1,5})?"
)
"""What may be put into a command that somebody will paste: no quotes, no shell's or PowerShell's signs.

Names come from the network; an EHLO reply of ``x & del ...`` must not become part of a remedy."""


class UnknownCauseError(KeyError):
    """No file of this code."""

    def __str__(self) -> str:
        return f"no cause has the code {self.args[0]!r}"


class CauseFileError(ValueError):
    """A cause's file that does not follow the rules; names the file and the key."""

    def __init__(self, code: str, key: str, due: str) -> None:
        super().__init__(code, key, due)
        self.code, self.key, self.due = code, key, due

    def __str__(self) -> str:
        return f"{self.code}.toml: {self.key}: {self.due} is due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to do, the exact command if there is one, where to run it, and what can go wrong."""

    do: str
    command: str = ""
    where: str = ""
    risk: str = ""
    posix: str = ""
    """The command for this host, where this host runs no Windows."""
    unless: str = ""
    """A key of a finding's names that makes this remedy needless."""

    @property
    def harmless(self) -> bool:
        """Whether it can do no harm: a report need not warn of it."""
        return not self.risk or self.risk.startswith("None")

    def filled(self, names: Mapping[str, str]) -> "Remedy":
        """The remedy with its placeholders filled."""
        return Remedy(
            do=fill(self.do, names),
            command=fill((names.get("platform") == POSIX and self.posix) or self.command, names),
            where=fill(self.where, names),
            risk=fill(self.risk, names),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause. ``rank`` is its place in the chain of events, low is early; it orders equals only."""

    code: str
    title: str
    side: str
    rank: int
    explanation: str
    remedies: tuple[Remedy, ...] = ()
    next_measurements: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


def fill(text: str, names: Mapping[str, str]) -> str:
    """``text`` with ``{name}`` replaced; a name that is unknown or unsafe in a command becomes ``<NAME>``."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        known = names.get(name, "")
        return known if _HARMLESS.fullmatch(known) else f"<{name.upper()}>"

    return _PLACEHOLDER.sub(value, text)


@cache
def codes() -> tuple[str, ...]:
    """The codes of all causes, sorted."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load(code: str) -> Cause:
    """The cause of this code. Raises UnknownCauseError, CauseFileError."""
    if code not in codes():
        raise UnknownCauseError(code)
    return parse(code, files(__name__).joinpath(f"{code}.toml").read_text(encoding="utf-8"))


def all_causes() -> tuple[Cause, ...]:
    """Every cause, by its place in the chain of events."""
    return tuple(sorted((load(code) for code in codes()), key=lambda cause: (cause.rank, cause.code)))


def parse(code: str, text: str) -> Cause:
    """A cause from the text of its file. Raises CauseFileError."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CauseFileError(code, str(error), "TOML") from None
    remedies = table.pop("remedy", [])
    if not isinstance(remedies, list):
        raise CauseFileError(code, "remedy", "an array of tables")
    rank = table.pop("rank", None)
    if type(rank) is not int:
        raise CauseFileError(code, "rank", "a whole number")
    measurements = _texts(code, "next_measurements", table.pop("next_measurements", []))
    references = _texts(code, "references", table.pop("references", []))
    known = _strings(code, table, required=("title", "side", "explanation"))
    if known["side"] not in SIDES:
        raise CauseFileError(code, "side", " or ".join(SIDES))
    return Cause(
        code=code,
        title=known["title"],
        side=known["side"],
        rank=rank,
        explanation=known["explanation"],
        remedies=tuple(_remedy(code, number, item) for number, item in enumerate(remedies)),
        next_measurements=measurements,
        references=references,
    )


def _remedy(code: str, number: int, table: Any) -> Remedy:
    place = f"remedy[{number}]."
    if not isinstance(table, dict):
        raise CauseFileError(code, place.rstrip("."), "a table")
    return Remedy(
        **_strings(
            code,
            table,
            required=("do",),
            allowed=("command", "where", "risk", "posix", "unless"),
            place=place,
        )
    )


def _strings(
    code: str,
    table: Mapping[str, object],
    *,
    required: tuple[str, ...],
    allowed: tuple[str, ...] = (),
    place: str = "",
) -> dict[str, str]:
    for key in table:
        if key not in (*required, *allowed):
            raise CauseFileError(code, place + key, "one of " + ", ".join((*required, *allowed)))
    found: dict[str, str] = {}
    for key in (*required, *allowed):
        value = table.get(key, "")
        if not isinstance(value, str) or (key in required and not value.strip()):
            raise CauseFileError(code, place + key, "a text")
        found[key] = value.strip()
    return found


def _texts(code: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise CauseFileError(code, key, "a list of texts")
    return tuple(item.strip() for item in value)
