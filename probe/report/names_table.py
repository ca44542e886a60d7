"""Who the receiver is, by every source: one row each, contradictions marked (PURE)."""

from probe.report.lines import Line, line, shorten
from probe.trace import Trace
from probe.trace.jsonable import Json
from probe.trace.views.names import Said, read_names

_LABEL = 38
DIFFERS = "≠"
LABELS = {
    "target": "asked for",
    "hosts": "hosts file",
    "system": "system's resolver",
    "dns": "DNS, A and AAAA",
    "cname": "DNS, CNAME",
    "ptr": "DNS, PTR",
    "banner": "banner",
    "ehlo": "EHLO reply",
    "ehlo-in-tls": "EHLO reply inside TLS",
    "certificate": "certificate",
    "ntlm": "NTLM challenge",
    "look": "another connection to",
    "spn-owner": "owner",
    "ehlo-name": "our own EHLO name",
}
ERRORS = {"no-records": "nothing", "no-such-name": "no such name", "timed-out": "no answer"}


def names_table(trace: Trace, width: int) -> list[Line]:
    """The rows; none when nobody said anything beside what was asked for."""
    said = read_names(trace)
    if all(one.source in ("target", "ehlo-name") for one in said):
        return []
    return [_row(one, width) for one in said]


def _row(said: Said, width: int) -> Line:
    joined = " " if said.source == "look" else " of "
    label = LABELS.get(said.source, said.source) + (joined + said.about if said.about else "")
    what = ", ".join((*said.names, *said.addresses)) or ERRORS.get(said.error, said.error) or "nothing"
    mark = DIFFERS if said.contradicts else ""
    text = f"{mark:<2}{shorten(label, _LABEL - 1):<{_LABEL}}{what}"
    return line(shorten(text, width), "yellow" if mark else "")


def names_json(trace: Trace) -> list[Json]:
    """The table for programs: one object a row."""
    return [
        {
            "source": said.source,
            "step": said.step,
            "about": said.about,
            "names": list(said.names),
            "addresses": list(said.addresses),
            "error": said.error,
            "contradicts": said.contradicts,
        }
        for said in read_names(trace)
    ]
