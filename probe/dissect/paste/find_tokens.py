"""What people paste into `exps decode`: tokens, dumps, transcripts, logs; `paste` has the theory. PURE."""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from itertools import islice, pairwise

from probe.dissect.exchangeauth import blob
from probe.dissect.gssapi import token
from probe.dissect.node import MAXIMUM_INPUT, TreeNode, Walk, condensed, count
from probe.dissect.paste.arrays import arrays
from probe.dissect.paste.dialogue import tokens
from probe.dissect.paste.dumps import Dump, dumps
from probe.dissect.paste.embedded import texts_within, tokens_within
from probe.dissect.paste.encoded import joined, read, read_base64
from probe.dissect.paste.numbering import without_numbers
from probe.dissect.paste.signs import begins, due, due_text, missing, speaks, undecided
from probe.dissect.paste.text import as_text, lines_of
from probe.dissect.paste.transcripts import spoken
from probe.dissect.paste.values import MAXIMUM_LINES, MAXIMUM_TOKENS, Line, Pasted, PasteError

__all__ = ["MAXIMUM_TOKENS", "PasteError", "Pasted", "described", "find_tokens", "tree"]

_SMTP = re.compile(r"(?:\S{0,3}\s+)?(?:[2-5]\d\d(?:[ -]|$)|(?:X-EXPS|AUTH|EHLO|HELO)(?:\s|$))", re.IGNORECASE)
_PRINTS = re.compile(rb"[\t\r\n\x20-\x7e]+")
_DIRECTIONS = (
    # curl --trace, openssl s_client -debug
    # Wireshark's "Follow" as C arrays
    ("> ", re.compile(r"\s*(?:[\d:.]+ )?(?:=> Send|write to) |.{0,40}\bpeer0_")),
    ("< ", re.compile(r"\s*(?:[\d:.]+ )?(?:<= Recv|read from) |.{0,40}\bpeer1_")),
)
_PASSWORD = re.compile(r"\b(?:AUTH\s+(?:LOGIN|PLAIN)|Authorization:\s*Basic)\b", re.IGNORECASE)


def find_tokens(data: bytes) -> tuple[Pasted, ...]:
    """The tokens in what was pasted, in order. Raises PasteError when there is none."""
    if len(data) > MAXIMUM_INPUT:
        raise PasteError(f"larger than {MAXIMUM_INPUT} octets")
    text = as_text(data)
    if text is None:
        data = _without_line_end(data)
        whole = Pasted(head="", octets=data, form="raw octets")
        return tuple(map(_told_cut, _limited(_in_octets(data, whole.form)) or (whole,)))
    if not text.strip():
        raise PasteError("empty: a token is due, as base64 or hex, or a line of SMTP that has one")
    lines = without_numbers(lines_of(text))
    if len(lines) > MAXIMUM_LINES:
        raise PasteError(f"more than {MAXIMUM_LINES} lines: paste those around the token")
    found = _limited(_in_lines(lines)) or _within(_alone(text, lines))
    if len(lines) == 1:
        found = tuple(replace(item, line=0) for item in found)
    return tuple(map(_told_cut, found))


def _within(item: Pasted) -> tuple[Pasted, ...]:
    """The tokens of the dialogue that an input in base64 is, else the item itself."""
    if not speaks(item.octets):
        return (item,)
    return _limited(_in_dialogue(lines_of(item.octets.decode("ascii")))) or (item,)


def _told_cut(item: Pasted) -> Pasted:
    """The token with how much of it is missing, when its own first octets say so."""
    lacks = max((due_text(item.blob) or 0) - len(item.blob), 0) if item.blob else missing(item.octets)
    here, unit = len(item.blob or item.octets), "characters" if item.blob else "octets"
    if lacks:
        cut = f"{lacks} of {here + lacks} {unit} are missing"
    elif undecided(item.octets) and due(item.octets) is None:
        cut = f"its {count(here)} do not reach to where it says how long it is"
    else:
        return item
    return replace(item, cut=cut)


def _without_line_end(octets: bytes) -> bytes:
    """Octets of a token without the line end that a shell or an editor put behind it."""
    size = due(octets)
    return octets[:size] if size is not None and octets[size:] in (b"\n", b"\r\n") else octets


def _limited(found: Iterator[Pasted]) -> tuple[Pasted, ...]:
    """At most MAXIMUM_TOKENS, by line; the last says so when there are more."""
    kept = tuple(islice(found, MAXIMUM_TOKENS + 1))
    if len(kept) <= MAXIMUM_TOKENS:
        return tuple(sorted(kept, key=lambda item: item.line))
    kept = tuple(sorted(kept[:MAXIMUM_TOKENS], key=lambda item: item.line))
    more = f"there are more tokens: no more than {MAXIMUM_TOKENS} are shown"
    return (*kept[:-1], replace(kept[-1], note="; ".join(filter(None, (kept[-1].note, more)))))


def _alone(text: str, lines: list[Line]) -> Pasted:
    """The input as one token of a kind that nothing is known of. Raises PasteError when it can be none."""
    if _PASSWORD.search(text):
        raise PasteError("no token: AUTH LOGIN, AUTH PLAIN and Basic carry a name and a password")
    if any(_SMTP.match(line.text) for line in lines):
        one = len(lines) == 1
        raise PasteError(
            f"no token: {'this line of SMTP carries none' if one else 'none of these lines carries one'}"
        )
    dump = next(dumps(lines), None)
    if dump is not None:
        return _of_dump(dump)
    return read("", joined(text))


def _in_lines(lines: list[Line]) -> Iterator[Pasted]:
    above = {line.number: before.text for before, line in pairwise(lines)}
    lines = yield from _taken(lines, _with_sides(lines, list(dumps(lines)), above))
    lines = yield from _taken(lines, ((dump, _direction(above.get(dump.line, ""))) for dump in arrays(lines)))
    yield from _in_dialogue(lines)


def _with_sides(lines: list[Line], found: list[Dump], above: dict[int, str]) -> Iterator[tuple[Dump, str]]:
    """Dumps with the marks of their sides: Wireshark's "Follow" sets the server's in by four blanks."""
    indented = {line.number for line in lines if line.text.startswith("    ")}
    followed = len({dump.line in indented for dump in found}) > 1
    for dump in found:
        side = "< " if dump.line in indented else "> "
        yield dump, side if followed else _direction(above.get(dump.line, ""))


def _taken(lines: list[Line], dumped: Iterable[tuple[Dump, str]]) -> Generator[Pasted, None, list[Line]]:
    """The tokens of dumps; returns the lines that are left, with the dialogue that a dump shows in its place."""
    instead: dict[int, list[Line]] = {}
    for dump, mark in dumped:
        said = _said(dump, mark)
        found = [] if said else list(_in_dump(dump))
        yield from found
        if said or found:
            instead |= {number: [] for number in dump.lines} | {dump.line: said}
    return [new for line in lines for new in instead.get(line.number, [line])]


def _direction(above: str) -> str:
    """The mark of the side that the line above a dump names; "" when it names none."""
    return next((mark for mark, pattern in _DIRECTIONS if pattern.match(above)), "")


def _said(dump: Dump, mark: str) -> list[Line]:
    """The lines of a dialogue that a dump shows, with the mark of their side; none when it shows none."""
    if not _PRINTS.fullmatch(dump.octets):
        return []
    return [Line(number=dump.line, text=mark + line.text) for line in lines_of(dump.octets.decode("ascii"))]


def _in_dump(dump: Dump) -> Iterator[Pasted]:
    if begins(dump.octets):
        yield _of_dump(dump)
        return
    for item in _in_octets(dump.octets, dump.form):
        yield replace(item, line=dump.line)


def _of_dump(dump: Dump) -> Pasted:
    return Pasted(head="", octets=dump.octets, form=dump.form, line=dump.line, note=dump.note)


def _in_octets(octets: bytes, form: str) -> Iterator[Pasted]:
    """The token that octets are, else those within, in octets or in text."""
    if begins(octets):
        yield Pasted(head="", octets=octets, form=form)
        return
    for offset, inside in tokens_within(octets):
        yield Pasted(head="", octets=inside, form=f"at octet {offset} of {form}")
    for offset, text in texts_within(octets):
        for item in _in_dialogue(lines_of(text)):
            yield replace(item, form=f"{item.form} at octet {offset} of {form}", line=0)


def _in_dialogue(lines: list[Line]) -> Iterator[Pasted]:
    for run in tokens(spoken(lines)):
        try:
            made = read_base64(run.head, run.text())
        except PasteError:
            continue  # redacted, or a word where a token was due
        yield replace(made, line=run.number, sender=run.sender)


def tree(walk: Walk, pasted: Pasted) -> TreeNode:
    """The annotated tree of what was pasted. Never raises."""
    if pasted.blob:
        return condensed(blob(walk, pasted.blob))
    return condensed(token(walk, pasted.octets, 0, len(pasted.octets), 0))


def described(pasted: Pasted) -> str:
    """`line 3, server, 334: base64, 541 octets`."""
    size = f"{len(pasted.blob)} characters" if pasted.blob else count(len(pasted.octets))
    place = [f"line {pasted.line}" if pasted.line else "", pasted.sender, pasted.head]
    where = ", ".join(part for part in place if part)
    return f"{where + ': ' if where else ''}{pasted.form}, {size}"
