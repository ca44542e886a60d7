"""Lines of text out of what was pasted or piped; None for what is no text. PURE."""

import re
from collections.abc import Iterable, Iterator

from probe.dissect.paste.signs import HEAD, begins
from probe.dissect.paste.values import Line

_COLOURS = re.compile(rb"\x1b\[[0-9;?]*[ -/]*[@-~]")
"""Control sequences of a terminal, ECMA-48 section 5.4: what `script` and `less -R` leave in a text."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_TEXT_PER_CONTROL = 100
"""A terminal's recording has a bell or a backspace now and then; octets that are no text have far more."""
_BYTE_ORDER = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_PEM_BEGIN = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}(?:CERTIFICATE|KEY|REQUEST|CRL|PARAMETERS|SESSION)[A-Z0-9 ]{0,40}-----"
)
_PEM_END = re.compile(r"-----END ")
_LOOKED_AT = 64
_INVISIBLE = str.maketrans({"\u00a0": " ", "\u200b": None, "\u2060": None, "\ufeff": None, "\u00ad": None})
_ESCAPES = (
    # Of mail (RFC 2045 section 6.7), of URLs (RFC 3986 section 2.1), of JSON (RFC 8259 section 7) and of HTML.
    (re.compile(r"=3D"), "="),
    (re.compile(r"(?<=\b334)=20|(?<=\b235)=20"), " "),
    (re.compile(r"%2B", re.IGNORECASE), "+"),
    (re.compile(r"%2F", re.IGNORECASE), "/"),
    (re.compile(r"%3D", re.IGNORECASE), "="),
    (re.compile(r"\\u002b", re.IGNORECASE), "+"),
    (re.compile(r"\\u003d", re.IGNORECASE), "="),
    (re.compile(r"(?<=[A-Za-z0-9+/])\\/(?=[A-Za-z0-9+/=])"), "/"),
    (re.compile(r"&lt;"), "<"),
    (re.compile(r"&gt;"), ">"),
    (re.compile(r"&#43;"), "+"),
    (re.compile(r"&#61;"), "="),
    (re.compile(r"</?(?:pre|code|tt|samp|p)>", re.IGNORECASE), ""),
    (re.compile(r"<br ?/?>", re.IGNORECASE), r"\\n"),
)


def as_text(data: bytes) -> str | None:
    """The text that octets are; None when they are none."""
    encoding = _BYTE_ORDER.get(data[:2]) or _wide(data)
    if encoding:
        return data.decode(encoding, "replace").translate(_INVISIBLE)
    data = _COLOURS.sub(b"", data)
    controls = len(_CONTROL.findall(data))
    if controls and (begins(data[:HEAD]) or controls > max(len(data) // _TEXT_PER_CONTROL, 1)):
        return None
    try:
        return _CONTROL.sub(b"", data).decode("utf-8-sig").translate(_INVISIBLE)
    except UnicodeDecodeError:
        return None if controls else data.decode("cp1252", "replace").translate(_INVISIBLE)


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: every other octet is zero and what is between them prints."""
    head = data[:_LOOKED_AT]
    for encoding, zeros, letters in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        printable = re.fullmatch(rb"[\t\r\n\x20-\x7e]+", head[letters::2])
        if len(head) >= 8 and len(head) % 2 == 0 and not any(head[zeros::2]) and printable:
            return encoding
    return ""


def lines_of(text: str) -> list[Line]:
    """The lines that are not empty, with escapes undone and their numbers."""
    for pattern, plain in _ESCAPES:
        text = pattern.sub(plain, text)
    numbered = enumerate(re.split(r"\r\n|\r|\n", text), 1)
    return list(_outside_pem(Line(number=number, text=line) for number, line in numbered if line.strip()))


def _outside_pem(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines without certificates and keys, which openssl s_client shows and which are base64, too."""
    inside = False
    for line in lines:
        inside = inside or _PEM_BEGIN.search(line.text) is not None
        if not inside:
            yield line
        inside = inside and _PEM_END.search(line.text) is None
