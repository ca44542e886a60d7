"""The receiver could not parse what arrived (PURE)."""

from functools import partial

from probe.checks import CUT_TOKEN, EVENT_1035, Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Handshake, Outcome
from probe.trace.views.kerberos.answers import Code, receiver_errors, receiver_evidence
from probe.trace.views.smtp.contrasts import same_ticket_taken, told
from probe.trace.views.smtp.lengths import Lengths, Reading, read_lengths
from probe.trace.views.smtp.session import accepted, answer, handshakes, honest, refusals, succeeded
from probe.trace.wording import reply_text

CHECK = CAUSE = "illegal-message"
TITLE = "What we send arrives whole"
CITATION = "SEC_E_ILLEGAL_MESSAGE, event 1035; RFC 4954 section 4.5 (line length); KB 979174"

finding = partial(Finding, check=CHECK, cause=CAUSE)

WOULD_DECIDE = (EVENT_1035, CUT_TOKEN)
SYNTAX = (500, 501, 552)
"""Replies to a line that is too long or not base64 (RFC 5321 section 4.2.3, RFC 4954 section 4)."""


def examine(trace: Trace) -> Finding:
    """A short token that passes where a long one fails is proof; other signs of damage are suspicions.

    So is the contrast without a ticket: how every build of Windows takes it is not verified.
    """
    tried = honest(trace)
    for long in tried:
        for short in tried:
            if _contrast(short, long):
                return _proof(short, long)
    lengths = read_lengths(trace)
    taken = same_ticket_taken(trace)
    if lengths.reading is Reading.SHORT_ONLY and not taken:
        return finding(
            status=Status.SUSPECT,
            says="the receiver reads a short negotiation but not one as long as our token",
            evidence=lengths.evidence(),
            breaks=not succeeded(trace),
            would_decide=WOULD_DECIDE,
        )
    return _signs(trace, lengths) if not taken else _read(trace, lengths, taken)


def _read(trace: Trace, lengths: Lengths, taken: tuple[Step[Handshake], ...]) -> Finding:
    """The receiver has read the same ticket in a contrast: only damage that shows is left."""
    if any(_looks_damaged(step) for step in honest(trace)):
        return _signs(trace, lengths)
    return finding(
        status=Status.PASS,
        says="the receiver read the same ticket when one thing was different",
        evidence=tuple(told(step) for step in taken),
    )


def _signs(trace: Trace, lengths: Lengths) -> Finding:
    """Damage that shows, a receiver that reads nothing at all, and the reply that hides everything."""
    tried = honest(trace)
    damaged = [step for step in tried if _looks_damaged(step)]
    ours = [step for step in handshakes(trace) if _made_bad(step.facts) and not accepted(step)]
    errors = receiver_errors(trace, [Code.MSG_TYPE, Code.BADVERSION])
    nothing = lengths.reading is Reading.NEITHER
    if damaged or ours or errors or nothing:
        return finding(
            status=Status.SUSPECT,
            says=_says(damaged, ours, nothing=nothing),
            evidence=(
                *(answer(step) for step in damaged or ours),
                *(receiver_evidence(step) for step in errors),
                *lengths.evidence(),
            ),
            would_decide=WOULD_DECIDE,
        )
    silent = [
        step for step in refusals(trace) if step.facts.peer_error is None and not step.facts.ap_rep_verified
    ]
    if silent and lengths.reading is not Reading.BOTH:
        return finding(
            status=Status.NOTICE,
            says="every bad message gets the same reply, so the token may have been damaged on its way",
            evidence=tuple(answer(step) for step in silent),
            would_decide=WOULD_DECIDE,
        )
    if lengths.reading is Reading.BOTH:
        return finding(
            status=Status.PASS,
            says="the receiver reads a negotiation as long as our token",
            evidence=lengths.evidence(),
        )
    seen = any(accepted(step) for step in tried)
    return finding(
        status=Status.PASS if seen else Status.NOT_APPLICABLE,
        says="the receiver read our token" if seen else "no token was sent, or the reply is of another kind",
    )


def _made_bad(facts: Handshake) -> bool:
    return not facts.token_clean or facts.injected == "cut-token"


def _contrast(short: Step[Handshake], long: Step[Handshake]) -> bool:
    """The same thing with one difference: the length of the token."""
    one, other = short.facts, long.facts
    same = (one.verb, one.mechanism, one.wrapping, one.tls) == (
        other.verb,
        other.mechanism,
        other.wrapping,
        other.tls,
    )
    return same and accepted(short) and _failed(long) and 0 < one.token_octets < other.token_octets


def _failed(step: Step[Handshake]) -> bool:
    reply = step.facts.reply
    if reply is None:
        return step.outcome in (Outcome.CLOSED, Outcome.TIMEOUT, Outcome.MALFORMED)
    return reply.code >= 400


def _proof(short: Step[Handshake], long: Step[Handshake]) -> Finding:
    return finding(
        status=Status.CONFIRMED,
        says=f"{short.facts.token_octets} octets of token pass, {long.facts.token_octets} do not",
        evidence=(answer(short), answer(long)),
    )


def _looks_damaged(step: Step[Handshake]) -> bool:
    """A syntax error, a complaint about length, or a connection that ended while our token was on its way."""
    facts = step.facts
    if not facts.token_octets or facts.ap_rep_verified:
        return False
    if facts.reply is None:
        return step.outcome is Outcome.CLOSED and not any(
            r.direction == "received" for r in facts.rounds[-1:]
        )
    # A 501 after we cancelled answers the cancelling.
    return (facts.reply.code in SYNTAX and not facts.problem) or "too long" in reply_text(facts.reply)


def _says(damaged: list[Step[Handshake]], ours: list[Step[Handshake]], *, nothing: bool) -> str:
    if damaged:
        how = "was closed on" if damaged[0].facts.reply is None else "called malformed"
        return f"a token of {damaged[0].facts.token_octets} octets {how}"
    if ours:
        return "our own decoder does not find one whole token in what we sent, and it was refused"
    if nothing:
        return "the receiver refuses even a negotiation without a ticket, so it is not the ticket"
    return "the receiver's token says that it could not read ours"
