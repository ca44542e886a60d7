"""The real thing worked: 235 after a Kerberos context that we verified (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.facts import Handshake
from probe.trace.views.smtp.session import (
    EXCHANGEAUTH,
    accepted,
    answer,
    handshakes,
    honest,
    ntlm_log_ons,
    succeeded,
    unproven,
    verified,
)

CHECK = CAUSE = "healthy"
TITLE = "The receiver authenticates us and proves who it is"
CITATION = "RFC 4120 section 3.2.4 (AP-REP); RFC 4752; CAUSES: 235 after a verified context"

finding = partial(Finding, check=CHECK, cause=CAUSE, breaks=False)
WITH_OUR_KEY = (
    "on this host: probe again as the sending server, --keytab FILE of its computer account and its own name in "
    "--ehlo; or with --mechanism exps-gssapi, whose AP-REP anyone can verify"
)


def examine(trace: Trace) -> Finding:
    """Every honest authentication must end in 235 with a verified AP-REP or hash; less is not called healthy."""
    tried = honest(trace) or handshakes(trace)
    if not tried:
        return _without_ticket(trace)
    evidence = tuple(answer(step) for step in tried)
    if succeeded(trace):
        done = [step for step in tried if verified(step)][-1].facts
        return finding(
            status=Status.PASS,
            says=f"{done.verb} {done.mechanism} succeeded for {done.server}, and the receiver proved its key",
            evidence=evidence,
        )
    unproved = [step for step in tried if accepted(step) and not verified(step)]
    if unproved:
        return finding(
            status=Status.NOTICE,
            says=f"the receiver said 235 but did not prove that it holds the service's key "
            f"({_lacking(unproved[0].facts)}): anyone in the path could say 235",
            evidence=evidence,
            would_decide=(WITH_OUR_KEY,) if unproven(unproved[0]) else (),
        )
    if any(verified(step) for step in tried):
        return finding(
            status=Status.NOTICE, says="one handshake succeeded, another did not", evidence=evidence
        )
    return finding(status=Status.NOT_APPLICABLE, says="no handshake succeeded", evidence=evidence)


def _lacking(facts: Handshake) -> str:
    """Which proof there should have been."""
    if facts.mechanism != EXCHANGEAUTH:
        return "no verified AP-REP"
    if facts.return_leg == "unproven":
        return "its half of EXCHANGEAUTH can be verified with the key of our machine account only"
    why = f", {facts.problem}" if facts.problem else ""
    return f"its half of EXCHANGEAUTH: {facts.return_leg or 'nothing'}{why}"


def _without_ticket(trace: Trace) -> Finding:
    """235 by NTLM shows that account and password are good, and that is all."""
    passed = [step for step in ntlm_log_ons(trace) if accepted(step)]
    if not passed:
        return finding(status=Status.NOT_APPLICABLE, says="no handshake took place")
    return finding(
        status=Status.NOTICE,
        says="the receiver took a password by NTLM, which servers do not use among themselves; "
        "no Kerberos ticket was shown, so nothing is known about what they do use",
        evidence=tuple(answer(step) for step in passed),
        would_decide=("on this host: probe again without --mechanism ntlm",),
    )
