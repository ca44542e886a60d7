"""What the directory of each domain controller says of the accounts and SPNs, side by side (PURE)."""

from collections.abc import Iterator

from probe.report.lines import Line, line, shorten
from probe.trace import Trace
from probe.trace.facts import DirectoryAccount, DirectoryAnswer
from probe.trace.views.directory.ownership import controller, moment

_LABEL = 26
_CELL = 21
"""A date with its time has 19 characters."""
FOREST = "the whole forest"
DIFFERS = "✗ differs"
TWICE = "✗ twice"

Table = dict[str, dict[str, str]]
"""Row -> column -> cell."""


def directory_table(trace: Trace, width: int) -> list[Line]:
    """One row a question, one column a controller, the forest-wide search last; what differs is marked."""
    table: Table = {}
    columns: dict[str, None] = {}
    for step in trace.of(DirectoryAnswer):
        column = FOREST if step.facts.forest_wide else controller(step.facts)
        columns.setdefault(column)
        for row, cell in _cells(step.facts):
            table.setdefault(row, {})[column] = cell
    names = sorted(columns, key=lambda name: name == FOREST)
    room = max((width - _LABEL - 2 - len(DIFFERS)) // _CELL, 1)
    lines: list[Line] = []
    for start in range(0, len(names), room):
        block = names[start : start + room]
        lines.append(_row("", block, "", "bold"))
        lines += [_marked(row, cells, block) for row, cells in table.items()]
    return lines


def directory_rung(facts: DirectoryAnswer) -> str:
    """One answer in a line, for the ladder."""
    if facts.error:
        detail = f" ({facts.detail})" if facts.detail else ""
        return f"{facts.dc} LDAP {facts.question}: {facts.error}{detail}"
    return f"{facts.dc} LDAP: the directory of {facts.host}"


def _cells(facts: DirectoryAnswer) -> Iterator[tuple[str, str]]:
    """The cells that one answer fills."""
    if facts.question == "root" or facts.error:
        yield "LDAP", facts.error or "answers"
        return
    if not facts.forest_wide:
        yield "LDAP", facts.protection
    if facts.question == "owners":
        yield facts.subject, _owners(facts)
    elif facts.question == "trusts":
        partners = ", ".join(trust.partner for trust in facts.trusts)
        yield "trusts", partners or "none"
    for account in facts.accounts if facts.question == "account" else ():
        yield from _account(account)
    if facts.question == "account" and not facts.accounts:
        yield facts.subject, "unknown"


def _owners(facts: DirectoryAnswer) -> str:
    names = ", ".join(account.name or account.dn for account in facts.accounts)
    return (names or "nobody") + ("" if facts.complete else " ...")


def _account(account: DirectoryAccount) -> Iterator[tuple[str, str]]:
    if account.kvno is not None:
        yield f"{account.name} kvno", str(account.kvno)
    if account.password_set is not None:
        yield f"{account.name} password (UTC)", moment(account.password_set).removesuffix(" UTC")
    if account.etypes is not None:
        yield f"{account.name} etypes", str(account.etypes)
    if account.disabled is not None:
        yield f"{account.name} is", "disabled" if account.disabled else "enabled"


def _marked(label: str, cells: dict[str, str], block: list[str]) -> Line:
    """Controllers may differ in how they are protected; in what they hold they must not."""
    said = {cell for column, cell in cells.items() if column != FOREST}
    mark = DIFFERS if len(said) > 1 and label != "LDAP" else ""
    if not mark and "/" in label and any(", " in cell for cell in cells.values()):
        mark = TWICE
    return _row(label, [cells.get(column, "") for column in block], mark, "red" if mark else "")


def _row(label: str, values: list[str], mark: str, style: str) -> Line:
    text = "".join(f"{shorten(value, _CELL - 1):<{_CELL}}" for value in values)
    return line(f"  {shorten(label, _LABEL - 1):<{_LABEL}}{text}{mark}", style)
