"""The report for people at a terminal: verdict first, then why, what to do, and all that was seen (PURE).

Each text passes through ``probe.trace.wording.clean`` and reaches rich as Text, never as markup: banners and error
texts are the peer's, and must neither colour nor steer the administrator's terminal.
"""

from rich.console import Console
from rich.text import Text

from probe.diagnosis.verdict import Judgement, Overall, Relation, Verdict
from probe.durations import duration
from probe.report.clock_table import clock_table
from probe.report.directory_table import directory_table
from probe.report.kdc_table import kdc_table
from probe.report.ladder import ladder
from probe.report.lines import Line, line, to_ascii, wrapped
from probe.report.names_table import names_table
from probe.trace import Trace

_STYLES = {
    Overall.OK: "bold green",
    Overall.WARNING: "bold yellow",
    Overall.FAILURE: "bold red",
    Overall.UNKNOWN: "bold magenta",
}


def show(console: Console, trace: Trace, judgement: Judgement) -> None:
    """Print the report: colour only where rich finds a terminal, ASCII where it has no Unicode."""
    plain = not console.encoding.lower().startswith("utf")
    for item in report(trace, judgement, console.width):
        text = to_ascii(item.text) if plain else item.text
        console.print(Text(text, style=item.style), soft_wrap=True, highlight=False)


def render(trace: Trace, judgement: Judgement, width: int = 80) -> str:
    """The report as plain text."""
    return "".join(f"{item.text}\n" for item in report(trace, judgement, width))


def report(trace: Trace, judgement: Judgement, width: int = 80) -> list[Line]:
    """The report as lines of at most ``width`` characters (not under 60; commands are not broken)."""
    width = max(width, 60)
    failed = judgement.status in (Overall.FAILURE, Overall.UNKNOWN)
    sections = (
        _headline(trace, judgement, width),
        _evidence(judgement.verdict, width),
        _remedies(judgement.verdict, width),
        _alternatives(judgement, width, Relation.BESIDE, "Also wrong"),
        _alternatives(judgement, width, Relation.RIVAL, "It might also be"),
        _next(judgement, width),
        _titled("Who it is", names_table(trace, width)),
        _titled("Clocks, against this host", clock_table(trace, width)),
        _titled("What each KDC answered", kdc_table(trace, width)),
        _titled("What each directory holds", directory_table(trace, width)),
        _titled("What happened (ms; C this host, S receiver, K KDC)", ladder(trace, width, failed=failed)),
    )
    lines: list[Line] = []
    for section in sections:
        if section:
            lines += [*([Line(text="")] if lines else []), *section]
    return lines


def _titled(title: str, lines: list[Line]) -> list[Line]:
    return [line(title, "bold"), *lines] if lines else []


def _headline(trace: Trace, judgement: Judgement, width: int) -> list[Line]:
    verdict, target = judgement.verdict, trace.target
    where = f"{target.name} port {target.port}" + (f" ({target.address})" if target.address else "")
    style = _STYLES[judgement.status]
    certainty = "" if verdict.cause in ("healthy", "undetermined") else f", {verdict.certainty.value}"
    unfinished = "; the deadline came before the end" if trace.unfinished else ""
    return [
        line(f"{judgement.status.value.upper()}  {where}", style),
        *wrapped(f"{verdict.title} [{verdict.cause}{certainty}]", width, style=style),
        *wrapped(verdict.summary, width, indent="  "),
        line(f"  side: {verdict.side}; took {_took(trace.duration_ms)}{unfinished}", "dim"),
        *wrapped(_asked(trace), width, indent="  ", style="dim"),
    ]


_EHLO_SOURCES = {"keytab": "of the keytab", "account": "guessed from the account", "host": "this host's"}


_REALM_SOURCES = {"krb5.conf": "of krb5.conf", "target": "the target's domain"}


def _asked(trace: Trace) -> str:
    """Who asked as whom, and which of it nobody said: what was guessed is an assumption of all that rests on it."""
    request = trace.request
    who = f"asked as {request.principal} ({request.credentials})" if request.principal else "asked as nobody"
    if request.credentials == "native":
        who = "asked with this host's own tickets"
    of_realm = _REALM_SOURCES.get(request.realm_source, "")
    realm = f", realm {request.realm}" + (f" ({of_realm})" if of_realm else "") if request.realm else ""
    source = _EHLO_SOURCES.get(request.ehlo_source, "")
    ehlo = f", EHLO {request.ehlo_name}" + (f" ({source})" if source else "") if request.ehlo_name else ""
    return f"{who}{realm}{ehlo}"


def _took(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if 0 <= milliseconds < 1000 else duration(milliseconds / 1000)


def _evidence(verdict: Verdict, width: int) -> list[Line]:
    lines: list[Line] = []
    for item in verdict.evidence:
        step = f" [{item.step}]" if item.step else ""
        lines += wrapped(f"{item.says}{step}", width, indent="  • ", hang="    ")
    return _titled("Why", lines)


def _remedies(verdict: Verdict, width: int) -> list[Line]:
    lines: list[Line] = []
    for number, remedy in enumerate(verdict.remedy, 1):
        where = f" ({remedy.where})" if remedy.where else ""
        lines += wrapped(f"{remedy.do}{where}", width, indent=f"  {number}. ", hang="     ")
        if remedy.command:
            # Not broken, whatever its length: it is there to be copied.
            lines.append(line(f"       {remedy.command}", "bold cyan"))
        if not remedy.harmless:
            lines += wrapped(f"Mind: {remedy.risk}", width, indent="     ", style="yellow")
    return _titled("What to do", lines)


def _alternatives(judgement: Judgement, width: int, relation: Relation, title: str) -> list[Line]:
    lines: list[Line] = []
    for other in judgement.alternatives:
        if other.relation is relation:
            text = f"{other.cause} ({other.certainty.value}): {other.summary}"
            lines += wrapped(text, width, indent="  • ", hang="    ")
    return _titled(title, lines)


def _next(judgement: Judgement, width: int) -> list[Line]:
    lines: list[Line] = []
    for text in judgement.next_measurements:
        lines += wrapped(text, width, indent="  • ", hang="    ")
    return _titled("What would decide", lines)
