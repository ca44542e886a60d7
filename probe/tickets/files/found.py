"""A file's contents or why there are none, as whoever reads files says it (PURE)."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``error`` is the system's words, except where the file is ``missing``."""

    data: bytes = b""
    """Of a file that is too long, its beginning, beside the error."""
    error: str = ""
    missing: bool = False
    denied: bool = False
    folder: bool = False


ReadFile = Callable[[str], Found]
ListFolder = Callable[[str], tuple[str, ...] | str]
"""The names in a folder, or why they cannot be listed."""
