"""The last part of a command: judge, print, and give the exit status."""

import json
from pathlib import Path

from probe.cli.errors import write_file
from probe.diagnosis.verdict import exit_status, judge
from probe.report.json import report
from probe.trace import Trace


def show(trace: Trace, *, as_json: bool, html: Path | None = None) -> int:
    """Print the report of a trace as JSON or for a reader; the exit status is the verdict's."""
    judgement = judge(trace)
    if html is not None:
        from probe.report.html import page

        write_file(html, page(trace, judgement))
    if as_json:
        print(json.dumps(report(trace, judgement), indent=2))
        return exit_status(judgement.status)
    from rich.console import Console

    from probe.report import text

    text.show(Console(soft_wrap=True), trace, judgement)
    return exit_status(judgement.status)
