"""STARTTLS or X-ANONYMOUSTLS did not lead to a protected session (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Outcome, Ticket, Tls
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.session import UNKNOWN_COMMAND, offers, refusals, replies, succeeded
from probe.trace.wording import reply_line, reply_text

CHECK = CAUSE = "tls-failed"
TITLE = "TLS is negotiated"
CITATION = "RFC 3207 section 4; RFC 8446 section 6; Exchange events 12012-12015, 12024"

finding = partial(Finding, check=CHECK, cause=CAUSE)

NEGOTIATION = (
    "alert",
    "no shared cipher",
    "no ciphers available",
    "unsupported protocol",
    "no protocols available",
    "handshake failure",
    "protocol version",
)
"""How OpenSSL words an alert, or that no common version or cipher was found."""
OUT_OF_TURN = 503
WEAK = "cipher strength is too weak"


def examine(trace: Trace) -> Finding:
    """An alert, nothing in common, a refused command, or a weak cipher in Exchange's own words is proof."""
    weak = [
        Evidence(step=step, says=reply_line(reply))
        for step, reply in replies(trace)
        if WEAK in reply_text(reply)
    ]
    breaks = not succeeded(trace)
    if weak:
        return finding(
            status=Status.CONFIRMED, says="the TLS cipher is too weak", evidence=tuple(weak), breaks=breaks
        )
    untried = (Outcome.SKIPPED, Outcome.PROBE_BUG)
    tried = tuple(step for step in trace.of(Tls) if step.outcome not in untried and not step.facts.contrast)
    failed = [step for step in tried if step.outcome is not Outcome.OK or step.facts.error]
    if failed:
        listed = {line.partition(" ")[0].upper() for step in offers(trace) for line in step.facts.keywords}
        proven = any(_proven(step.facts, listed) for step in failed)
        return finding(
            status=Status.CONFIRMED if proven else Status.SUSPECT,
            says=_says(failed[0]),
            evidence=tuple(Evidence(step=step.id, says=_says(step)) for step in failed),
            breaks=breaks and not refusals(trace) and not _did_without(trace, failed),
            would_decide=()
            if proven
            else ("on the receiver: read events 12012-12015 and 12024 and System event 36874",),
        )
    if tried:
        done = tried[-1].facts
        return finding(status=Status.PASS, says=f"{done.verb}: {done.version} {done.cipher}".strip())
    return finding(status=Status.NOT_APPLICABLE, says="TLS was not tried")


def _did_without(trace: Trace, failed: list[Step[Tls]]) -> bool:
    """The command was refused, the session went on in clear, and it was a ticket that was lacking."""
    alive = all(step.facts.reply is not None and step.facts.reply.code >= 400 for step in failed)
    return alive and any(step.facts.etype is None for step in trace.of(Ticket))


def _proven(facts: Tls, listed: set[str]) -> bool:
    """The library's word about the negotiation, or the receiver's own about the command.

    That a verb is unknown which was offered a moment ago is no receiver's word: something overwrote it on the way. Nor
    is what it says to a verb that it did not offer, or to one out of turn (503).
    """
    said = facts.reply.code if facts.reply is not None else 0
    refused = (
        said >= 400 and said not in (*UNKNOWN_COMMAND, OUT_OF_TURN) and (not listed or facts.verb in listed)
    )
    return refused or any(word in facts.error.casefold() for word in NEGOTIATION)


def _says(step: Step[Tls]) -> str:
    facts = step.facts
    if step.outcome is Outcome.EARLY_DATA:
        return f"{facts.early_octets} octets came in clear behind the reply to {facts.verb}; session given up"
    if facts.error:
        return f"{facts.verb}: {facts.error}"
    if facts.reply is not None and facts.reply.code != 220:
        return f"{facts.verb} was answered with: {reply_line(facts.reply)}"
    return f"{facts.verb}: {step.outcome.value} during the handshake"
