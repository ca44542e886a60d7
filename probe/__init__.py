"""`exps`' probe: why does one Exchange server refuse another with 454 4.7.0?

The receiver answers every failure with the same line, so nothing that it says is the reason. The probe therefore does
what a sending server does, with real tickets, and keeps all that can be seen on the way: what each KDC said, whose
clock shows what, which name led where. That is a *trace*, and only then it is judged: each check looks for one cause,
`diagnosis` ranks what they found, and where the reason is still open a measurement is made that could decide it. Who
measures never judges, and who judges has no network, so a saved trace gets the same verdict anywhere.

This is the public API: `run_probe` performs a run, `judge` says what it means, `report_json` and `report_text` show
it. Importing it is cheap; each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from probe.diagnosis.verdict import Judgement as Judgement
    from probe.diagnosis.verdict import exit_status as exit_status
    from probe.diagnosis.verdict import judge as judge
    from probe.kdcs.this_host import this_host as this_host
    from probe.net.endpoint import Endpoint
    from probe.report.json import report as report_json
    from probe.report.text import render as report_text
    from probe.report.text import show as show_report
    from probe.run import run_probe as run_probe
    from probe.settings.environment import Environment as Environment
    from probe.settings.injection import parse_injection as parse_injection
    from probe.settings.options import Credentials as Credentials
    from probe.settings.options import ProbeOptions as ProbeOptions
    from probe.tickets.files.sources import from_keytab as from_keytab
    from probe.tickets.secret import Password as Password
    from probe.trace import Trace as Trace
    from probe.trace import trace_from_json as trace_from_json
    from probe.trace import trace_to_json as trace_to_json
    from probe.wire.kerberos import PrincipalName as PrincipalName

_HOMES = {
    "Credentials": "probe.settings.options",
    "Endpoint": "probe.net.endpoint",
    "KdcEndpoint": "probe.tickets.client.transport",
    "Environment": "probe.settings.environment",
    "Judgement": "probe.diagnosis.verdict",
    "Password": "probe.tickets.secret",
    "PrincipalName": "probe.wire.kerberos",
    "ProbeOptions": "probe.settings.options",
    "Trace": "probe.trace",
    "exit_status": "probe.diagnosis.verdict",
    "from_keytab": "probe.tickets.files.sources",
    "judge": "probe.diagnosis.verdict",
    "parse_injection": "probe.settings.injection",
    "report_json": "probe.report.json:report",
    "report_text": "probe.report.text:render",
    "run_probe": "probe.run",
    "show_report": "probe.report.text:show",
    "this_host": "probe.kdcs.this_host",
    "trace_from_json": "probe.trace",
    "trace_to_json": "probe.trace",
}

__all__ = [
    "Credentials",
    "Endpoint",
    "Environment",
    "Judgement",
    "KdcEndpoint",
    "Password",
    "PrincipalName",
    "ProbeOptions",
    "Trace",
    "exit_status",
    "from_keytab",
    "judge",
    "parse_injection",
    "report_json",
    "report_text",
    "run_probe",
    "show_report",
    "this_host",
    "trace_from_json",
    "trace_to_json",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'probe' has no attribute {name!r}")
    module, _, other_name = _HOMES[name].partition(":")
    return getattr(import_module(module), other_name or name)
