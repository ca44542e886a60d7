"""Events 1020, 1035 and 2017 as Windows keeps them in the application log (PURE)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from simulator.ledger import Entry

WARNING = 3
"""Level of all. The same events are published as Error too: readers should go by the id."""
_TASKS = {"SmtpReceive": 1, "SmtpSend": 2}
"""Categories' numbers. That they are these is not verified; their names are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowsEvent:
    """One event of an application log."""

    id: int
    record: int
    at: str
    """UTC by the server's own clock, to 100 ns: ``2026-11-23T08:00:00.0000000Z``."""
    computer: str
    provider: str
    task: str
    insertions: tuple[str, ...]
    """What the event's text has in its gaps, in order."""
    message: str

    @property
    def task_number(self) -> int:
        """The category's number."""
        return _TASKS.get(self.task, 0)

    def to_json(self) -> dict[str, object]:
        """As ``Get-WinEvent | ConvertTo-Json`` names things."""
        return {
            "TimeCreated": self.at,
            "Id": self.id,
            "RecordId": self.record,
            "LogName": "Application",
            "ProviderName": self.provider,
            "LevelDisplayName": "Warning",
            "TaskDisplayName": self.task,
            "MachineName": self.computer,
            "Properties": list(self.insertions),
            "Message": self.message,
        }


def windows_event(entry: Entry, *, record: int, computer: str, clock_offset: float) -> WindowsEvent:
    """The event of a ledger entry of kind ``event``; ``clock_offset`` is how far that server's clock is ahead (s)."""
    detail = {key: str(value) for key, value in entry.detail.items()}
    moment = datetime.fromtimestamp(entry.at + clock_offset, UTC)
    last = detail.get("target") or detail.get("address", "")
    insertions: tuple[str, ...] = (detail["error"], detail["connector"], detail["mechanism"], last)
    if "account" in detail:
        insertions = (detail["account"],)
    return WindowsEvent(
        id=int(detail["id"]),
        record=record,
        at=f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond * 10:07}Z",
        computer=computer,
        provider=detail["source"],
        task=detail["category"],
        insertions=insertions,
        message=detail["message"],
    )
