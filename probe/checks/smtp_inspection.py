"""A firewall, proxy or virus scanner in the path alters SMTP (PURE)."""

from functools import partial

from probe.checks import Evidence, Finding, Status
from probe.checks._session import greetings, offers, replies, succeeded
from probe.facts import Ehlo
from probe.trace import Trace
from probe.words import reply_line, reply_text

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
            breaks=breaks,
        )
    signs = _only_helo(trace) + tuple(
        Evidence(step=step, says=reply_line(reply))
        for step, reply in replies(trace)
        if reply.code == 554 and "scan failure" in reply_text(reply)
    )
    if signs:
        return finding(
            status=Status.SUSPECT,
            says="something in the path does not let EHLO or the message pass",
            evidence=signs,
            breaks=breaks,
            would_decide=(BYPASS,),
        )
    if _keywords_gone(trace):
        return finding(
            status=Status.NOTICE,
            says="the banner is Exchange's, but none of its X- keywords arrived",
            evidence=tuple(
                Evidence(step=step.id, says=" ".join(step.facts.keywords)) for step in offers(trace)
            ),
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


def _keywords_gone(trace: Trace) -> bool:
    exchange = any(step.facts.software == "exchange" for step in greetings(trace))
    seen = offers(trace)
    return exchange and bool(seen) and not any(step.facts.is_exchange or step.facts.exps for step in seen)
