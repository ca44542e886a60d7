"""Delivered mail in a Maildir: one file a message, complete from the moment that it is seen."""

import itertools
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from simulator.smtp.mail import Mail


class Maildir:
    """A Maildir (https://cr.yp.to/proto/maildir.html). Nothing is created before the first message."""

    def __init__(self, path: Path, *, host: str) -> None:
        self.path = path
        self._host = host
        self._numbers = itertools.count(1)

    def deliver(self, content: bytes, *, now: float) -> Path:
        """Write a message to ``new``; ``now`` is the server's clock (UTC seconds). Raises OSError."""
        for folder in ("tmp", "new", "cur"):
            (self.path / folder).mkdir(parents=True, exist_ok=True)
        # Numbered, because two messages may come in one second. No colon: Windows has none in a name.
        name = f"{int(now)}.{next(self._numbers)}.{self._host}"
        while (self.path / "new" / name).exists():
            name = f"{int(now)}.{next(self._numbers)}.{self._host}"
        unfinished, finished = self.path / "tmp" / name, self.path / "new" / name
        unfinished.write_bytes(content)
        unfinished.rename(finished)
        return finished


def traced(mail: Mail, *, fqdn: str, number: int, now: float) -> bytes:
    """The content with the header fields that every server adds (RFC 5321 section 4.4), and nothing else changed."""
    field = (
        f"Received: from {mail.client_name} ({mail.client_address}) by {fqdn}\r\n"
        f" with ESMTP id {number}; {format_datetime(datetime.fromtimestamp(now, UTC))}\r\n"
    )
    return field.encode() + mail.content
