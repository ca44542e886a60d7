"""`exps doctor`: what this host itself has."""

import json
import re
from typing import Any

import click

from probe.cli.errors import BadInput

_REALM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")

HELP = """Say what this host itself has: Kerberos configuration, tickets, clock, names, DNS, the way to each KDC.

No credentials are needed and nothing is changed. Each KDC is asked for its clock over UDP and TCP, as any client
begins, and its host for the time by SNTP; a domain controller's other ports are connected to and left again.

Exit status: 0 all good, 1 something worth a look, 2 something stands in the way, 3 could not be examined
(no realm is known: give --realm)."""


@click.command(help=HELP)
@click.option(
    "--realm", metavar="REALM", help="Kerberos realm (default: krb5.conf's, else this host's domain)."
)
@click.option("--kdc", "kdcs", multiple=True, metavar="HOST[:PORT]", help="KDC; may be given several times.")
@click.option("--dns", metavar="HOST[:PORT]", help="Name server to ask instead of the system's.")
@click.option("--timeout", default=3.0, show_default=True, metavar="S", help="For each wait, in seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    *, realm: str | None, kdcs: tuple[str, ...], dns: str | None, timeout: float, as_json: bool
) -> int:
    """Gather, examine, print; the exit status is the worst observation's."""
    if not 0 < timeout <= 3600:
        raise BadInput(f"--timeout: {timeout:g} is not between 0 and 3600 seconds")
    from probe.cli.targets import parse_endpoint, parse_kdc
    from probe.doctor.gather import DoctorOptions, gather
    from probe.kdcs.this_host import this_host
    from probe.net.loop import run_to_end
    from probe.settings.host import Host

    options = DoctorOptions(
        realm="" if realm is None else _parse_realm(realm),
        kdcs=tuple(parse_kdc(kdc) for kdc in kdcs),
        nameserver=None if dns is None else parse_endpoint("--dns", dns, 53),
        timeout_s=timeout,
    )
    environment = this_host()
    begun = environment.monotonic()
    facts = run_to_end(gather(options, environment, Host()))
    return _show(facts, as_json=as_json, duration_ms=round((environment.monotonic() - begun) * 1000, 3))


def _parse_realm(text: str) -> str:
    """A realm as people type it, in Active Directory's capitals. Raises BadInput."""
    if _REALM.fullmatch(text) is None:
        raise BadInput(f"--realm: {text!r} is no realm such as CONTOSO.COM")
    return text.upper()


def _show(facts: Any, *, as_json: bool, duration_ms: float) -> int:
    from probe.diagnosis.verdict import exit_status
    from probe.doctor.examine import examine, overall
    from probe.doctor.show import document, lines
    from probe.report.lines import to_ascii

    observations = examine(facts)
    status = overall(facts, observations)
    if as_json:
        tool = {"name": "exps", "version": facts.installed.packages.get("exps") or "unknown"}
        content = document(facts, observations, status, tool=tool, duration_ms=duration_ms)
        print(json.dumps(content, indent=2))
        return exit_status(status)
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True)
    plain = not console.encoding.lower().startswith("utf")
    for item in lines(facts, observations, status, max(console.width, 60)):
        text = to_ascii(item.text) if plain else item.text
        console.print(Text(text, style=item.style), soft_wrap=True, highlight=False)
    return exit_status(status)
