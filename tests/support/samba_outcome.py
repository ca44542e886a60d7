"""What came of a run of the probe against Samba, and whether its verdict may stand."""

import re
from dataclasses import dataclass

from tests.support.postfix import Postfix, gssapi_failures
from tests.support.reported import COLUMNS, Reported
from tests.support.samba_receiver import Receiver

HEADER = ("case", "the receiver's own reason", "expected", *COLUMNS)
"""Of a table with `Outcome.row`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Reported):
    """A report with its exit status, and what the receiver itself says about the log-on."""

    reason: str

    @property
    def evidence(self) -> str:
        """The verdict's, a line each."""
        return "\n".join(str(each["says"]) for each in self.report["verdict"]["evidence"])

    def row(self, name: str, truth: str) -> tuple[str, ...]:
        """Its line in a table: name, the receiver's reason, what is true, and what the probe says."""
        # How many seconds it is exactly is another matter at each run.
        reason = re.sub("in [0-9]+ s", "in ... s", self.reason)
        return self.cells(name, reason, truth)


def reason_of(accepting: Receiver | Postfix, start: int = 0) -> str:
    """What it wrote about the first log-on after ``start``; postfix, what MIT's library told it about a refusal."""
    if isinstance(accepting, Receiver):
        return accepting.judged(start)
    found = gssapi_failures(accepting.await_log(start))
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
