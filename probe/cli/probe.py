"""`exps probe`: one connector."""

import json
from pathlib import Path
from typing import Any

import click

from probe.cli.errors import check_writable, write_file
from probe.cli.settings import ProbeSettings
from probe.settings.options import MECHANISMS, TLS_MODES, WRAPPINGS

INJECTIONS = ("skew=+6m", "wrong-spn", "cut-token", "corrupt-token", "replay", "bad-hash")

HELP = """Examine the receive connector TARGET[:PORT] (default port 25) and say why it refuses.

The probe connects, reads the banner, says EHLO, starts TLS, says EHLO again and authenticates with a real
Kerberos ticket, as a sending Exchange server does; meanwhile it asks every KDC for its clock and for the
names that matter. It never sends mail and never tries a password twice. When the handshake leaves the reason open, it
goes on with contrasts: the same log-on with one difference, each on a connection of its own.

\b
Without credentials:
  exps probe mail1.contoso.com --realm CONTOSO.COM
As a user:
  exps probe mail1.contoso.com --user alice@CONTOSO.COM --password-file -
As the sender itself:
  exps probe mail1.contoso.com --keytab ex2.keytab --principal 'EX2$'
With kinit's tickets:
  exps probe mail1.contoso.com --ccache /tmp/krb5cc_1000
With this host's own tickets; as SYSTEM on the sender, Exchange's own:
  exps probe mail1.contoso.com --native
A fault of our own:
  exps probe mail1.contoso.com ... --inject skew=+6m
"""


_PATH = click.Path(path_type=Path)
_OPTIONS = (
    click.argument("target", metavar="TARGET[:PORT]"),
    click.option("--connect", metavar="HOST:PORT", help="Where to connect, when it is not TARGET."),
    click.option("--source", metavar="ADDRESS", help="Our own address: connectors differ by it."),
    click.option("--realm", metavar="REALM", help="Kerberos realm, e.g. CONTOSO.COM."),
    click.option(
        "--kdc",
        "kdcs",
        multiple=True,
        metavar="[REALM=]HOST[:PORT]",
        help="KDC, of our realm or another; may be given several times.",
    ),
    click.option("--site", metavar="NAME", help="Active Directory site whose KDCs come first, found by DNS."),
    click.option("--dns", metavar="HOST[:PORT]", help="Name server to ask instead of the system's."),
    click.option("--user", metavar="USER[@REALM]", help="Log on as this user."),
    click.option(
        "--password-file", metavar="FILE|-", help="First line is the password; - is standard input."
    ),
    click.option("--keytab", type=_PATH, metavar="FILE", help="Log on with a key of this keytab."),
    click.option("--principal", metavar="NAME[@REALM]", help="Which entry of the keytab."),
    click.option("--ccache", type=_PATH, metavar="FILE", help="Use the tickets of this cache."),
    click.option("--native", is_flag=True, help="Use this host's own tickets: SSPI on Windows, else GSSAPI."),
    click.option(
        "--ehlo",
        metavar="NAME",
        help="Our name in EHLO (default: the keytab's or account's host, else this one).",
    ),
    click.option("--spn", metavar="SPN", help="Ask for this name instead of SMTPSVC/<advertised name>."),
    click.option(
        "--mechanism",
        type=click.Choice(MECHANISMS),
        default="auto",
        help="How to log on (default: as a sender would).",
    ),
    click.option(
        "--tls",
        type=click.Choice(TLS_MODES),
        default="auto",
        help="Protection (default: X-ANONYMOUSTLS, else STARTTLS).",
    ),
    click.option(
        "--wrapping",
        type=click.Choice(WRAPPINGS),
        default="auto",
        help="How the Kerberos token travels.",
    ),
    click.option("--initial-response", is_flag=True, help="Send the token on the command's own line."),
    click.option(
        "--no-ntlm", is_flag=True, help="Do not ask by NTLM, without credentials, who answers there."
    ),
    click.option(
        "--directory",
        "directories",
        multiple=True,
        metavar="HOST[:PORT]",
        help="Domain controller to ask over LDAP (default: the KDCs); may be given several times.",
    ),
    click.option("--no-directory", is_flag=True, help="Ask no domain controller over LDAP."),
    click.option(
        "--sntp",
        "time_servers",
        multiple=True,
        metavar="HOST[:PORT]",
        help="Time server to ask when a clock is in doubt, instead of the KDCs' hosts; may be given several times.",
    ),
    click.option(
        "--smb", metavar="HOST:PORT", help="The receiver's SMB service, when it is not on its port 445."
    ),
    click.option(
        "--no-smb", is_flag=True, help="Do not ask the receiver's SMB service for a second opinion."
    ),
    click.option(
        "--inject",
        metavar="FAULT",
        help="Commit a fault of ours: " + ", ".join(INJECTIONS) + ".",
    ),
    click.option(
        "--quick", is_flag=True, help="The handshake alone: no measurement after it, whatever is undecided."
    ),
    click.option(
        "--thorough",
        is_flag=True,
        help="Every measurement that can tell anything, even of a healthy receiver.",
    ),
    click.option(
        "--timeout", default=10.0, show_default=True, metavar="S", help="For each wait, in seconds."
    ),
    click.option("--deadline", default=60.0, show_default=True, metavar="S", help="For the whole run."),
    click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object."),
    click.option("--html", type=_PATH, metavar="FILE", help="Write the report as a page of HTML as well."),
    click.option(
        "--trace",
        type=_PATH,
        metavar="FILE",
        help="Save what was seen, for `exps diagnose`.",
    ),
)


def _options(command: Any) -> Any:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(help=HELP)
@_options
def command(*, target: str, as_json: bool, html: Path | None, trace: Path | None, **typed: Any) -> int:
    """Run the probe and print its report; the exit status is the verdict's."""
    from probe.cli.options import build_options
    from probe.cli.render import show

    (options,) = build_options((target,), ProbeSettings.of(typed))
    for file in filter(None, (trace, html)):
        check_writable(file)  # before a minute is spent on a run that could not be saved
    from probe.net.loop import run_to_end
    from probe.run import run_probe
    from probe.trace import trace_to_json

    result = run_to_end(run_probe(options))
    if trace is not None:
        write_file(trace, json.dumps(trace_to_json(result), indent=1) + "\n")
    return show(result, as_json=as_json, html=html)
