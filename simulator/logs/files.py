"""The files that a running lab writes its ledger to: entries as they are, and as Exchange would have logged them.

What an entry adds is in the files before the next thing happens: readers may follow them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from simulator.ledger import Entry
from simulator.logs.event_xml import event_xml
from simulator.logs.protocol_log import LINE_END, Direction, ProtocolLog
from simulator.logs.windows_events import windows_event
from simulator.smtp.profiles import PROFILES, Profile

_XML_END = b"</Events>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """What the logs have to know about the lab's servers."""

    profiles: Mapping[str, Profile]
    """Of each connector by its name."""
    clock_offset: Callable[[str], float]
    """How far a server's clock is ahead of true time, in seconds."""
    fqdn: Callable[[str], str]

    def profile(self, connector: str) -> Profile:
        """A connector's version; 2019's for one that is not in the scenario."""
        return self.profiles.get(connector, PROFILES["2019"])

    @property
    def log_version(self) -> str:
        """``#Version`` of the logs: the first connector's."""
        return next(iter(self.profiles.values()), PROFILES["2019"]).log_version


class ProtocolLogFile:
    """A RECV or SEND file. There is one of a kind in a lab, from its start on; it does not roll over at midnight."""

    def __init__(self, folder: Path, direction: Direction, servers: Servers, now: float) -> None:
        """Opens nothing yet."""
        self.path = folder.joinpath(*direction.path(now))
        self._log = ProtocolLog(direction, profile_of=servers.profile, clock_offset=servers.clock_offset)
        self._header = direction.header(now, servers.log_version)
        self._file: IO[str] | None = None

    def open(self) -> None:
        """Create the file with its header. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("w", encoding="utf-8", newline="", buffering=1)
        self._write(self._header)

    def write(self, entry: Entry) -> None:
        """Write an entry's records; the first one creates the file."""
        lines = self._log.lines(entry)
        if lines and self._file is None:
            self.open()
        self._write(lines)

    def _write(self, lines: tuple[str, ...]) -> None:
        if self._file is not None and lines:
            self._file.write("".join(line + LINE_END for line in lines))
            self._file.flush()

    def close(self) -> None:
        """Close it, if it is open."""
        if self._file is not None:
            self._file.close()


class WindowsEventFiles:
    """The application logs of all servers: a JSON object a line, and one XML document that is always complete."""

    def __init__(self, json_lines: Path, xml: Path, servers: Servers) -> None:
        """Raises OSError."""
        self._servers = servers
        self._records: dict[str, int] = {}
        self._json = json_lines.open("w", encoding="utf-8", buffering=1)
        self._xml = xml.open("wb", buffering=0)
        self._xml.write(b"<Events>\n" + _XML_END)

    def write(self, entry: Entry) -> None:
        """Write an entry that is an event."""
        if entry.kind != "event":
            return
        party = entry.party
        self._records[party] = record = self._records.get(party, 0) + 1
        event = windows_event(
            entry,
            record=record,
            computer=self._servers.fqdn(party),
            clock_offset=self._servers.clock_offset(party),
        )
        self._json.write(json.dumps(event.to_json(), ensure_ascii=False) + "\n")
        # Over the end tag, and it comes again, in one write: a reader never sees half a document.
        self._xml.seek(-len(_XML_END), 2)
        self._xml.write(event_xml(event).encode() + b"\n" + _XML_END)

    def close(self) -> None:
        """Close both."""
        self._json.close()
        self._xml.close()


class LabLogs:
    """All of a lab's logs. Raises OSError when one cannot be created."""

    def __init__(self, folder: Path, servers: Servers, *, now: float) -> None:
        """``now`` is the lab's start, UTC seconds since the epoch."""
        self.entries = folder / "events.jsonl"
        self.windows_events = folder / "windows-events.jsonl"
        self.windows_events_xml = folder / "windows-events.xml"
        self._servers = servers
        self.receive = ProtocolLogFile(folder, Direction.RECEIVE, servers, now)
        self.send = ProtocolLogFile(folder, Direction.SEND, servers, now)
        self._entries: IO[str] | None = None
        self._events: WindowsEventFiles | None = None

    def open(self) -> None:
        """Create what is there from the start: all but the SEND file."""
        self._entries = self.entries.open("w", encoding="utf-8", buffering=1)
        self._events = WindowsEventFiles(self.windows_events, self.windows_events_xml, self._servers)
        self.receive.open()

    def write(self, entry: Entry) -> None:
        """Write an entry to every file that it belongs to; after `close` to none."""
        if self._entries is None or self._events is None or self._entries.closed:
            return  # a connection that ends after the lab
        self._entries.write(json.dumps(entry.to_json(), ensure_ascii=False) + "\n")
        self._events.write(entry)
        self.receive.write(entry)
        self.send.write(entry)

    def close(self) -> None:
        """Close what is open."""
        for log in (self._entries, self._events, self.receive, self.send):
            if log is not None:
                log.close()
