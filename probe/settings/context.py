"""What every part of a run is handed: what is asked, what the host gives, and where the steps go."""

from dataclasses import dataclass, replace
from typing import Self

from probe.settings.environment import Environment
from probe.settings.options import ProbeOptions
from probe.trace import Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """One run, for whoever takes part in it.

    It is frozen, because tasks side by side share it. Who needs something else for a while makes another one:
    ``replace(context, options=...)`` for the same thing with one difference, `with_side_recorder` for a side question.
    """

    options: ProbeOptions
    environment: Environment
    recorder: Recorder

    def with_side_recorder(self) -> Self:
        """The same with a recorder of its own, whose steps are not the run's.

        For a connection beside the main one: the checks read the trace as one dialogue with the receiver, and a second
        greeting or EHLO in it would pass for the main one. Who asks makes one step of what the side recorder has.
        """
        return replace(self, recorder=Recorder(self.environment.monotonic))


def begin_run(options: ProbeOptions, environment: Environment) -> RunContext:
    """The context of a run that begins now: times of its steps are milliseconds from here."""
    return RunContext(options=options, environment=environment, recorder=Recorder(environment.monotonic))
