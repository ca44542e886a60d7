"""The report as one HTML page that needs nothing else: to attach to a ticket (PURE).

It is the text report in a page: the same words in the same order, so that the two can never disagree. Whatever came
from the network is escaped; the page has no script and loads nothing.
"""

from html import escape

from probe.diagnosis.verdict import Judgement
from probe.report.lines import Line
from probe.report.text import report
from probe.trace import Trace

WIDTH = 110
"""Columns of the page."""

_STYLE = """
body { margin: 2em auto; max-width: 75em; padding: 0 1em; color: #1b1f24; background: #fff; }
pre { font: 14px/1.45 ui-monospace, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
.bold { font-weight: 700; }
.dim { color: #5a6370; }
.red { color: #b3261e; }
.yellow { color: #8a6100; }
.green { color: #146c2e; }
.magenta { color: #8a1a86; }
@media (prefers-color-scheme: dark) {
  body { color: #e4e7eb; background: #15181c; }
  .dim { color: #9aa4b1; }
  .red { color: #ff8a80; }
  .yellow { color: #f0c14b; }
  .green { color: #7bd88f; }
  .magenta { color: #e29be0; }
}
"""


def page(trace: Trace, judgement: Judgement) -> str:
    """The whole document."""
    title = f"exps: {judgement.verdict.cause} at {trace.target.name}"
    body = "\n".join(_line(item) for item in report(trace, judgement, WIDTH))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<pre>{body}</pre>\n</main>\n</body>\n</html>\n"
    )


def _line(item: Line) -> str:
    text = escape(item.text)
    return f'<span class="{escape(item.style)}">{text}</span>' if item.style else text
