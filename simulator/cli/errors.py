"""Bad input to the lab: one clear line, and exit status 3. So is a lab that is not installed."""

import contextlib
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import click

EXIT_FAILED = 2
EXIT_UNKNOWN = 3
"""Bad usage: UNKNOWN of the monitoring-plugins convention."""


LAB_PACKAGES = ("aiosmtpd", "impacket")
"""What the lab imports of the extra `lab`."""


class BadInput(click.ClickException):
    """The user gave something that cannot be used."""

    exit_code = EXIT_UNKNOWN


@contextlib.contextmanager
def one_line() -> Iterator[None]:
    """Turn what a user can mend into BadInput."""
    from simulator.lab import LabError
    from simulator.scenario import ScenarioError

    try:
        yield
    except (ScenarioError, LabError) as error:
        raise BadInput(str(error)) from None


class LabCommand(click.Command):
    """A command that says how to install the lab where only the probe is installed; its --help needs nothing."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. Raises BadInput."""
        missing = [package for package in LAB_PACKAGES if find_spec(package) is None]
        if missing:
            raise BadInput(
                f'the lab is not installed ({" and ".join(missing)} missing); install it with: pip install "exps[lab]"'
            )
        return super().invoke(ctx)


class LabGroup(click.Group):
    """A group of such commands."""

    command_class = LabCommand
