"""Tokens in what was said: those that stand where one is due, and those that begin like one anywhere. PURE.

A token is due behind `334`, `235`, `AUTH GSSAPI`, `X-EXPS ...`, behind `Negotiate` in a header of HTTP, and alone on a
line. There it is taken whatever it is, so that an unknown one is shown as such. Elsewhere it must begin like one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from probe.dissect.exchangeauth import looks_like
from probe.dissect.paste.signs import due_text, head_of, nested, text_begins, undecided
from probe.dissect.paste.transcripts import Spoken
from probe.dissect.paste.values import CLIENT, LEAST_TEXT, SERVER

_VERB = re.compile(
    r"(?P<head>(?P<verb>X-EXPS|AUTH|(?:[A-Za-z0-9.]{1,12}\s+)?AUTHENTICATE)\s+(?P<mechanism>[A-Z][A-Z0-9-]+)(?:\s+SHA[0-9]+(?=\s|$))?)(?:\s+|$)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_REPLY = re.compile(r"(?P<head>235|334)(?:[ -]|$)\s*(?P<rest>.*)", re.DOTALL)
_HEADER = re.compile(
    r".{0,200}?\b(?P<head>(?P<field>WWW-Authenticate|Proxy-Authenticate|Authentication-Info|Proxy-Authorization"
    r"|Authorization)['\"]?\s*[:=,]?\s*['\"{]?(?:value['\"]?\s*:\s*['\"])?(?P<scheme>Negotiate|NTLM|Kerberos))\s+(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_SCHEME = re.compile(r".{0,200}?\b(?P<head>Negotiate|NTLM)\s+(?P<rest>[A-Za-z0-9+/_-]{16,}.*)", re.DOTALL)
_CONTINUED = re.compile(r"\+\s+(?P<rest>.*)", re.DOTALL)
_REPLY_TEXT = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?:\s|$)")
_ALONE = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
"""A line that is nothing but base64; a token where one is due, which is when a verb or 334 came before."""
_ISLAND = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_PIECE = re.compile(
    r"[>|\s]*(?:[bBrRuU]{0,2}[\"'`]|\([bB]?[\"'`]?)?([A-Za-z0-9+/_-]+={0,2}|={1,2})(?:\\r)?(?:\\n)?[\"'`]?\s*[+,;)\]}\\]*\s*(?:\.{3}|…)?"
)
"""A piece of broken base64, as it stands in mail, in code, or in the data column of a log."""
_SIGNATURE = "TlRMTVNTUA"
"""NTLMSSP and its zero in base64."""
_PROMPTS = frozenset(("VXNlcm5hbWU6", "UGFzc3dvcmQ6", "VXNlciBOYW1lAA==", "UGFzc3dvcmQA"))
"""`Username:`, `Password:`, and as draft-murchison-sasl-login has them: AUTH LOGIN, even where its verb is not seen."""
_CLOSING = re.compile(r"[A-Za-z0-9+/_-]*={0,2}(?:$|(?=[\"'`\\,;)}\]>.…|&<]))")
_NO_TOKENS = frozenset(
    ("LOGIN", "PLAIN", "CRAM-MD5", "DIGEST-MD5", "XOAUTH", "XOAUTH2", "OAUTHBEARER", "EXTERNAL", "ANONYMOUS")
)
"""Mechanisms whose base64 is a name, a password or a challenge for one."""
_COMMANDS = frozenset(("QUIT", "RSET", "NOOP", "DATA", "HELP", "STARTTLS", "EHLO", "HELO", "AUTH"))
_WIDE = 32
"""Characters of a line that was broken for its length; a shorter one without an end in sight is whole."""
_BEFORE = 40
_HEAD = 512
"""Characters of a token in which it says how long it is."""
_QUOTED_PRINTABLE = 76
"""Characters of a line, RFC 2045 section 6.7, with the `=` of the soft break."""


@dataclass(slots=True)
class Run:
    """A token of base64, or a blob, that may go on over the next lines."""

    head: str
    number: int
    sender: str
    spoken: Spoken
    parts: list[str] = field(default_factory=list)
    size: int = 0
    due: int | None = None

    def add(self, text: str) -> None:
        """Take one more piece."""
        self.parts.append(text)
        self.size += len(text if looks_like(self.parts[0]) else text.rstrip("="))
        if self.due is None or looks_like(self.parts[0]):
            self._look()

    def _look(self) -> None:
        blob = looks_like(self.parts[0])
        if self.due is None and (blob or self.size - len(self.parts[-1]) < _HEAD):
            self.due = due_text("".join(self.parts)[: None if blob else _HEAD])
        elif blob and self.due is not None and self.size >= self.due:
            self.due = due_text("".join(self.parts))

    def wants(self, text: str) -> bool:
        """Whether a piece belongs to this token."""
        if not text or text in _COMMANDS or (text_begins(text) and not self._within(text)):
            return False
        ended = self.parts[-1].endswith("=") and not self._soft_break()
        if self.due is not None:
            return self.size < self.due and not (ended and self.parts[-1].endswith("=="))
        return not ended and (len(self.parts[-1]) >= _WIDE or self._undecided())

    def _within(self, text: str) -> bool:
        """Whether what begins like a token lies within this one: it ends before it, and is on no longer line."""
        size, outer = self.size * 3 // 4, None if self.due is None else self.due * 3 // 4
        return nested(outer, size, head_of(text)) and len(text) <= self._width()

    def _width(self) -> int:
        """Characters of the longest line so far; before the first piece stands a verb or a mark."""
        return max(map(len, self.parts[1:]), default=len(self.parts[0]) + _BEFORE)

    def _undecided(self) -> bool:
        return self.due is None and self.size < _HEAD and undecided(head_of("".join(self.parts)))

    def _soft_break(self) -> bool:
        """Whether the `=` at the end of a piece is quoted-printable's: more is due, or the line is full."""
        if self.due is not None:
            return self.size < self.due
        return len(self.parts[-1]) == _QUOTED_PRINTABLE or self._undecided()

    def text(self) -> str:
        """The whole text, without the `=` of soft breaks."""
        if looks_like(self.parts[0]):
            return "".join(self.parts)
        return "".join(part.rstrip("=") for part in self.parts[:-1]) + self.parts[-1]


def tokens(lines: list[Spoken]) -> Iterator[Run]:
    """The tokens of a dialogue, in order."""
    verbs: dict[str, str] = {}
    secret: dict[str, bool] = {}
    run: Run | None = None
    for line in lines:
        if run is not None and _goes_on(run, line):
            run.add(_piece(line.text))
            continue
        verb = _VERB.fullmatch(line.text.strip())
        if verb is not None:
            verbs[line.stream] = " ".join(verb["head"].split())
            secret[line.stream] = verb["mechanism"].upper() in _NO_TOKENS
        elif _REPLY.fullmatch(line.text.strip()) is not None:
            verbs.setdefault(line.stream, "")
            secret[line.stream] = secret.get(line.stream, False) or line.text.strip()[4:] in _PROMPTS
        secrets = secret.get(line.stream, False)
        for found in _of_line(line, verbs.get(line.stream), secret=secrets):
            if line.again and run is not None and run.text() == found.text():
                continue
            if run is not None:
                yield run
            run = found
    if run is not None:
        yield run


def _goes_on(run: Run, line: Spoken) -> bool:
    same = line.sender in {"", run.sender} and line.arrow in {"", run.spoken.arrow}
    return same and not line.again and run.wants(_piece(line.text))


def _piece(text: str) -> str:
    matched = _PIECE.fullmatch(text.strip())
    return matched[1] if matched else ""


def _of_line(line: Spoken, verb: str | None, *, secret: bool) -> Iterator[Run]:
    """The tokens that begin on a line."""
    text = line.text.strip()
    place = _place(line, text, verb)
    if place is not None:
        head, sender, rest = place
        run = Run(head=head, number=line.number, sender=sender, spoken=line)
        if _fill(run, rest, taken=not secret):
            yield run
            return
    for found in _islands(text):
        run = Run(head=_named(text, found), number=line.number, sender=line.sender, spoken=line)
        run.add(found)
        yield run


def _place(line: Spoken, text: str, verb: str | None) -> tuple[str, str, str] | None:
    """Head, sender and the rest of a line in which a token is due; None for another line."""
    if (matched := _VERB.fullmatch(text)) is not None:
        return " ".join(matched["head"].split()), line.sender or CLIENT, matched["rest"]
    if (matched := _REPLY.fullmatch(text)) is not None:
        return matched["head"], line.sender or SERVER, matched["rest"]
    if (matched := _HEADER.fullmatch(text)) is not None:
        asks = matched["field"].lower().endswith(("authenticate", "info"))
        head = f"{matched['field']}: {matched['scheme']}"
        return head, SERVER if asks else CLIENT, matched["rest"]
    if (matched := _SCHEME.fullmatch(text)) is not None and text_begins(matched["rest"]):
        return matched["head"], line.sender, matched["rest"]
    if (matched := _CONTINUED.fullmatch(text)) is not None:
        return "+", line.sender or SERVER, matched["rest"]
    if (verb is not None and _ALONE.fullmatch(text)) or text_begins(text):
        sender = line.sender or (CLIENT if verb else "")
        return (verb or "") if sender == CLIENT else "", sender, text
    return None


def _fill(run: Run, rest: str, *, taken: bool) -> bool:
    """Put what is due on this line into the run; False when it is words: `334 NTLM supported`."""
    rest = rest.strip()
    if not rest or _REPLY_TEXT.match(rest):
        return False
    if text_begins(rest):
        first, *more = rest.split()
        run.add(_clean(first))
        for word in more:
            if not run.wants(_piece(word)):
                break
            run.add(_piece(word))
        return True
    if taken and (len(rest.split()) == 1 or looks_like(rest)) and len(rest) >= LEAST_TEXT:
        run.add(rest.strip("\"'"))
        return True
    return False


def _clean(word: str) -> str:
    """A token without what stands behind it: a quotation mark, an escaped line break, a comma."""
    word = word.lstrip("\"'`(")
    matched = _CLOSING.match(word)
    return matched[0] if matched else word


def _islands(text: str) -> Iterator[str]:
    """Base64 anywhere in a line that begins like a token."""
    for matched in _ISLAND.finditer(text):
        found = matched[0]
        at = found.find(_SIGNATURE)
        if text_begins(found):
            yield found
        elif at > 0:
            yield found[at:]


def _named(text: str, found: str) -> str:
    """The word before an island, as far as it says what it is: `resp=`, `Command parameter:`."""
    before = text[: text.find(found)][-60:].strip()
    matched = re.search(r"([A-Za-z][A-Za-z0-9_ -]{0,38}[A-Za-z0-9])\s*[=:?\"'(]*$", before)
    return matched[1].strip() if matched else ""
