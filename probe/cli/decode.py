"""`exps decode`: a token as an annotated tree."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from probe.cli.errors import BadInput, blame, read_file

if TYPE_CHECKING:
    from probe.dissect.node import NamedKey, TreeNode
    from probe.dissect.paste.find_tokens import Pasted

HELP = """Show what is in TOKEN: SPNEGO, Kerberos, NTLM, NEGOEX or an EXCHANGEAUTH blob, as an annotated tree.

TOKEN is base64 or hex in any wrapping, or a line of SMTP as it stands in a log. - (or nothing, behind a pipe) reads
standard input, --file a file, where it may also be raw octets or text around tokens, in UTF-8, UTF-16 or Windows-1252:
every token in it is shown, with its line and who sent it. A damaged or cut token is shown as far as it goes, with the
offset where it stops making sense, why, and how much is missing. Keys, ciphers and responses are shown by their size.

\b
What may be pasted:
  transcripts  swaks, telnet, openssl s_client, curl -v, exim -d, smtplib, MailKit, Postfix -v
  logs         Exchange's SmtpReceive and SmtpSend; headers of HTTP (Authorization: Negotiate ...)
  dumps        xxd, hexdump, od, Wireshark, tcpdump -X, Format-Hex, Java, WinDbg
  arrays       C (0x60,0x82  "\\x60\\x82"), Python (b'...'), PowerShell (96,130  4E-54-4C), registry files

\b
A challenge:           exps decode TlRMTVNTUAACAAAA...
A line of a log:       exps decode 'X-EXPS EXCHANGEAUTH SHA256 00000020YBBj...'
A ticket, decrypted:   exps decode --keytab ex1.keytab YIICFwYJ...
A file:                exps decode --file transcript.txt

Exit status: 0 shown (also when damaged: "complete" of --json tells), 3 no token."""


@click.command(help=HELP)
@click.argument("token", nargs=-1, metavar="TOKEN|-")
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Show the tokens of this file.",
)
@click.option(
    "--keytab",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Decrypt tickets with the keys of this keytab, and what the ticket's session key opens.",
)
@click.option(
    "--include-secrets", is_flag=True, help="Show keys, ciphers and responses too. Whoever has them is you."
)
@click.option("--json", "as_json", is_flag=True, help="Print the tree as one JSON object.")
def command(
    *, token: tuple[str, ...], file: Path | None, keytab: Path | None, include_secrets: bool, as_json: bool
) -> int:
    """Decode and print."""
    from probe.dissect.node import Settings, Walk
    from probe.dissect.paste.find_tokens import PasteError, find_tokens, tree

    keys = () if keytab is None else _keys(keytab)
    try:
        pasted = find_tokens(_input(token, file))
    except PasteError as error:
        raise BadInput(f"TOKEN: {error}") from None
    walk = Walk(settings=Settings(keys=keys, include_secrets=include_secrets))
    found = [(item, tree(walk, item)) for item in pasted]
    if not any(_known(made) for _, made in found):
        raise BadInput(f"TOKEN: {found[0][1].problem or 'empty'}")
    print(json.dumps(_document(found), indent=2) if as_json else "\n".join(_text(found)))
    return 0


def _input(token: tuple[str, ...], file: Path | None) -> bytes:
    from probe.dissect.node import MAXIMUM_INPUT

    if token and file is not None:
        raise BadInput("TOKEN: give a token or --file FILE, not both")
    if file is not None:
        return read_file(file)
    if token == ("-",) or (not token and not sys.stdin.isatty()):
        return sys.stdin.buffer.read(MAXIMUM_INPUT + 1)
    if not token:
        raise BadInput("TOKEN: give a token, - for standard input, or --file FILE")
    return " ".join(token).encode("utf-8", "surrogateescape")


def _keys(path: Path) -> tuple["NamedKey", ...]:
    from probe.dissect.node import NamedKey, printable
    from probe.tickets.files.keytab import read

    data = read_file(path)
    with blame(path):
        entries = read(data).entries
    return tuple(
        NamedKey(
            label=printable(f"the key of {entry.principal}@{entry.realm} kvno {entry.kvno}"),
            kvno=entry.kvno,
            key=entry.key,
        )
        for entry in entries
    )


def _known(made: "TreeNode") -> bool:
    """Whether anything at all in it made sense: chance gives a word the first octet of a token now and then."""
    return any(not node.children and not node.problem for node in made.walk())


def _document(found: list[tuple["Pasted", "TreeNode"]]) -> dict[str, Any]:
    from probe.dissect.node import to_json
    from probe.dissect.summary import kinds

    return {
        "schema": "exps.decode/1",
        "complete": not any(_damage(item, made) for item, made in found),
        "tokens": [
            {
                "line": item.head,
                "line_number": item.line or None,
                "sender": item.sender or None,
                "form": item.form,
                "kind": kinds(made),
                "note": item.note,
                "cut": item.cut,
                "problems": _damage(item, made),
                "tree": to_json(made),
            }
            for item, made in found
        ],
    }


def _damage(item: "Pasted", made: "TreeNode") -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = [{"offset": None, "name": item.form, "problem": item.note}] * bool(
        item.note
    )
    return notes + [
        {"offset": node.offset, "name": node.name, "problem": node.problem} for node in made.problems()
    ]


def _text(found: list[tuple["Pasted", "TreeNode"]]) -> Iterator[str]:
    from probe.dissect.paste.find_tokens import described

    yield from _overview(found)
    for index, (item, made) in enumerate(found):
        if index:
            yield ""
        yield described(item)
        yield "offset length"
        yield from _lines(made, 0)
        damage = _damage(item, made)
        if item.cut:
            yield f"The token is cut: {item.cut}."
        if damage:
            places = "1 place" if len(damage) == 1 else f"{len(damage)} places"
            yield f"Damaged, in {places}:"
            yield from (f"  {_at(place)}{place['name']}: {place['problem']}" for place in damage)


def _overview(found: list[tuple["Pasted", "TreeNode"]]) -> Iterator[str]:
    """A line for each token, where there are several."""
    from probe.dissect.paste.find_tokens import described
    from probe.dissect.summary import kinds

    if len(found) < 2:
        return
    yield f"{len(found)} tokens:"
    for item, made in found:
        told = kinds(made) or "unknown"
        yield f"  {described(item)}: {told}{', cut' if item.cut else ''}"
    yield ""


def _at(place: dict[str, Any]) -> str:
    return "" if place["offset"] is None else f"offset {place['offset']}, "


def _lines(node: "TreeNode", depth: int) -> Iterator[str]:
    text = f"{node.offset:>6} {node.length:>6}  {'  ' * depth}{node.name}"
    text += f": {node.value}" if node.value else ""
    text += f"  -- {node.meaning}" if node.meaning else ""
    text += f"  [offsets below count within {node.opens}]" if node.opens else ""
    text += f"  !! {node.problem}" if node.problem else ""
    yield text
    for child in node.children:
        yield from _lines(child, depth + 1)
