"""What a text is known by (PURE)."""

from typing import NamedTuple


class Phrase(NamedTuple):
    """Words that mean something by themselves. The likeliest cause comes first."""

    text: str
    """What a line must hold, in small letters; ` ... ` stands for what differs from case to case."""
    meaning: str
    causes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    alone: bool = False
    """Counts only as a sentence or reply of its own: the words are common ones."""
    pattern: str = ""
    """Where words are not enough: a regular expression for folded lines; ``text`` is then its name."""
    first: bool = False
    """Says whose words these are, so that it stands before the codes within them."""


class Saying(NamedTuple):
    """Words that a program writes in place of a code."""

    text: str
    of: str
    """`win32`, `sspi`, `krb` or `smtp`."""
    code: str | int
    alone: bool = False
