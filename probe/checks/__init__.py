"""The checks: one file each, a pure function from a Trace to a Finding; here are the types and the registry.

A check module has four constants and a function::

    CHECK = "clock-skew-receiver"        # unique; by custom the name of the cause that it looks for
    CAUSE = "clock-skew-receiver"        # a file of probe/causes/
    TITLE = "The receiver's clock agrees with the KDCs'"
    CITATION = "RFC 4120 section 3.2.3; observed: ..."
    def examine(trace: Trace) -> Finding: ...

To add one, put a file here: nothing else is touched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from probe.modules import modules_of
from probe.trace import Trace
from probe.trace.views.evidence import Evidence
from probe.trace.views.wrong_clocks import Blame


class Status(StrEnum):
    """What a check says, from nothing to proof. The order of the members is the order of weight."""

    NOT_APPLICABLE = "not-applicable"
    """The trace does not hold what this check needs."""
    PASS = "pass"  # noqa: S105 - a status, not a password
    NOTICE = "notice"
    """Unusual or about to break, but no failure by itself."""
    SUSPECT = "suspect"
    """Supports the cause; does not prove it."""
    CONFIRMED = "confirmed"
    """Evidence that is enough alone: marked (!) in the catalogue of causes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check made of a trace."""

    check: str
    status: Status
    says: str
    cause: str = ""
    evidence: tuple[Evidence, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """What to fill into the cause's remedies: ``spn``, ``server``, ``kdc``, ``offset`` ..."""
    breaks: bool = True
    """False when the finding is true but does not by itself make the handshake fail: one skewed KDC
    among good ones, a certificate that is about to expire."""
    place: int = 0
    """Among findings that answer one question and tie, such as whose clock is off: 0 leads, 1 comes behind it."""
    would_decide: tuple[str, ...] = ()
    """Measurements that would turn a suspicion into proof or dismiss it, cheapest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check as the registry knows it."""

    name: str
    cause: str
    title: str
    citation: str
    examine: Callable[[Trace], Finding]


@cache
def registry() -> tuple[Check, ...]:
    """Every check of this package, by name."""
    found = [
        Check(
            name=module.CHECK,
            cause=module.CAUSE,
            title=module.TITLE,
            citation=module.CITATION,
            examine=module.examine,
        )
        for module in modules_of(__name__)
    ]
    return tuple(sorted(found, key=lambda check: check.name))


def examine_all(trace: Trace) -> tuple[Finding, ...]:
    """What every check says of ``trace``, in the order of the registry."""
    return tuple(check.examine(trace) for check in registry())


EVENT_1035 = (
    "on the receiver: read event 1035; LogonDenied, WrongPrincipal mean the key, IllegalMessage the message, "
    "UnexpectedExchangeAuthBlob..., TimeSkew the clock"
)
LOG_LEVEL = (
    "on the receiver (then read its System log for Kerberos errors, and remove the value afterwards): "
    r"reg add HKLM\SYSTEM\CurrentControlSet\Control\Lsa\Kerberos\Parameters /v LogLevel /t REG_DWORD /d 1 /f"
)
RECEIVER_CLOCK = "on this host or the sender: w32tm /stripchart /computer:{fqdn} /samples:3 /dataonly"
ANOTHER_CLOCK = "on any domain member: w32tm /stripchart /computer:<ANOTHER_DC> /samples:3 /dataonly"
CUT_TOKEN = "on this host: send a token that is cut on purpose and compare the answers: --inject cut-token"  # noqa: S105 - advice


def clock_status(blame: Blame, *, measured: bool, breaks: bool) -> tuple[Status, int]:
    """The status and the place of a clock's finding; ``measured``: the party told its time itself, and in one way."""
    if blame is Blame.PROVEN and measured:
        return Status.CONFIRMED, 0
    if blame is Blame.POSSIBLE or not breaks:
        return Status.NOTICE, 1 if blame in (Blame.TIED, Blame.POSSIBLE) else 0
    return Status.SUSPECT, 1 if blame is Blame.TIED else 0
