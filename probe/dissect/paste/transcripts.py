r"""What was said, out of the transcripts of programs: the marks of each are taken off its lines. PURE.

    ` -> `, `<-  `, `<** `, ` ~> `, `<~  `                        swaks (`~`: within TLS)
    `SMTP>> `, `SMTP<< `, `>>> `, `<<< `                          exim, and its test client
    `send: 'AUTH...\r\n'`, `reply: b'334 ...\r\n'`                Python's smtplib; "reply: retcode" says it again
    `postfix/smtpd[1]: > unknown[10.0.0.1]: 334 `                 Postfix with -v or debug_peer_list
    `C: `, `S: `, `CLIENT -> SERVER: `                            MailKit, PHPMailer, RFCs
    `> `, `< `, `* `; `=> Send header`, `0000: AUTH...`           curl -v; curl --trace-ascii
    nothing at all                                                telnet, openssl s_client
    `data    : 334 ...`                                           PowerShell's Format-List

An arrow says which way, not who: `>` is the client in curl's log and the server in that of Postfix's smtpd. So the
sides of one stream (a session of a log, a process) are told by what they say, and by the program's custom else.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from probe.dissect.paste.protocol_log import Columns
from probe.dissect.paste.values import CLIENT, SERVER, Line

OUT, IN = ">", "<"
_LEAST_MARKED = 5
"""Characters: nothing shorter has both a mark and a reply code, verb or token behind it."""
_LEAST_APART = 24
"""Characters: nothing shorter has two lines of a dialogue of which one has a token."""
_NESTED = 3
"""Marks before marks: a mail that quotes a mail that quotes a transcript."""
_OTHER = {CLIENT: SERVER, SERVER: CLIENT, "": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What one line says was said."""

    number: int
    text: str
    stream: str = ""
    """What keeps sessions apart: the session of a log, the process of another."""
    arrow: str = ""
    """`>`, `<`, or "" when the line has none."""
    sender: str = ""
    out_is: str = ""
    """Which side `>` is by the custom of the program."""
    quotes: bool = False
    """Whether the arrow may be that of a mail which quotes."""
    again: bool = False
    """Whether the program says a second time what it has said."""


_TIME = re.compile(
    r"^[\[(]?(?:\d{4}-\d\d-\d\d[T ,]+)?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[\])]?:?\s+"
)
_QUOTED = re.compile(r"b?(['\"])(.*?)(?:\\r)?(?:\\n)?\1?\s*$")
_BREAK = re.compile(r"(?:\\r)?\\n")
_NEXT_STRING = re.compile(
    r"['\"], ['\"](?=(?:[CS]|CLIENT|SERVER): |[2-5]\d\d[ -]|(?:AUTH|X-EXPS|EHLO) )", re.IGNORECASE
)
_AROUND = "\"'`}], "
_SMTPLIB = re.compile(r"(?:.{0,80}?[\s:])?(send|reply|data): (?:retcode \((\d+)\); Msg: )?(b?['\"].*)$")
_POSTFIX = re.compile(
    r"^.{0,120}?\b(?:postfix[\w.-]*/)?(?:\w+/)?(smtpd?|lmtp|submission\w*|tlsproxy)\[(\d+)\]: (?:[0-9A-Za-z]{6,20}: )?"
    r"([<>]) [^\s:]+?(?:\[[^\]]*\](?::\d+)?)?: (.*)$"
)
_ARROWS = (
    # Mark, direction, who `>` is by custom.
    (re.compile(r"^\s?(?:-|~)> (.*)$"), OUT, CLIENT),
    (re.compile(r"^<(?:-|~|\*\*|~\*)\s+(.*)$"), IN, CLIENT),
    (re.compile(r"^.{0,40}?\bSMTP(?:\([^)]*\))?[>+|]> ?(.*)$"), OUT, CLIENT),
    (re.compile(r"^.{0,40}?\bSMTP(?:\([^)]*\))?<[<+] ?(.*)$"), IN, CLIENT),
    (re.compile(r"^\s*\d> ?(.*)$"), OUT, CLIENT),
    (re.compile(r"^\s*>{1,3} ?(.*)$"), OUT, CLIENT),
    (re.compile(r"^\s*(?:\d<|<{1,3}) ?(.*)$"), IN, CLIENT),
    (re.compile(r"^\s*(?:-->|==>|→|=>) ?(.*)$"), OUT, CLIENT),
    (re.compile(r"^\s*(?:<--|<==|←|<=) ?(.*)$"), IN, CLIENT),
)
_SIDES = (
    (re.compile(r"^\s*(?:C|CLIENT(?: ?-+> ?SERVER)?)\s?[:>]\s?(.*)$", re.IGNORECASE), CLIENT),
    (re.compile(r"^\s*(?:S|SERVER(?: ?-+> ?CLIENT)?)\s?[:>]\s?(.*)$", re.IGNORECASE), SERVER),
)
_WORDS = (
    (
        re.compile(
            r"^.{0,80}?(?:^|[\s\[|(])(?:sent|send|sending|tx|out|outgoing)\s?[\]:>|)]+\s+(.*)$", re.IGNORECASE
        ),
        OUT,
    ),
    (
        re.compile(
            r"^.{0,80}?(?:^|[\s\[|(])(?:received|recv|rx|in|incoming)\s?[\]:<|)]+\s+(.*)$", re.IGNORECASE
        ),
        IN,
    ),
)
_WITHIN = (
    (re.compile(r"^.{0,120}?[\s\]|\"'](?:C|client)\s?: (.*)$", re.IGNORECASE), CLIENT),
    (re.compile(r"^.{0,120}?[\s\]|\"'](?:S|server)\s?: (.*)$", re.IGNORECASE), SERVER),
    (re.compile(r"^.{1,120}?(?<!\d)[\s\]|:>\"'{(=.]((?:334|235)[ -][A-Za-z0-9+/]{16,}.*)$"), SERVER),
    (
        re.compile(r"^.{1,120}?(?<!\d)[\s\]|:>\"'{(=]((?:AUTH|X-EXPS)\s+[A-Z][A-Z0-9-]{3,}(?:$|\s.*))$"),
        CLIENT,
    ),
)
"""Behind the time, level and thread of a log that is not known here."""
_LIST = re.compile(r"^\s*(event|data|context|session-?id)\s+:\s?(.*)$", re.IGNORECASE)
_TRACE = re.compile(r"^(?:[\d:.]+ )?(=>|<=) (?:Send|Recv) ")
_TRACED = re.compile(r"^([0-9a-f]{4,8}): (.*)$")
_SAYS_SERVER = re.compile(r"(?:[2-5]\d\d(?:[ -]|$)|\+ |HTTP/|(?:WWW|Proxy)-Authenticate:)", re.IGNORECASE)
_SAYS_CLIENT = re.compile(
    r"(?:EHLO|HELO|LHLO|AUTH|X-EXPS|X-ANONYMOUSTLS|STARTTLS|MAIL FROM|RCPT TO|QUIT|RSET|BDAT|GET|POST|HEAD"
    r"|(?:Proxy-)?Authorization:)(?:\s|$)",
    re.IGNORECASE,
)


def spoken(lines: list[Line]) -> list[Spoken]:
    """What the lines say was said, with who said it as far as that is known."""
    whole = [part for line in lines for part in _apart(line)]
    return list(_with_senders([part for said in _read(whole) for part in _parts(said)]))


def _apart(line: Line) -> list[Line]:
    """The lines that a line holds: in a string of JSON breaks are written out, in a list strings follow one another."""
    text = line.text.strip()
    if len(text) < _LEAST_APART:
        return [line]
    if text[:1] == "`" and text[-1:] == "`":
        return [Line(number=line.number, text=text.strip("`"))]
    if _SMTPLIB.match(text):
        return [line]  # whose breaks `_parts` sees, behind the mark that counts for all of them
    pattern = _BREAK if "\\n" in text else _NEXT_STRING if _NEXT_STRING.search(text) else None
    parts = [] if pattern is None else [part for part in pattern.split(text) if part.strip()]
    return [Line(number=line.number, text=part) for part in parts] if len(parts) > 1 else [line]


def _parts(said: Spoken) -> Iterator[Spoken]:
    """The lines of what a program shows as one string."""
    parts = [part for part in _BREAK.split(said.text) if part.strip()] if "\\n" in said.text else []
    yield from (replace(said, text=part) for part in parts) if len(parts) > 1 else (said,)


def _read(lines: list[Line]) -> Iterator[Spoken]:
    columns, trace, event = Columns(), "", ""
    traced: Spoken | None = None
    for line in lines:
        found = _TRACE.match(line.text)
        part = _TRACED.match(line.text) if trace else None
        if traced is not None and (part is None or not int(part[1], 16) or found):
            yield traced
            traced = None
        if part is not None:
            before = traced.text if traced else ""
            number = traced.number if traced else line.number
            traced = Spoken(number=number, text=before + part[2], arrow=trace, out_is=CLIENT)
            continue
        trace = {"=>": OUT, "<=": IN}[found[1]] if found else ""
        listed = _LIST.match(line.text)
        if listed is not None:
            event = listed[2].strip() if listed[1].lower() == "event" else event
            arrow = event if event in (OUT, IN) else ""
            yield Spoken(number=line.number, text=listed[2], arrow=arrow)
        elif not found and not columns.header(line.text):
            yield _one(line, columns)
    if traced is not None:
        yield traced


def _one(line: Line, columns: Columns) -> Spoken:
    if len(line.text) < _LEAST_MARKED:
        return Spoken(number=line.number, text=line.text)
    record = columns.record(line.text)
    if record is not None:
        arrow = record.event if record.event in (OUT, IN) else ""
        return Spoken(
            number=line.number, text=record.data, stream=record.session, arrow=arrow, out_is=record.writer
        )
    text = _TIME.sub("", line.text, count=1)
    return _postfix(line, line.text) or _smtplib(line, text) or _marked(line, text, _NESTED)


def _postfix(line: Line, text: str) -> Spoken | None:
    matched = _POSTFIX.match(text)
    if matched is None:
        return None
    program, process, arrow, said = matched.groups()
    out_is = CLIENT if program in {"smtp", "lmtp"} else SERVER
    return Spoken(number=line.number, text=said, stream=process, arrow=arrow, out_is=out_is)


def _smtplib(line: Line, text: str) -> Spoken | None:
    matched = _SMTPLIB.match(text)
    if matched is None:
        return None
    quoted = _QUOTED.match(matched[3])
    said = quoted[2] if quoted else matched[3]
    sender = CLIENT if matched[1] == "send" else SERVER
    if matched[2]:
        return Spoken(number=line.number, text=f"{matched[2]} {said}", sender=SERVER, again=True)
    return Spoken(number=line.number, text=said, sender=sender)


def _marked(line: Line, text: str, nested: int) -> Spoken:
    for pattern, side in _SIDES:
        if (matched := pattern.match(text)) is not None:
            return Spoken(number=line.number, text=matched[1], sender=side)
    for pattern, arrow, out_is in _ARROWS:
        if (matched := pattern.match(text)) is not None:
            inner = _marked(line, matched[1], nested - 1) if nested else None
            if inner is not None and (inner.sender or inner.arrow):
                return inner  # a transcript quoted in a mail
            quotes = text.lstrip().startswith(">")
            return Spoken(number=line.number, text=matched[1], arrow=arrow, out_is=out_is, quotes=quotes)
    for pattern, arrow in _WORDS:
        if (matched := pattern.match(text)) is not None:
            return Spoken(number=line.number, text=matched[1], arrow=arrow, out_is=CLIENT)
    return _within(line, text)


def _within(line: Line, text: str) -> Spoken:
    """What stands behind the marks of a log; the whole line, when it has none."""
    if not says(text):
        for pattern, side in _WITHIN:
            if (matched := pattern.match(text)) is not None:
                return Spoken(number=line.number, text=matched[1].rstrip(_AROUND), sender=side)
    return Spoken(number=line.number, text=text)


def says(text: str) -> str:
    """Which side says this: the one side has codes, the other has verbs; "" for neither."""
    text = text.strip()
    if _SAYS_CLIENT.match(text):
        return CLIENT
    return SERVER if _SAYS_SERVER.match(text) else ""


def _with_senders(lines: list[Spoken]) -> Iterator[Spoken]:
    """The lines with senders: what a line says itself, else which side its arrow is in this stream."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    answered = {line.stream for line in lines if line.arrow == IN}
    for line in lines:
        side = says(line.text)
        if line.arrow and side:
            votes[line.stream][side if line.arrow == OUT else _OTHER[side]] += 1
    for line in lines:
        mails = line.quotes and not votes[line.stream] and line.stream not in answered
        sender = line.sender or says(line.text) or ("" if mails else _by_arrow(line, votes[line.stream]))
        yield line if line.sender == sender else replace(line, sender=sender)


def _by_arrow(line: Spoken, votes: Counter[str]) -> str:
    if not line.arrow:
        return ""
    out = line.out_is
    if min(votes[CLIENT], votes[SERVER]) * 4 > max(votes[CLIENT], votes[SERVER]):
        return ""  # both sides have this mark: it is a mail's, not a transcript's
    if votes[CLIENT] != votes[SERVER]:
        out = CLIENT if votes[CLIENT] > votes[SERVER] else SERVER
    return out if line.arrow == OUT else _OTHER[out]
