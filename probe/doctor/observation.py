"""What a doctor says: one observation after the other, each good, worth a look, or bad (PURE)."""

from dataclasses import dataclass
from enum import StrEnum

from probe.causes import Remedy


class Level(StrEnum):
    """How an observation stands to the work of Kerberos and SMTP on this host."""

    OK = "ok"
    NOTICE = "notice"
    """It works, and may not in another case or for long."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing that was looked at."""

    topic: str
    """One of TOPICS."""
    code: str
    """Stable, for scripts: ``config-damaged``, ``kdc-tcp`` ..."""
    level: Level
    says: str
    remedy: tuple[Remedy, ...] = ()
    cause: str = ""
    """The code of a cause that `exps explain` tells more about."""


TOPICS = {
    "configuration": "Kerberos configuration",
    "tickets": "Credential cache",
    "keytab": "Keytab",
    "clock": "Clock",
    "names": "Own name",
    "dns": "DNS",
    "kdcs": "Way to the KDCs",
    "installed": "Installed",
}
"""Topic -> its title, in the order in which they are shown."""


class Notes:
    """Collects the observations of one topic."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self.items: list[Observation] = []

    def ok(self, code: str, says: str) -> None:
        """Something that is as it should be, or is no matter."""
        self._add(Level.OK, code, says, (), "")

    def notice(self, code: str, says: str, *remedy: Remedy, cause: str = "") -> None:
        """Something worth a look."""
        self._add(Level.NOTICE, code, says, remedy, cause)

    def problem(self, code: str, says: str, *remedy: Remedy, cause: str = "") -> None:
        """Something that stands in the way."""
        self._add(Level.PROBLEM, code, says, remedy, cause)

    def _add(self, level: Level, code: str, says: str, remedy: tuple[Remedy, ...], cause: str) -> None:
        self.items.append(
            Observation(topic=self._topic, code=code, level=level, says=says, remedy=remedy, cause=cause)
        )


def do(what: str, command: str = "", where: str = "this host") -> Remedy:
    """One thing to do here."""
    return Remedy(do=what, command=command, where=where)


def listed(items: tuple[str, ...], most: int = 6) -> str:
    """``a, b, c and 4 more``."""
    shown = ", ".join(items[:most])
    return shown + (f" and {len(items) - most} more" if len(items) > most else "")
