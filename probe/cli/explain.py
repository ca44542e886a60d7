"""`exps explain`: what a code, a status or a pasted line means, and what to do."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from probe.cli.errors import MAX_FILE_BYTES, BadInput, read_file
from probe.cli.text_files import decoded

if TYPE_CHECKING:
    from probe.causes import Cause, Remedy
    from probe.explain.entries import Explanation

HELP = """Say what CODE means, which cause it points at, and what to do about it.

CODE is a code, a name, or whatever text you have: paste it as it stands, quoted, in whichever language, with all its
lines. - (or nothing, behind a pipe) reads standard input, --file a file, in UTF-8, UTF-16 or Windows-1252. Of several
lines the most specific is explained first, the others get a line each.

\b
Where to get it, and what to paste:
  the queue       Get-Queue | Format-List Identity, LastError
  the receiver    Get-WinEvent -FilterHashtable @{LogName='Application'; Id=1035} -MaxEvents 5 | Format-List
                  (also 1020, 1036, 12014; the mechanism in the text counts)
  the sender      the same with Id=2017
  System log      NETLOGON 3210, 5719, 5722, 5805; LsaSrv 40960, 40961; Kerberos 3, 4;
                  on a domain controller KDC 11, 14, 16, 26, 27, 201 to 209
  protocol logs   lines of SmtpReceive and SmtpSend, or of another server's log
  tools           what setspn, nltest, w32tm, repadmin, dcdiag, klist, netdom, kinit, kvno print
  one value       41   0x29   KRB_AP_ERR_MODIFIED   LogonDenied   0x8009030C   -2146893044   0xC0000133
                  STATUS_LOGON_FAILURE   1396   4.7.0   "KDC 27"   "event 1035"
  a cause         machine-key-stale   (as exps probe names it)

\b
Examples:
  exps explain 41
  exps explain '454 4.7.0 Temporary authentication failure'
  exps explain --file event.txt
  Get-Queue | Format-List LastError | exps explain -          (PowerShell)
  journalctl -u postfix | tail -n 20 | exps explain -         (a shell)

Names, addresses and passwords in a text are neither kept nor sent anywhere; what you black out does no harm.

Exit status: 0 explained, 3 not known (the nearest known codes are named)."""


_ONE_OF = "CODE: give a code or a text to explain, - for standard input, --file FILE, or --list"


# A negative number is a code (-2146893044), no option.
@click.command(help=HELP, context_settings={"ignore_unknown_options": True})
@click.argument("code", nargs=-1, metavar="CODE|-")
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Explain what stands in this file.",
)
@click.option("--list", "as_list", is_flag=True, help="List everything that can be explained.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, code: tuple[str, ...], file: Path | None, as_list: bool, as_json: bool) -> int:
    """Look up and print."""
    if as_list + bool(code) + (file is not None) > 1:
        raise BadInput(_ONE_OF)
    if as_list:
        print(_listed(as_json=as_json))
        return 0
    from probe.explain.lookup import MAXIMUM_TEXT, explain

    text = _given(code, file)
    if len(text) > MAXIMUM_TEXT:
        print(
            f"exps: of {len(text)} characters the first and last {MAXIMUM_TEXT // 2} are read",
            file=sys.stderr,
        )
    found = explain(text)
    if not found:
        raise BadInput(_not_known(text))
    print(json.dumps(_document(found), indent=2) if as_json else "\n".join(shown(found)))
    return 0


def _given(code: tuple[str, ...], file: Path | None) -> str:
    if code and code != ("-",):
        return " ".join(code)
    if not code and file is None and sys.stdin.isatty():
        raise BadInput(_ONE_OF)
    where = "standard input" if file is None else str(file)
    data = sys.stdin.buffer.read(MAX_FILE_BYTES) if file is None else read_file(file)
    try:
        text = decoded(data).text
    except ValueError as error:
        raise BadInput(f"{where}: {error}") from None
    if not text.strip():
        raise BadInput(_ONE_OF if file is None else f"{where}: empty")
    return text


def _not_known(text: str) -> str:
    from probe.explain.lookup import nearest
    from probe.trace.wording import clean

    near = ", ".join(nearest(text))
    shown = clean(" ".join(text.split())[:80])
    return f"CODE: {shown!r} is not known" + (f"; nearest: {near}" if near else "; see exps explain --list")


def _listed(*, as_json: bool) -> str:
    from probe.explain.lookup import catalogue

    groups = catalogue()
    if as_json:
        return json.dumps({"schema": "exps.explain/1", "list": _grouped(groups)}, indent=2)
    lines: list[str] = []
    for kind, items in groups.items():
        lines += ["", f"{kind}:"] if lines else [f"{kind}:"]
        width = max(len(item.code) for item in items)
        lines += [f"  {item.code:<{width}}  {item.title or item.meaning}" for item in items]
    return "\n".join(lines)


def _grouped(groups: dict[str, tuple["Explanation", ...]]) -> dict[str, list[dict[str, str]]]:
    return {
        kind: [{"code": item.code, "title": item.title, "meaning": item.meaning} for item in items]
        for kind, items in groups.items()
    }


def _document(found: tuple["Explanation", ...]) -> dict[str, Any]:
    return {"schema": "exps.explain/1", "found": [_entry(item) for item in found]}


def _entry(item: "Explanation") -> dict[str, Any]:
    return {
        "kind": item.kind,
        "code": item.code,
        "title": item.title,
        "known": item.known,
        "meaning": item.meaning,
        "citation": item.citation,
        "advice": list(item.advice),
        "beside": item.beside,
        "causes": [_cause_entry(code) for code in item.causes],
    }


def _cause_entry(code: str) -> dict[str, Any]:
    cause, remedies = _filled(code)
    return {
        "code": code,
        "title": cause.title,
        "side": cause.side,
        "remedy": [
            {"do": one.do, "command": one.command, "where": one.where, "risk": one.risk} for one in remedies
        ],
    }


def _filled(code: str) -> tuple["Cause", list["Remedy"]]:
    from probe.causes import load

    cause = load(code)
    return cause, [remedy.filled({}) for remedy in cause.remedies]


def shown(found: tuple["Explanation", ...]) -> Iterator[str]:
    """The lines for people: the answer in full, what else the text holds in a line each."""
    told: set[str] = set()
    for index, item in enumerate(one for one in found if not one.beside):
        if index:
            yield ""
        yield f"{item.kind} {item.code}" + (f": {item.title}" if item.title else "")
        yield f"  {item.meaning}"
        if item.citation:
            yield f"  Source: {item.citation}"
        yield from (f"  - {line}" for line in item.advice)
        yield from _advice(item, told)
        told.update(item.causes)
    yield from _beside(found, told)


def _beside(found: tuple["Explanation", ...], told: set[str]) -> Iterator[str]:
    """A line for each of what else the text holds, with the causes that were not named yet."""
    others = [item for item in found if item.beside]
    if others:
        yield ""
        yield "Beside it in the text (exps explain CODE tells all of one):"
    for item in others:
        new = [code for code in item.causes if code not in told]
        told.update(new)
        yield f"  {item.kind} {item.code}: {item.meaning}" + (f" -> {', '.join(new)}" if new else "")


def _advice(item: "Explanation", told: set[str]) -> Iterator[str]:
    """What to do: all remedies of a cause; of several possible ones the first remedy each."""
    if item.kind == "cause":
        yield from _whole_cause(item.code)
        return
    new = [code for code in item.causes if code not in told]
    if not new:
        return
    yield "  It may come from:"
    for code in new:
        cause, remedies = _filled(code)
        yield f"    {code}: {cause.title} (side: {cause.side})"
        yield from (line for remedy in remedies[:1] for line in _remedy(remedy, "      "))
    yield f"  All of one:  exps explain {new[0]}"


def _whole_cause(code: str) -> Iterator[str]:
    from probe.causes import fill

    cause, remedies = _filled(code)
    if remedies:
        yield "  What to do:"
    for remedy in remedies:
        yield from _remedy(remedy, "    ")
    if cause.next_measurements:
        yield "  To make sure:"
        yield from (f"    {fill(text, {})}" for text in cause.next_measurements)


def _remedy(remedy: "Remedy", indent: str) -> Iterator[str]:
    yield f"{indent}{remedy.do}" + (f" (on: {remedy.where})" if remedy.where else "")
    if remedy.command:
        yield f"{indent}  {remedy.command}"
    if not remedy.harmless:
        yield f"{indent}  Mind: {remedy.risk}"
