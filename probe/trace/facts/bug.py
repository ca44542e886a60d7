"""Our own failure (PURE)."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """What nobody foresaw, in our own code: the traceback without values."""

    KIND: ClassVar[str] = "bug"
    where: str
    error: str
    traceback: tuple[str, ...] = ()
