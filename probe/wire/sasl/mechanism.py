"""What a SASL mechanism is to a dialogue: challenges in, responses out, base64 at the edge (PURE).

RFC 4954 section 4 carries a mechanism over SMTP as lines of base64 behind 334; ``=`` is an empty initial response,
``*`` gives up. A mechanism answers each challenge with one of three values: `Respond`, `Cancel`, or `Work` where it
needs more time than an event loop should lose, so that the protocol stays free of IO and threads.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One leg: ``direction`` is ``sent`` or ``received``."""

    direction: str
    kind: str
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """Send this, in base64; empty for an empty line."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Send ``*`` (RFC 4954 section 4)."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something that blocks, such as the system's own security package: do it in a thread, and say what it gives."""

    do: Callable[[], Respond | Cancel]


Answer = Respond | Cancel | Work


class Mechanism(Protocol):
    """What a session needs of any mechanism to carry it."""

    @property
    def verb(self) -> str:
        """``X-EXPS`` or ``AUTH``."""

    @property
    def name(self) -> str:
        """The mechanism's name behind the verb."""

    def argument(self, *, initial_response: bool) -> str:
        """What stands behind the name, or nothing."""

    def respond(self, text: str) -> Answer:
        """What to say to ``334 text``."""


def decode_challenge(text: str) -> bytes | None:
    """The octets of a 334's base64; None for text that is no base64."""
    try:
        return b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None


def encode_response(data: bytes) -> str:
    """Base64 without line breaks, as RFC 4954 section 4 wants it."""
    return b64encode(data).decode("ascii")
