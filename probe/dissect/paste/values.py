"""What is found in a paste, and the limits of finding. PURE."""

from dataclasses import dataclass, field

CLIENT, SERVER = "client", "server"

MAXIMUM_TOKENS = 32
"""Tokens of one input: a whole dialogue has six at most."""
MAXIMUM_LINES = 50_000
"""Lines of one input; every line is held against some dozens of patterns."""
LEAST_TEXT = 8
"""Characters: anything shorter is no token, but a word."""
NOTHING = "neither base64 nor hex nor a line of SMTP with a token"


class PasteError(ValueError):
    """Nothing in the input can be a token; the text says what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """One token: what stood before it on its line, itself as octets or as a blob's text, and what was odd."""

    head: str
    """The verb or reply code that it belongs to, such as `334` or `X-EXPS GSSAPI`; "" when there is none."""
    octets: bytes = field(default=b"", repr=False)
    blob: str = field(default="", repr=False)
    form: str
    note: str = ""
    cut: str = ""
    """`152 of 605 octets are missing`; "" for a whole token, and for one that does not say how long it is to be."""
    line: int = 0
    """The line on which it begins, from 1; 0 when the input is one line or no text."""
    sender: str = ""
    """`client`, `server`, or "" when the form does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text and its number, from 1."""

    number: int
    text: str
