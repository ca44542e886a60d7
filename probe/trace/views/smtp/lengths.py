"""The contrast without a ticket: a negotiation in few octets and one as long as our token (PURE)."""

from dataclasses import dataclass
from enum import Enum

from probe.trace import Step, Trace
from probe.trace.facts import Negotiation, Outcome
from probe.trace.views.evidence import Evidence
from probe.trace.wording import reply_line, reply_text


class Reading(Enum):
    """What the receiver made of the two."""

    UNKNOWN = 0
    """Not asked, or not both answered within the time, or refused for another reason."""
    BOTH = 1
    """Both were read: neither the path nor the parser dislikes our octets, so it is the ticket."""
    SHORT_ONLY = 2
    """The length makes the difference."""
    NEITHER = 3
    """Even without a ticket: neither key nor clock nor SPN can be the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """The answer and the steps that bear it out."""

    reading: Reading
    steps: tuple[Step[Negotiation], ...] = ()

    def evidence(self) -> tuple[Evidence, ...]:
        """Each question and its answer."""
        return tuple(Evidence(step=step.id, says=_says(step)) for step in self.steps)


def read_lengths(trace: Trace) -> Lengths:
    """The shortest and the longest negotiation of the run, where both came to something."""
    asked = [step for step in trace.of(Negotiation) if step.facts.answered or _refused(step)]
    if len(asked) < 2:
        return Lengths(reading=Reading.UNKNOWN)
    ordered = sorted(asked, key=lambda step: step.facts.token_octets)
    short, long = ordered[0], ordered[-1]
    comparable = (short.facts.verb, short.facts.tls) == (long.facts.verb, long.facts.tls)
    if not comparable or short.facts.token_octets == long.facts.token_octets:
        return Lengths(reading=Reading.UNKNOWN)
    reading = {
        (True, True): Reading.BOTH,
        (True, False): Reading.SHORT_ONLY,
        (False, False): Reading.NEITHER,
    }.get((short.facts.answered, long.facts.answered), Reading.UNKNOWN)
    return Lengths(reading=reading, steps=(short, long))


def _refused(step: Step[Negotiation]) -> bool:
    """A refusal or a hang-up; silence, or a receiver that has had enough of us, tells nothing."""
    reply = step.facts.reply
    if reply is None:
        return step.outcome is Outcome.CLOSED
    return reply.code >= 400 and "too many errors" not in reply_text(reply)


def _says(step: Step[Negotiation]) -> str:
    facts = step.facts
    said = "was read" if facts.answered else f"was answered with: {reply_line(facts.reply)}"
    if facts.reply is None and not facts.answered:
        said = "ended the connection"
    return f"a negotiation of {facts.token_octets} octets, without a ticket, {said}"
