"""Bad input to the lab: one clear line, and exit status 3."""

import contextlib
from collections.abc import Iterator

import click

EXIT_FAILED = 2
EXIT_UNKNOWN = 3
"""Bad usage: UNKNOWN of the monitoring-plugins convention."""


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
