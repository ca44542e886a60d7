"""Text as files and pipes have it: UTF-8 or UTF-16 with or without its mark, Windows-1252; any line ends."""

from dataclasses import dataclass

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""Byte order marks. PowerShell's `>` writes UTF-16 with one, editors of Windows UTF-8 with one."""
_LOOKED_AT = 512
WINDOWS = "Windows-1252"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What octets say, and in which encoding they say it: `UTF-8`, `UTF-16` or `Windows-1252`."""

    text: str
    encoding: str


def decoded(data: bytes) -> Text:
    """The text that octets are. Raises ValueError, which quotes nothing of them.

    Windows-1252 is a guess: it is told apart from UTF-8 by what UTF-8 forbids, from other code pages by nothing.
    """
    codec = next((codec for mark, codec in _MARKS if data.startswith(mark)), "") or _unmarked(data)
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        if codec == "utf-8":
            return _windows(data)
        raise ValueError(f"neither UTF-8 text nor UTF-16 as its first octets say ({codec})") from None
    return Text(text=text, encoding="UTF-16" if codec.startswith("utf-16") else "UTF-8")


def _unmarked(data: bytes) -> str:
    """The codec of octets without a mark; every other octet of UTF-16 is zero where the letters are Latin."""
    head = data[:_LOOKED_AT]
    odd, even = head[1::2], head[::2]
    if odd and not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if even and not any(even) and all(odd) else "utf-8"


def _windows(data: bytes) -> Text:
    try:
        return Text(text=data.decode("cp1252"), encoding=WINDOWS)
    except UnicodeDecodeError:
        raise ValueError("neither UTF-8 text, nor UTF-16, nor Windows-1252") from None
