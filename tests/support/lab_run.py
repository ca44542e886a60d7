"""A lab in this process and one probe of it: the scenario is a few lines of TOML, the options are the test's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import probe
from probe.trace import Step, Trace
from probe.trace.facts import Handshake
from simulator.lab import Lab
from simulator.ledger import Entry
from simulator.run.runner import probe_options
from simulator.scenario import parse
from simulator.scenario.values import Scenario

HEAD = 'title = "A test"\nstory = "x"\n'
TAIL = '[expect]\ncause = "healthy"\n[lesson]\nexplain = "x"\ncheck = ["x"]\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the probe saw, and what really happened."""

    trace: Trace
    entries: Sequence[Entry]

    def contrasts(self, name: str) -> list[Step[Handshake]]:
        """The log-ons of one measurement."""
        return [step for step in self.trace.of(Handshake) if step.facts.contrast == name]

    @property
    def log_ons(self) -> list[tuple[object, object]]:
        """Mechanism and SSPI status of each log-on at the receiver, in order; NTLM's question is none."""
        found = [entry.detail for entry in self.entries if entry.kind == "auth"]
        return [(one["mechanism"], one["status"]) for one in found if "NTLM" not in str(one["mechanism"])]


async def probed(folder: Path, scenario: str, **options: Any) -> Run:
    """As `probed_lab`, for a scenario of a few lines."""
    return await probed_lab(folder, parse(HEAD + scenario + TAIL, name="test", file="test.toml"), **options)


async def probed_lab(folder: Path, scenario: Scenario, **options: Any) -> Run:
    """Start the lab, probe its first connector with ``options`` changed, and stop it."""
    async with Lab(scenario, folder) as lab:
        trace = await probe.run_probe(replace(probe_options(lab), **options))
        return Run(trace=trace, entries=tuple(lab.ledger.entries))
