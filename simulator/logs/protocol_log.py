"""Exchange's protocol logs, SmtpReceive's RECV*.LOG and SmtpSend's SEND*.LOG, out of ledger entries (PURE).

Source: published logs, PROTOCOL notes of the project, section 7. Times are the server's own clock in UTC. What
identifies somebody is withheld as Exchange withholds it: a challenge is ``334 <authentication response>``, what the
other side answers to one has no record.

A receiving server's entries are ``smtp-connect -in -out -close``, ``tls``, ``tarpit`` and ``auth``; a sending
server's are ``send-attempt -connect -in -out -tls -auth -close`` with the same details.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from simulator.ledger import Entry
from simulator.logs.protocol_log_tls import tls_records
from simulator.smtp.profiles import Profile

LINE_END = "\r\n"
FIELDS = (
    *("date-time", "connector-id", "session-id", "sequence-number", "local-endpoint", "remote-endpoint"),
    *("event", "data", "context"),
)
WITHHELD = "<authentication response>"
_LOG_ON_LINE = re.compile(r"(?P<shown>(?:AUTH|X-EXPS) \S+ (?:SHA256 )?)<\d+ octets>", re.IGNORECASE)
"""A verb with its token as the ledger has it, see `simulator.smtp.reader.masked`."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

SERVERS_PERMISSIONS = (
    "SMTPSubmit SMTPAcceptAnyRecipient SMTPAcceptAuthenticationFlag SMTPAcceptAnySender "
    "SMTPAcceptAuthoritativeDomainSender BypassAntiSpam BypassMessageSizeLimit SMTPAcceptEXCH50 "
    "AcceptRoutingHeaders AcceptForestHeaders AcceptOrganizationHeaders SMTPAcceptXShadow"
)
"""PermissionGroups ExchangeServers."""
USERS_PERMISSIONS = "SMTPSubmit SMTPAcceptAnyRecipient BypassAntiSpam AcceptRoutingHeaders"
"""PermissionGroups ExchangeUsers."""


class Direction(Enum):
    """Which of the two logs: the ledger's prefix, the title, the folder, and how its files begin."""

    RECEIVE = ("smtp", "SMTP Receive Protocol Log", "SmtpReceive", "RECV")
    SEND = ("send", "SMTP Send Protocol Log", "SmtpSend", "SEND")

    @property
    def prefix(self) -> str:
        """How the ledger's kinds begin."""
        return self.value[0]

    def path(self, now: float) -> tuple[str, str]:
        """Folder and file for a moment (UTC seconds since the epoch), e.g. ``RECV20261123-1.LOG``."""
        _, _, folder, begins = self.value
        return folder, f"{begins}{datetime.fromtimestamp(now, UTC):%Y%m%d}-1.LOG"

    def header(self, now: float, version: str) -> tuple[str, ...]:
        """The lines before the first record; ``version`` is e.g. ``15.0.0.0``."""
        return (
            "#Software: Microsoft Exchange Server",
            f"#Version: {version}",
            f"#Log-type: {self.value[1]}",
            f"#Date: {timestamp(now)}",
            f"#Fields: {','.join(FIELDS)}",
        )


@dataclass(slots=True, kw_only=True)
class _Session:
    connector: str
    number: str
    local: str
    remote: str
    records: int = 0


Record = tuple[str, str, str]
"""Event, data and context."""


class ProtocolLog:
    """One log. Remembers of each open session its endpoints and how many records it has."""

    def __init__(
        self,
        direction: Direction,
        *,
        profile_of: Callable[[str], Profile],
        clock_offset: Callable[[str], float],
    ) -> None:
        """``profile_of`` tells a connector's version, ``clock_offset`` how far a server's clock is ahead (s)."""
        self._direction = direction
        self._profile_of = profile_of
        self._clock_offset = clock_offset
        self._sessions: dict[tuple[str, str, str], _Session] = {}

    def lines(self, entry: Entry) -> tuple[str, ...]:
        """What an entry adds to the log, without line ends; nothing when it is none of this log's."""
        kind = self._kind(entry.kind)
        if kind is None:
            return ()
        detail = {key: "" if value is None else str(value) for key, value in entry.detail.items()}
        key = (entry.party, detail.get("connector", ""), detail.get("session", ""))
        if kind in ("attempt", "connect"):
            self._begin(key, detail)
        session = self._sessions.get(key)
        if session is None:
            return ()
        profile = self._profile_of(detail["connector"])
        moment = timestamp(entry.at + self._clock_offset(entry.party))
        found = [_line(moment, session, record) for record in self._records(kind, detail, profile)]
        if kind == "close":
            del self._sessions[key]
        return tuple(found)

    def _kind(self, kind: str) -> str | None:
        """The entry's kind without what says whose it is; None for somebody else's."""
        begins = f"{self._direction.prefix}-"
        if kind.startswith(begins):
            return kind.removeprefix(begins)
        shared = self._direction is Direction.RECEIVE and kind in ("tls", "auth", "tarpit")
        return kind if shared else None

    def _begin(self, key: tuple[str, str, str], detail: Mapping[str, str]) -> None:
        party, connector, number = key
        receiving = self._direction is Direction.RECEIVE
        begun = self._sessions.get(key)
        self._sessions[key] = _Session(
            connector=f"{party}\\{connector}" if receiving else connector,
            number=number,
            local=detail.get("local", ""),
            remote=detail.get("remote", ""),
            records=0 if begun is None else begun.records,
        )

    def _records(self, kind: str, detail: Mapping[str, str], profile: Profile) -> Iterator[Record]:
        receiving = self._direction is Direction.RECEIVE
        match kind:
            case "attempt":
                yield "*", "", "attempting to connect"
            case "connect":
                yield "+", "", ""
                if receiving:
                    yield "*", "None", "Set Session Permissions"
            case "in" | "out":
                event = "<" if kind == "in" else ">"
                commands = (kind == "in") is receiving
                texts = _command(detail) if commands else _reply(detail, profile)
                yield from ((event, text, "") for text in texts)
            case "tls":
                yield from tls_records(detail, receiving=receiving, names_cipher=profile.log_names_cipher)
            case "auth":
                yield from _log_on(detail)
            case "tarpit":
                yield (
                    "*",
                    f"Tarpit for '{_duration(float(detail['seconds']))}' due to '{detail['reply']}'",
                    "",
                )
            case "close":
                yield "-", "", "Local" if detail.get("by") == "local" else "Remote"


def timestamp(moment: float) -> str:
    """``2026-11-23T08:00:00.000Z``."""
    whole = datetime.fromtimestamp(moment, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{whole.microsecond // 1000:03}Z"


def _line(moment: str, session: _Session, record: Record) -> str:
    number, session.records = session.records, session.records + 1
    fields = (moment, session.connector, session.number, str(number), session.local, session.remote, *record)
    return ",".join(map(quoted, fields))


def quoted(field: str) -> str:
    """A field as Exchange writes it: quoted when it must be, a quote inside it doubled, and always one line."""
    text = _CONTROL.sub("?", field)
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def _command(detail: Mapping[str, str]) -> Iterator[str]:
    line = detail["line"]
    if detail.get("token") == "True":
        if line == "*":
            yield line
        return
    secret = _LOG_ON_LINE.fullmatch(line)
    yield secret["shown"] if secret else line


def _reply(detail: Mapping[str, str], profile: Profile) -> Iterator[str]:
    lines = detail["line"].split("\r\n")
    if lines[0].startswith(("235 ", "334 ")):
        yield f"{lines[0][:3]} {WITHHELD}"
    elif profile.reply_is_one_record and len(lines) > 1:
        yield f"{lines[0][:3]}  " + " ".join(line[4:] for line in lines)
    else:
        yield from lines


def _log_on(detail: Mapping[str, str]) -> Iterator[Record]:
    if detail["status"] != "OK":
        yield "*", "", detail["context"]
        yield "*", "", "User Name: NULL"
    elif detail["cancelled"] != "True":
        name, _, realm = detail["client"].partition("@")
        permissions = SERVERS_PERMISSIONS if name.endswith("$") else USERS_PERMISSIONS
        yield "*", permissions, "Set Session Permissions"
        yield "*", f"{realm.partition('.')[0].upper()}\\{name}", "authenticated"


def _duration(seconds: float) -> str:
    """A .NET TimeSpan as the log has it: ``0.00:00:05``, with a fraction when there is one."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    fraction = f".{round((seconds - whole) * 10_000_000):07}" if seconds > whole else ""
    return f"{hours // 24}.{hours % 24:02}:{minutes:02}:{whole % 60:02}{fraction}"
