"""A firewall, proxy or virus scanner in the path alters SMTP (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Ehlo, Handshake, Tls
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.session import (
    UNKNOWN_COMMAND,
    any_keyword_masked,
    greetings,
    is_exchange,
    offers,
    refusals,
    replies,
    served_unoffered,
    succeeded,
)
from probe.trace.wording import reply_line, reply_text

CHECK = CAUSE = "smtp-inspection"
TITLE = "Nothing in the path alters SMTP"
CITATION = "Cisco ASA ESMTP inspection guide: masked banner and keywords; 554 Permanent scan failure"

finding = partial(Finding, check=CHECK, cause=CAUSE)
BYPASS = "on a host in the receiver's own subnet, past the firewall: connect and compare"


def examine(trace: Trace) -> Finding:
    """A masked banner or keyword is proof; HELO where EHLO is refused, or a scanner's reply, a suspicion."""
    breaks = not succeeded(trace)
    masked = _masked(trace)
    if masked:
        return finding(
            status=Status.CONFIRMED,
            says="the receiver's banner or keywords were masked on the way",
            evidence=masked,
            # A banner that is masked alone hides nothing from a sender that sees Exchange's keywords.
            breaks=breaks and (any_keyword_masked(trace) or not is_exchange(trace)),
        )
    signs = (*_only_helo(trace), *_overwritten(trace), *_scanned(trace))
    if signs:
        return finding(
            status=Status.SUSPECT if breaks else Status.NOTICE,
            says="something in the path does not let a command or the message pass",
            evidence=signs,
            breaks=breaks,
            would_decide=(BYPASS,),
        )
    hidden, gone = _keywords_gone(trace)
    if gone:
        # Whoever logs on all the same, or is refused for its token, has gone without what is missing.
        breaks = breaks and not refusals(trace)
        return finding(
            status=Status.SUSPECT if breaks and hidden else Status.NOTICE,
            says=gone,
            evidence=tuple(_keywords(step) for step in offers(trace)),
            breaks=breaks,
            would_decide=(BYPASS,),
        )
    if greetings(trace):
        return finding(status=Status.PASS, says="banner and keywords are not masked")
    return finding(status=Status.NOT_APPLICABLE, says="there was no banner")


def _masked(trace: Trace) -> tuple[Evidence, ...]:
    banners = [step for step in greetings(trace) if step.facts.masked]
    keywords = [step for step in trace.of(Ehlo) if step.facts.masked]
    return (
        *(Evidence(step=step.id, says=f"banner: {reply_line(step.facts.reply)}") for step in banners),
        *(Evidence(step=step.id, says=f"keywords: {' '.join(step.facts.masked)}") for step in keywords),
    )


def _scanned(trace: Trace) -> tuple[Evidence, ...]:
    """A virus scanner's own reply."""
    return tuple(
        Evidence(step=step, says=reply_line(reply))
        for step, reply in replies(trace)
        if reply.code == 554 and "scan failure" in reply_text(reply)
    )


def _overwritten(trace: Trace) -> tuple[Evidence, ...]:
    """A verb that EHLO has just offered and that is then unknown: the offer came through, the command did not."""
    answered = [
        *((step.id, step.facts.verb, step.facts.reply) for step in trace.of(Tls)),
        *((step.id, step.facts.verb, step.facts.reply) for step in trace.of(Handshake)),
    ]
    offered = {line.partition(" ")[0].upper() for step in offers(trace) for line in step.facts.keywords}
    return tuple(
        Evidence(step=step, says=f"{verb}, which was offered, is unknown: {reply_line(reply)}")
        for step, verb, reply in answered
        if reply is not None and reply.code in UNKNOWN_COMMAND and verb.upper() in offered
    )


def _only_helo(trace: Trace) -> tuple[Evidence, ...]:
    """EHLO refused and HELO accepted: a server of this century knows EHLO (RFC 5321 section 3.2)."""
    accepted = {
        step.facts.verb.upper(): step
        for step in trace.of(Ehlo)
        if step.facts.reply is not None and step.facts.reply.code == 250
    }
    refused = [
        step for step in trace.of(Ehlo) if step.facts.reply is not None and step.facts.reply.code >= 500
    ]
    if "HELO" not in accepted or "EHLO" in accepted or not refused:
        return ()
    return tuple(
        Evidence(step=step.id, says=f"{step.facts.verb}: {reply_line(step.facts.reply)}")
        for step in (refused[0], accepted["HELO"])
    )


def _keywords_gone(trace: Trace) -> tuple[bool, str]:
    """Whether something was certainly there and left out, and what is missing; empty where nothing is.

    A connector gives X-EXPS before TLS when it gives it inside (observed), where nobody in the path can leave it out.
    Without that, a connector that lacks Exchange Server authentication is the better explanation.
    """
    if served_unoffered(trace):
        return True, "X-EXPS is served, and was not offered: something in the path left it out"
    exchange = any(step.facts.software == "exchange" for step in greetings(trace))
    seen = offers(trace)
    clear = [step for step in seen if step.facts.tls == "none"]
    inside = [step for step in seen if step.facts.tls != "none"]
    if any(step.facts.exps for step in inside) and clear and not any(step.facts.exps for step in clear):
        return (
            True,
            "X-EXPS is offered inside TLS and not in clear, where a device in the path can leave it out",
        )
    if exchange and seen and not any(step.facts.is_exchange or step.facts.exps for step in seen):
        return False, "the banner is Exchange's, but none of its X- keywords arrived"
    return False, ""


def _keywords(step: Step[Ehlo]) -> Evidence:
    where = "in clear" if step.facts.tls == "none" else f"inside {step.facts.tls}"
    return Evidence(step=step.id, says=f"EHLO {where} offers: {' '.join(step.facts.keywords) or 'nothing'}")
