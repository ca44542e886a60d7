"""Dumps to octets, and lines without the marks that programs put before them. PURE."""

import re
from itertools import pairwise

_C_BYTE = re.compile(r"(?:0x|\\x)([0-9A-Fa-f]{2})(?![0-9A-Fa-f])")
_WORDS = re.compile(r"[A-Za-z0-9+/]{24,}")
"""Longer than any word of a dump: rather base64, or hex without blanks."""
_DASHED = re.compile(r"[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){3,}-?")
_ROW = re.compile(r"\s*(?:0x)?(?P<offset>[0-9A-Fa-f]{4,16}):?(?:\s+(?P<rest>.*))?")
_GROUP = re.compile(r"(?:[0-9A-Fa-f]{2}){1,8}")
_BYTES_OF_A_ROW = 16
_HALF = 8
"""hexdump -C and Wireshark leave a wider gap behind eight octets."""
_LEAST_BYTES = 4

_QUOTED = re.compile(r"""(?:send|reply):\s+b?(?P<quote>['"])(?P<text>.*)(?P=quote)""")
_RETURNED = re.compile(
    r"""reply:\s+retcode\s+\((?P<code>\d{3})\);\s+Msg:\s+b?(?P<quote>['"])(?P<text>.*)(?P=quote)"""
)
_MARKED = re.compile(
    r"(?:.*?\b(?:smtpd?|postfix)(?:/\w+)*\[\d+\]:\s+)?(?:SMTP)?"
    r"(?:->|~>|<-|<~|[<>]{1,2}\*{0,2}|\*\*>|[CS]:)\s+(?:[\w.-]+\[[0-9A-Fa-f.:]+\](?::\d+)?:\s+)?(?P<text>\S.*)"
)
_NEGOTIATE = re.compile(
    r"(?:[<>]\s+)?(?:(?:WWW|Proxy)-Authenticate|(?:Proxy-)?Authorization):\s+(?:Negotiate|NTLM|Kerberos)\s+"
    r"(?P<text>\S+)",
    re.IGNORECASE,
)
_LOGGED = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z?,(?:[^,]*,){4,6}?[<>*+-],(?P<text>[^,]*).*")


def octets_of_dump(text: str) -> bytes | None:
    """The octets of a dump; None where it is none."""
    found = _C_BYTE.findall(text)
    if len(found) >= _LEAST_BYTES and not _WORDS.search(text):
        return bytes.fromhex("".join(found))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    dashed = "".join(line if line.endswith("-") else f"{line}-" for line in lines)
    if _DASHED.fullmatch(dashed):
        return bytes.fromhex(dashed.replace("-", ""))
    return _rows(lines)


def _rows(lines: list[str]) -> bytes | None:
    """The rows behind their offsets, which count on from 0; other lines may be headings, but no tokens."""
    rows = [(line, _ROW.fullmatch(line)) for line in lines]
    if any(matched is None and _WORDS.search(line) for line, matched in rows):
        return None
    found = [matched for _, matched in rows if matched is not None]
    offsets = [int(matched["offset"], 16) for matched in found]
    if not offsets or offsets[0] != 0 or any(one >= other for one, other in pairwise(offsets)):
        return None
    parts = [_row(matched["rest"] or "") for matched in found]
    octets = b"".join(parts)
    return octets if all(parts[:-1]) and len(octets) >= _LEAST_BYTES else None


def _row(text: str) -> bytes:
    """The octets of one row, without the characters behind them."""
    octets = b""
    for part in re.split(r"\s{2,}", text.partition("|")[0].strip()):
        words = part.split()
        if not all(_GROUP.fullmatch(word) for word in words) or (octets and len(octets) != _HALF):
            break
        octets += bytes.fromhex("".join(words))
    return octets[:_BYTES_OF_A_ROW]


def bare_lines(text: str) -> list[str]:
    """The lines without the marks that a program put before them; empty ones are left out."""
    return [bare for line in text.splitlines() if (bare := _bare(line.strip()))]


def _bare(line: str) -> str:
    for pattern, before in (
        (_RETURNED, ""),
        (_QUOTED, ""),
        (_LOGGED, ""),
        (_NEGOTIATE, "334 "),
        (_MARKED, ""),
    ):
        matched = pattern.fullmatch(line)
        if matched is not None:
            code = f"{matched['code']} " if pattern is _RETURNED else before
            return code + re.sub(r"(?:\\r|\\n)+", " ", matched["text"]).strip()
    return line
