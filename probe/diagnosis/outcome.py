"""What a run came to where no cause is supported: said in the order of what weighs most (PURE)."""

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.facts import Ehlo, Handshake, KdcExchange, Outcome, Ticket
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import kdc_evidence
from probe.trace.wording import kerberos_error, reply_line

BESIDE = ("kdc", "quit", "directory", "second-opinion", "time-server", "look")
"""Kinds of steps that are not on the way to the receiver's answer."""

PROBLEMS = {
    "no-credentials": "neither keytab nor cache has anything for it",
    "expired": "the cached ticket has expired",
    "not-yet-valid": "the cached ticket is not valid yet",
    "no-kdc": "no KDC is known or answers",
    "malformed": "the KDC's answer could not be read",
    "wrong-nonce": "the KDC's answer is to another question",
    "does-not-decrypt": "the KDC's answer does not decrypt with our key",
    "too-many-referrals": "the KDCs referred us on and on",
    "preauthentication-unanswered": "the KDC did not answer the log-on, which is not sent twice",
    "preauthentication-unsupported": "the KDC offers no way to log on that we know",
    "answer-too-big-for-udp": "the answer is too big for UDP, and no KDC answers over TCP",
}
"""`probe.tickets.client.results.Problem` in a reader's words, where there is no KRB-ERROR."""


def what_happened(trace: Trace, healthy: Finding | None) -> tuple[str, tuple[Evidence, ...]]:
    """A sentence and its evidence; ``healthy`` is the finding about success, where there is one."""
    if healthy is not None and healthy.status is Status.NOTICE:
        return healthy.says, healthy.evidence
    if trace.unfinished:
        return "the deadline came before the end of the run; what was seen until then does not say why", ()
    tried = [
        step
        for step in trace.of(Handshake)
        if step.outcome is not Outcome.SKIPPED and not step.facts.contrast
    ]
    if tried:
        last = tried[-1]
        said = reply_line(last.facts.reply) if last.facts.reply else f"no reply ({last.outcome.value})"
        says = f"the receiver answered the authentication with: {said}"
        why = "" if last.facts.injected else "; what was seen does not say why"
        return says + why, healthy.evidence if healthy else ()
    without = _no_ticket(trace)
    if without is not None:
        return without
    failed = [step for step in trace.steps if step.outcome not in (Outcome.OK, Outcome.SKIPPED)]
    # A KDC's "preauthentication required" and a hasty goodbye are refusals, but no failures.
    main = [step for step in failed if step.kind not in BESIDE] or failed
    if main:
        says = f"no handshake took place; {main[-1].kind} ended with: {main[-1].outcome.value}"
        return says, (Evidence(step=main[-1].id, says=main[-1].outcome.value),)
    says = "no handshake took place, and nothing was seen to fail"
    return (f"{says}; there was no credential to log on with" if lacks_credentials(trace) else says), ()


def _no_ticket(trace: Trace) -> tuple[str, tuple[Evidence, ...]] | None:
    """Why there is no ticket, in the KDC's own words where it had any: the reason is never lost behind a later step."""
    lacking = [step for step in trace.of(Ticket) if step.facts.etype is None]
    if not lacking:
        return None
    ticket = lacking[-1]
    refused = [
        step
        for step in trace.of(KdcExchange)
        if step.facts.purpose != "clock" and step.outcome is not Outcome.OK
    ]
    told = [
        step for step in refused if step.facts.error is not None and step.facts.error == ticket.facts.error
    ]
    error = ticket.facts.error
    why = (
        f"{kerberos_error(error)}{f', {error.text}' if error.text else ''}"
        if error is not None
        else PROBLEMS.get(ticket.facts.problem, ticket.facts.problem) or "no reason was given"
    )
    detail = f" ({ticket.facts.detail})" if ticket.facts.detail else ""
    who = f"{told[-1].facts.kdc}: " if told else ""
    says = (
        f"no handshake took place, because there is no ticket for {ticket.facts.server}: {who}{why}{detail}"
    )
    evidence = (Evidence(step=ticket.id, says=f"no ticket for {ticket.facts.server}: {why}"),)
    return says, (*evidence, *(kdc_evidence(step) for step in (told or refused)[-2:]))


def lacks_credentials(trace: Trace) -> bool:
    """A log-on was wanted and the connector got as far as EHLO; all that was missing is who we are."""
    wanted = trace.request.credentials == "none" and trace.request.mechanism != "none"
    return wanted and any(step.outcome is Outcome.OK for step in trace.of(Ehlo))
