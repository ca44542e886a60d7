"""The command line: arguments -> run -> render. One module a command, imported when it is asked for.

`exps --help` must answer at once on a slow jump host, so this module imports click and nothing of ours: the table
below says where each command is and what its help says. The lab's commands come from the simulator's package as entry
points, because a jump host may leave that out.

A command reads what was typed (`settings`), makes values of it (`options`), runs, and hands the trace to `render`,
which judges and prints. What was typed wrong ends before any network is touched, in one line that names the option or
file and what is allowed (`errors`, exit status 3). The exit statuses are those of monitoring plug-ins; `targets` and
`credentials` read what people type and the files that they name. A bug of ours ends in a traceback and in status 3,
"could not be examined": never in a status that says something about a server.
"""

import io
import os
import sys
import traceback
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import click

from probe.cli.errors import EXIT_INTERRUPTED, EXIT_UNKNOWN

COMMANDS = {
    "probe": ("probe.cli.probe:command", "Examine one receive connector and say why it refuses."),
    "sweep": ("probe.cli.sweep:command", "Examine many receive connectors, at a bounded pace."),
    "diagnose": ("probe.cli.diagnose:command", "Judge a saved trace again."),
    "decode": ("probe.cli.decode:command", "Show what is in a token: SPNEGO, Kerberos, NTLM, EXCHANGEAUTH."),
    "explain": (
        "probe.cli.explain:command",
        "Say what a code, a status or a pasted line means and what to do.",
    ),
    "doctor": ("probe.cli.doctor:command", "Say what this host itself has, and what stands in the way."),
}
"""Built-in commands: where each is, and what `exps --help` says of it without importing it."""

EPILOG = """\b
Start with:   exps demo
Then:         exps probe mail1.contoso.com --realm CONTOSO.COM

Exit status of probe, diagnose, doctor and demo: 0 healthy, 1 warning, 2 failure found, 3 could not be examined
or bad usage; of sweep: the worst of its targets, and a failure is worse than what could not be examined."""


def _plugins() -> dict[str, EntryPoint]:
    """Commands that other packages add, such as the lab's."""
    return {entry.name: entry for entry in entry_points(group="exps.commands")}


class LazyGroup(click.Group):
    """Finds a command's module when the command is used, and its one-line help in a table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Built-in commands first, then plugins."""
        return [*COMMANDS, *sorted(_plugins())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name][0].partition(":")
            command: click.Command = getattr(import_module(module), name)
            return command
        entry = _plugins().get(cmd_name)
        if entry is None:
            return None
        loaded: click.Command = entry.load()
        return loaded

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, from the short texts: built-in commands are not imported for it."""
        rows = [(name, text) for name, (_, text) in COMMANDS.items()]
        rows += [
            (name, entry.load().get_short_help_str(limit=80)) for name, entry in sorted(_plugins().items())
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="exps")
@click.pass_context
def exps(ctx: click.Context) -> int:
    """Find out why one Exchange server refuses another with "454 4.7.0 Temporary authentication failure".

    The probe performs the real handshake (EHLO, X-ANONYMOUSTLS, X-EXPS GSSAPI with real Kerberos tickets),
    measures everything around it, and gives a verdict with evidence and the command that mends it. It sends
    no mail, changes nothing, and tries a password at most once.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
    return EXIT_UNKNOWN


def main() -> None:
    """Run the command line and exit: usage errors are status 3, Ctrl-C is 130, as monitoring and shells expect."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console with an old code page shows what it can: no character of a report is worth a traceback.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_status())


def _status() -> int:
    try:
        status = exps.main(prog_name="exps", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        print(_one_line(error), file=sys.stderr)
        return EXIT_UNKNOWN
    except (click.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`exps ... | head`); the interpreter must not try to write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNKNOWN
    except Exception:  # noqa: BLE001 - a bug of ours must not look like the status 1, "warning"
        traceback.print_exc()
        return EXIT_UNKNOWN
    return status if isinstance(status, int) else 0


def _one_line(error: click.ClickException) -> str:
    hint = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f" (see {error.ctx.command_path} --help)"
    return " ".join(f"exps: {error.format_message()}{hint}".split())
