"""The connector wants channel bindings, or other ones than it gets (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Handshake
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.connections import different_keys
from probe.trace.views.smtp.contrasts import BINDINGS, OTHER_TLS, failing, passing, told, unexplained_refusals
from probe.trace.views.smtp.session import accepted, answer, honest, succeeded

CHECK = CAUSE = "bindings-rejected"
TITLE = "Channel bindings make no difference"
CITATION = "Set-ReceiveConnector -ExtendedProtectionPolicy; RFC 4121 section 4.1.1.2; RFC 5929"

finding = partial(Finding, check=CHECK, cause=CAUSE)
WOULD_DECIDE = (
    "on the receiver: read event 1035; BadBindings means the channel bindings",
    "on the receiver: Get-ReceiveConnector -Server {short} | Format-List Identity,ExtendedProtectionPolicy",
)


def examine(trace: Trace) -> Finding:
    """The same ticket passes inside TLS with bindings and not without them, or without TLS and not inside it.

    A suspicion each: the catalogue of causes calls neither proof, because a balancer may have given the two log-ons to
    different servers. A reason in the receiver's token, or one that was measured, is left to its own check.
    """
    refused = [step for step in unexplained_refusals(trace) if step.facts.tls != "none"]
    bound, clear = passing(trace, *BINDINGS), passing(trace, OTHER_TLS)
    if refused and bound:
        return _says(
            trace,
            f"the receiver takes the ticket with channel bindings ({_kind(bound)}) only",
            refused,
            bound,
        )
    if refused and clear:
        return _says(
            trace,
            "the receiver takes the ticket without TLS and refuses it inside TLS, where channel bindings are due",
            refused,
            (*clear, *failing(trace, *BINDINGS)),
        )
    return _otherwise(trace)


def _says(
    trace: Trace, says: str, refused: list[Step[Handshake]], others: tuple[Step[Handshake], ...]
) -> Finding:
    return finding(
        # Where the connections met several servers, none of them was asked both ways.
        status=Status.NOTICE if different_keys(trace) else Status.SUSPECT,
        says=says,
        evidence=(*(answer(step) for step in refused), *(told(step) for step in others)),
        breaks=not succeeded(trace),
        would_decide=WOULD_DECIDE,
    )


def _otherwise(trace: Trace) -> Finding:
    taken = [step for step in honest(trace) if step.facts.mechanism == "GSSAPI" and accepted(step)]
    bound, disliked = passing(trace, *BINDINGS), failing(trace, *BINDINGS)
    if taken and disliked and not bound:
        return finding(
            status=Status.NOTICE,
            says="the receiver takes the ticket without channel bindings and refuses it with them, so it sees another "
            "channel than we do, or names it otherwise",
            evidence=tuple(told(step) for step in disliked),
            breaks=False,
            would_decide=WOULD_DECIDE,
        )
    if taken and bound:
        return finding(
            status=Status.PASS,
            says=f"the receiver takes the ticket with channel bindings ({_kind(bound)}) and without",
            evidence=tuple(told(step) for step in bound),
        )
    if disliked:
        return finding(
            status=Status.PASS,
            says="channel bindings do not help",
            evidence=tuple(told(step) for step in disliked),
        )
    if any(step.facts.tls != "none" for step in taken):
        says = "the receiver takes a ticket inside TLS without channel bindings"
        return finding(status=Status.PASS, says=says, evidence=_answers(taken))
    return finding(status=Status.NOT_APPLICABLE, says="no log-on inside TLS was compared with another one")


def _answers(steps: list[Step[Handshake]]) -> tuple[Evidence, ...]:
    return tuple(answer(step) for step in steps)


def _kind(steps: tuple[Step[Handshake], ...]) -> str:
    return steps[0].facts.bindings
