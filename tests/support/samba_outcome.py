"""What came of a run of the probe against Samba, and whether its verdict may stand."""

import re
from dataclasses import dataclass
from typing import Any

from tests.support.postfix import Postfix
from tests.support.samba_receiver import Receiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A report with its exit status, and what the receiver itself says about the log-on."""

    status: int
    report: dict[str, Any]
    reason: str

    @property
    def cause(self) -> str:
        """The verdict's."""
        return str(self.report["verdict"]["cause"])

    @property
    def certainty(self) -> str:
        """The verdict's."""
        return str(self.report["verdict"]["certainty"])

    @property
    def alternatives(self) -> list[str]:
        """Their causes, best first."""
        return [str(verdict["cause"]) for verdict in self.report["alternatives"]]

    @property
    def evidence(self) -> str:
        """The verdict's, a line each."""
        return "\n".join(str(each["says"]) for each in self.report["verdict"]["evidence"])

    def row(self, name: str, truth: str) -> tuple[str, ...]:
        """Its line in a table: name, the receiver's reason, what is true, and what the probe says."""
        # How many seconds it is exactly is another matter at each run.
        reason = re.sub("in [0-9]+ s", "in ... s", self.reason)
        cells = (reason, truth, self.cause, self.certainty, ", ".join(self.alternatives))
        return (name, *(cell or "-" for cell in cells), str(self.status))


def reason_of(accepting: Receiver | Postfix, start: int = 0) -> str:
    """What it wrote about the first log-on after ``start``; postfix, what MIT's library told it about a refusal."""
    if isinstance(accepting, Receiver):
        return accepting.judged(start)
    logged = accepting.await_log(start)
    found: list[str] = re.findall(r"SASL authentication failure: GSSAPI Error: [^(]*\((.*)\)", logged)
    return found[0] if found else ""


def assert_supported(outcome: Outcome, *, truth: str, certainty: str) -> None:
    """The right cause; where the wire cannot tell, nothing else for certain, and the right one among the others."""
    assert not [step for step in outcome.report["steps"] if step["outcome"] == "probe-bug"]
    if certainty:
        assert (outcome.cause, outcome.certainty) == (truth, certainty)
    elif outcome.cause != truth:
        assert outcome.certainty != "certain"
        assert truth in (*outcome.alternatives, "undetermined")
        assert outcome.report["next_measurements"]
