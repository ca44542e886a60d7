r"""Octets written without offsets: C arrays, escaped strings, `4E-54-4C`, plain hex, decimals. PURE.

0x60, 0x82, ...   (byte[])(0x4E,0x54)        C, C#, Java, PowerShell; Wireshark's "as a C array"
"\x60\x82..."     b'NTLMSSP\x00\x01'         C, Python, printf; Wireshark's "as an escaped string"
4E-54-4C          60:82:..     60 82 ..      [BitConverter]::ToString, openssl, Wireshark's "hex stream", xxd -p
78 84 76 77, -95                             what PowerShell prints for a byte[]; Java's signed bytes
"""

import re
from collections.abc import Callable, Iterator
from itertools import takewhile

from probe.dissect.paste.dumps import Dump
from probe.dissect.paste.signs import begins, due, nested, speaks
from probe.dissect.paste.values import Line

_COMMENT = re.compile(r"/\*[^*]{0,400}(?:\*(?!/)[^*]{0,400}){0,40}\*/|//.*")
_ITEM = re.compile(r"(?:\b0[xX]|&[hH])([0-9A-Fa-f]{1,2})(?![0-9A-Fa-fxX])")
_BEGINS_WITH_ITEM = re.compile(r"(?:^|[={(\[,])[\s>|]*(?:\(byte\)\s*)?(?:0[xX]|&[hH])")
_MANY = 4
_LITERAL = re.compile(r"\"((?:[^\"\\]|\\.)*)\"?|'((?:[^'\\]|\\.)*)'?")
_HEX_ESCAPE = re.compile(r"\\(?:x\{?[0-9A-Fa-f]{2}|u00[0-9A-Fa-f]{2}|[0-3][0-7]{2})")
_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2}|\{[0-9A-Fa-f]{1,2}\})|u00([0-9A-Fa-f]{2})|([0-7]{1,3})|(.))", re.DOTALL
)
_LETTERS = {"n": 10, "r": 13, "t": 9, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27, "0": 0}
_HEX_LINE = re.compile(r"[>|\s]*(?:0[xX])?[0-9A-Fa-f\s:,\-]+[\\,;.]*")
_LABELLED = re.compile(r"(?:^|(?<=[\s\"'=:({\[<,]))(?:0[xX])?((?:[0-9A-Fa-f]{2}[ :,\-]?){12,}[0-9A-Fa-f]?)")
_DECIMAL_LINE = re.compile(
    r"[>|\s]{0,40}(?:[\w$\[\] ]{0,40}=\s*)?(?:\[byte\[\]\]\s*)?"
    r"[\s@({\[]*-?[0-9]{1,3}(?:[\s,;]+-?[0-9]{1,3})*[\s,;]*[)}\]]*[\s;]*"
)
_NUMBER = re.compile(r"-?[0-9]{1,3}")
_LEAST_ITEMS = 8
_LEAST_DECIMALS = 12

Reader = Callable[[str], bytes | None]


def arrays(lines: list[Line]) -> Iterator[Dump]:
    """The octets written among the lines that begin like a token, kind after kind."""
    left = lines
    for reader in (_c_items, _escaped, _plain, _decimals):
        found = list(reader(left))
        yield from found
        taken = {number for dump in found for number in dump.lines}
        left = [line for line in left if line.number not in taken]


def _runs(lines: list[Line], fits: Callable[[str], bool]) -> Iterator[list[Line]]:
    """Neighbouring lines that all fit."""
    run: list[Line] = []
    for line in lines:
        if fits(line.text):
            run.append(line)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _made(run: list[Line], form: str, octets: bytes, note: str = "") -> Iterator[Dump]:
    if begins(octets) or speaks(octets):
        numbers = frozenset(line.number for line in run)
        yield Dump(octets=octets, line=run[0].number, lines=numbers, form=form, note=note)


# --- 0x60, 0x82 --------------------------------------------------------------------------------------


def _items(text: str) -> list[str]:
    """The octets of a line that is one of an array, not of one that says `0x02` somewhere."""
    text = _COMMENT.sub(" ", text)
    found = _ITEM.findall(text)
    return found if len(found) >= _MANY or _BEGINS_WITH_ITEM.search(text) else []


def _octets_of(items: list[str]) -> bytes:
    return bytes(int(item, 16) for item in items)


def _c_items(lines: list[Line]) -> Iterator[Dump]:
    for run in _runs(lines, lambda text: bool(_items(text))):
        for part in _split(run, lambda text: _octets_of(_items(text))):
            octets = b"".join(_octets_of(_items(line.text)) for line in part)
            if len(octets) >= _LEAST_ITEMS:
                yield from _made(part, "an array", octets)


# --- "\x60\x82" --------------------------------------------------------------------------------------


def _literal(text: str) -> str:
    """What stands in the quotes of a line; the line, when it has escapes and no quotes."""
    found = "".join(double or single for double, single in _LITERAL.findall(text))
    if found:
        return found
    return text.strip() if _HEX_ESCAPE.match(text.strip()) else ""


def _escaped(lines: list[Line]) -> Iterator[Dump]:
    for run in _runs(lines, lambda text: bool(_literal(text))):
        for part in _split(run, lambda text: _unescaped(_literal(text))):
            if any(_HEX_ESCAPE.search(line.text) for line in part):
                octets = _unescaped("".join(_literal(line.text) for line in part))
                yield from _made(part, "an escaped string", octets)


def _unescaped(text: str) -> bytes:
    made = bytearray()
    at = 0
    for matched in _ESCAPE.finditer(text):
        made += text[at : matched.start()].encode("latin-1", "replace")
        short, long, octal, letter = matched.groups()
        hexadecimal = (short or long or "").strip("{}")
        if hexadecimal or octal:
            made.append(int(hexadecimal or octal, 16 if hexadecimal else 8) & 0xFF)
        else:
            made += bytes((_LETTERS[letter],)) if letter in _LETTERS else letter.encode("latin-1", "replace")
        at = matched.end()
    return bytes(made + text[at:].encode("latin-1", "replace"))


def _split(run: list[Line], octets: Callable[[str], bytes]) -> Iterator[list[Line]]:
    """The run, cut before each line that begins like a token, unless that lies within the one before."""
    part: list[Line] = []
    outer: int | None = None
    size = 0
    for line in run:
        here = octets(line.text)
        if begins(here) and not (part and nested(outer, size, here)):
            if part:
                yield part
            part, outer, size = [], due(here), 0
        part.append(line)
        size += len(here)
    if part:
        yield part


# --- 4E-54-4C ----------------------------------------------------------------------------------------


def _digits(text: str) -> str:
    return re.sub(r"[^0-9A-Fa-f]", "", re.sub(r"^[>|\s]*0[xX]", "", text))


def _octets(digits: str) -> tuple[bytes, str]:
    note = "an odd count of hex digits: the last one is left out" if len(digits) % 2 else ""
    return bytes.fromhex(digits[: len(digits) // 2 * 2]), note


def _hex_line(text: str) -> bool:
    return _HEX_LINE.fullmatch(text.strip()) is not None


def _hex_begins(text: str) -> bool:
    return begins(_octets(_digits(text[:512]))[0])


def _plain(lines: list[Line]) -> Iterator[Dump]:
    """Lines of hex digits, and what follows a label; one that is broken within an octet goes on."""
    at = 0
    while at < len(lines):
        whole = _hex_line(lines[at].text)
        label = "" if whole else _labelled(lines[at].text)
        run = lines[at : at + 1]
        if whole or (label and _open(label)):
            run += takewhile(lambda line: _hex_line(line.text), lines[at + 1 :])
        parts = list(_split(run, lambda text: _octets(_digits(text))[0]))
        if whole:
            for part in parts:
                yield from _made(part, "hex", *_octets(_digits(_text(part))))
        elif label:
            run = parts[0]
            yield from _made(run, "hex", *_octets(_digits(label) + _digits(_text(run[1:]))))
        at += len(run)


def _labelled(text: str) -> str:
    """The hex digits of a token that stands among other words; "" when there is none."""
    for matched in _LABELLED.finditer(text):
        behind = text[matched.end() : matched.end() + 1]
        if not (behind.isalnum() or behind in ("+", "/", "=")) and _hex_begins(matched[1]):
            return matched[1]
    return ""


def _open(digits: str) -> bool:
    """Whether a token in hex is not at its end yet."""
    octets = _octets(_digits(digits))[0]
    wanted = due(octets)
    return wanted is None or wanted > len(octets)


def _text(lines: list[Line]) -> str:
    return "".join(line.text for line in lines)


# --- 78, 84, 76 --------------------------------------------------------------------------------------


def _decimals(lines: list[Line]) -> Iterator[Dump]:
    for run in _runs(lines, lambda text: _DECIMAL_LINE.fullmatch(text[:4096]) is not None):
        numbers = [int(n) for line in run for n in _NUMBER.findall(line.text.rpartition("=")[2])]
        if len(numbers) >= _LEAST_DECIMALS and all(-128 <= number <= 255 for number in numbers):
            yield from _made(run, "decimal numbers", bytes(number & 0xFF for number in numbers))
