"""What becomes of octets on their way, and of a port: values that listeners carry out (PURE).

A fault returns one of these; so none needs a special case in a server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Octets on their way, perhaps late; ``then_close`` ends the connection behind them."""

    data: bytes
    delay_s: float = 0.0
    then_close: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """The connection is torn down (TCP RST); over UDP nothing is sent."""

    delay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Nothing is sent and nothing is closed."""


Action = Send | Reset | Silence

Direction = Literal["to", "from"]
"""Towards the server, or from it."""
Judge = Callable[[Direction, int, Send], Action]
"""What becomes of a piece; the number is of the octets that went before on the connection, both ways."""
NewConnection = Callable[[Literal["udp", "tcp"]], Judge]
"""The judge of the next connection, or of the next datagram and the answer to it."""


class Listen(StrEnum):
    """What a port does with those who knock."""

    SERVE = "serve"
    REFUSE = "refuse"
    DROP = "drop"
