"""What is short passes, what is long is never answered: a path that loses long data (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Handshake, Negotiation, Outcome, Tls
from probe.trace.views.evidence import Evidence
from probe.trace.views.lateness import we_were_late
from probe.trace.views.smtp.exchangeauth import others_verified
from probe.trace.views.smtp.session import honest, offers, refusals, succeeded

CHECK = CAUSE = "data-lost-in-path"
TITLE = "Long data arrives as short data does"
CITATION = "RFC 2923 section 2.1 (path MTU discovery black hole)"

ROOMY = 900
"""Octets of token whose line goes through the narrowest usual link (1,280 octets, RFC 8200 section 5)."""

finding = partial(Finding, check=CHECK, cause=CAUSE)
WOULD_DECIDE = (
    "on the sender: ping -f -l 1472 {target}, and smaller until it passes",
    "on this host: wait longer for the answer, --timeout 30s",
)


def examine(trace: Trace) -> Finding:
    """One silence behind answered short lines is support; the same negotiation in short and long says more beside it.

    What is refused has arrived, and so has what another log-on of the same length was answered for.
    """
    short, long = _negotiations(trace)
    silent = _silent_tokens(trace)
    stuck = [step for step in trace.of(Tls) if step.outcome is Outcome.TIMEOUT and not step.facts.contrast]
    if refusals(trace) or others_verified(trace) or not offers(trace) or not (silent or stuck):
        return finding(
            status=Status.PASS if succeeded(trace) else Status.NOT_APPLICABLE,
            says="long data arrived"
            if succeeded(trace)
            else "nothing long was left unanswered behind short lines",
        )
    support = not we_were_late(trace) and (
        bool(stuck) or any(step.facts.token_octets > ROOMY for step in silent)
    )
    what = "the line with the ticket" if silent else "the beginning of TLS"
    return finding(
        # A device that damages long lines may make a receiver as silent: no silence is proof.
        status=Status.SUSPECT if support else Status.NOTICE,
        says=f"short lines are answered, and {what} never is: long data may be lost on the way",
        evidence=(
            *(
                Evidence(step=step.id, says=f"{step.facts.token_octets} octets of token: no answer")
                for step in silent
            ),
            *(
                Evidence(step=step.id, says=f"{step.facts.verb}: no answer to the handshake")
                for step in stuck
            ),
            *(Evidence(step=step.id, says=f"{step.facts.token_octets} octets: answered") for step in short),
            *(Evidence(step=step.id, says=f"{step.facts.token_octets} octets: no answer") for step in long),
        ),
        names={"target": trace.target.name},
        breaks=not succeeded(trace),
        would_decide=WOULD_DECIDE,
    )


def _silent_tokens(trace: Trace) -> list[Step[Handshake]]:
    return [
        step
        for step in honest(trace)
        if step.facts.token_octets
        and step.facts.reply is None
        and step.outcome is Outcome.TIMEOUT
        and not any(round_.direction == "received" for round_ in step.facts.rounds)
    ]


def _negotiations(trace: Trace) -> tuple[list[Step[Negotiation]], list[Step[Negotiation]]]:
    """Those without a ticket: the short ones that were answered, and the longer ones that nobody answered."""
    answered = [step for step in trace.of(Negotiation) if step.facts.answered]
    lost = [
        step
        for step in trace.of(Negotiation)
        if step.outcome is Outcome.TIMEOUT
        and step.facts.reply is None
        and any(step.facts.token_octets > short.facts.token_octets for short in answered)
    ]
    return answered, lost
