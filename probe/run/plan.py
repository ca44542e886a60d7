"""Which measurement comes next: the cheapest one that can decide what is still open (PURE).

By default a run ends as soon as its verdict is certain; the handshake of a healthy receiver is followed by nothing.
``thorough`` takes whatever has anything to tell, ``quick`` nothing.
"""

from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

from probe.diagnosis.verdict import Certainty, Judgement, Overall
from probe.trace import Trace

MAXIMUM_REFUSALS = {"quick": 0, "default": 8, "thorough": 12}
"""Log-ons that the receiver may be made to refuse in a run, beside the main ones. Each has a connection of its own, so
that no connection comes near a connector's MaxLogonFailures (3 by default)."""

UNDETERMINED = "undetermined"


class Choice(Protocol):
    """What the plan has to know of a measurement: `probe.measurements.Measurement`."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def decides(self) -> Collection[str]: ...  # noqa: D102

    @property
    def cost(self) -> int: ...  # noqa: D102

    @property
    def refusals(self) -> int: ...  # noqa: D102

    def wanted(self, trace: Trace, /) -> bool: ...  # noqa: D102


C = TypeVar("C", bound=Choice)


def choose(trace: Trace, judgement: Judgement, choices: Iterable[C], *, made: Collection[str]) -> C | None:
    """The next measurement, or None when enough is known. ``made`` names those that were made already.

    ``choices`` have all names once; those in ``made`` count against the number of refusals.
    """
    if enough(trace, judgement):
        return None
    effort = trace.request.effort
    known = tuple(choices)
    left = MAXIMUM_REFUSALS[effort] - sum(choice.refusals for choice in known if choice.name in made)
    causes = _open(judgement)
    useful = [
        choice
        for choice in known
        if choice.name not in made
        and choice.refusals <= left
        and (effort == "thorough" or UNDETERMINED in causes or causes & set(choice.decides))
        and choice.wanted(trace)
    ]
    return min(useful, key=lambda choice: (choice.cost, choice.name), default=None)


def enough(trace: Trace, judgement: Judgement) -> bool:
    """Whether the run ends here, whatever could be measured."""
    effort = trace.request.effort
    settled = judgement.status in (Overall.OK, Overall.WARNING)
    certain = judgement.verdict.certainty is Certainty.CERTAIN
    return effort == "quick" or (effort == "default" and (settled or certain))


def _open(judgement: Judgement) -> set[str]:
    """What could still be the cause."""
    return {judgement.verdict.cause, *(verdict.cause for verdict in judgement.alternatives)}
