"""Exchange's protocol log (SmtpReceive, SmtpSend): CSV of nine columns, `data` is what was said. PURE.

    #Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context

`event`: `>` sent and `<` received by the server that writes the log, `*` information, `+` and `-` connect and
disconnect. Whether that server is the SMTP server or the client, the kind of log tells (`#Log-type`), or the port of
`local-endpoint`. Copies from a spreadsheet have tabs or semicolons, and a form of its own has `Format-List`.
"""

import csv
import re
from dataclasses import dataclass

from probe.dissect.paste.values import CLIENT, SERVER

_COLUMNS = (
    "date-time",
    "connector-id",
    "session-id",
    "sequence-number",
    "local-endpoint",
    "remote-endpoint",
    "event",
    "data",
    "context",
)
_EVENTS = frozenset("><*+-")
_LONGEST = 131_072
"""Characters of one field that the csv module takes; base64 of a token has 87 384 at most."""
_SERVER_PORTS = frozenset(("25", "465", "587", "717", "2525"))
"""Ports on which receive connectors listen."""
_RECORD = re.compile(r"^\"?\d{4}-\d\d-\d\dT[\d:.]+Z?\"?([,;\t])")
_PART = re.compile(r"[,;\t]([<>*])[,;\t](.*)")
"""The end of a record whose beginning was not copied."""
_KINDS = {"receive": SERVER, "send": CLIENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one line of the log says was said."""

    session: str
    event: str
    data: str
    writer: str
    """Which side the server is that writes the log: `client`, `server`, or "" when that is not known."""


class Columns:
    """The columns of the log as its header gives them, and its kind."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = _COLUMNS
        self.writer = ""

    def header(self, line: str) -> bool:
        """Take a line of the header; False when it is none."""
        key, colon, value = line.lstrip('#\ufeff "').partition(":")
        if not line.lstrip().startswith("#") or not colon:
            return False
        if key.lower() == "fields":
            self.names = tuple(name.strip().lower() for name in re.split(r"[,;\t]", value))
        if key.lower() == "log-type":
            words = value.lower().split()
            self.writer = next((side for kind, side in _KINDS.items() if kind in words), "")
        return True

    def record(self, line: str) -> Record | None:
        """The record that a line is, whole or cut; None when it is none."""
        matched = _RECORD.match(line)
        if matched is None:
            return self._part(line)
        fields = dict(zip(self.names, _fields(line, matched[1]), strict=False))
        event = fields.get("event", "").strip()
        if event not in _EVENTS:
            return self._part(line)
        return Record(
            session=fields.get("session-id", ""),
            event=event,
            data=fields.get("data", "").strip(),
            writer=self.writer or _by_port(fields),
        )

    def _part(self, line: str) -> Record | None:
        matched = _PART.search(line)
        if matched is None:
            return None
        data = _fields(matched[2], line[matched.start()])[:1]
        return Record(session="", event=matched[1], data=data[0] if data else "", writer=self.writer)


def _fields(line: str, delimiter: str) -> list[str]:
    if len(line) <= _LONGEST:
        try:
            return next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            pass
    return line.split(delimiter)


def _by_port(fields: dict[str, str]) -> str:
    local = fields.get("local-endpoint", "").rpartition(":")[2]
    remote = fields.get("remote-endpoint", "").rpartition(":")[2]
    if (local in _SERVER_PORTS) == (remote in _SERVER_PORTS):
        return ""
    return SERVER if local in _SERVER_PORTS else CLIENT
