"""Negotiation ended at NTLM although we offered Kerberos, or NTLM itself was refused (PURE)."""

from functools import partial

from probe.checks import EVENT_1035, Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Handshake
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.contrasts import (
    OTHER_MECHANISM,
    OTHER_WRAPPING,
    passing,
    told,
    unexplained_refusals,
)
from probe.trace.views.smtp.session import answer, chose_ntlm, honest, ntlm_log_ons, succeeded

CHECK = CAUSE = "mechanism-refused"
TITLE = "Negotiation chooses Kerberos"
CITATION = "RFC 4178 section 4.2.2 (supportedMech); MS-SPNG"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """The server's choice of NTLM says that it would not take the ticket; why is to be found elsewhere."""
    tried = honest(trace)
    chosen = [step for step in tried if chose_ntlm(step.facts)]
    if chosen:
        return finding(
            status=Status.SUSPECT,
            says="the receiver chose NTLM, although Kerberos was offered first",
            evidence=tuple(item for step in chosen for item in (_choice(step), answer(step))),
            breaks=not succeeded(trace),
            would_decide=("on the sender: see whether there is a ticket, klist -li 0x3e4 get {spn}",),
        )
    only_one = _bare_token(trace) or _other_verb(trace)
    if only_one is not None:
        return only_one
    refused = [step for step in ntlm_log_ons(trace) if step.facts.reply and step.facts.reply.code >= 400]
    if refused:
        return finding(
            status=Status.SUSPECT,
            says="the receiver refused NTLM, and no ticket was shown: its policy denies NTLM, "
            "or the account or its password is not good",
            evidence=tuple(answer(step) for step in refused),
            would_decide=(
                "on this host: probe again without --mechanism ntlm: the KDC says whether the password is good",
            ),
        )
    spoken = [step for step in tried if step.facts.chosen_mechanism]
    if spoken:
        return finding(status=Status.PASS, says=f"the receiver chose {spoken[-1].facts.chosen_mechanism}")
    return finding(status=Status.NOT_APPLICABLE, says="the receiver named no mechanism")


def _bare_token(trace: Trace) -> Finding | None:
    """Every negotiation is refused, and the same ticket without one is taken."""
    bare = passing(trace, OTHER_WRAPPING)
    if not bare or not unexplained_refusals(trace):
        return None
    return finding(
        status=Status.SUSPECT,
        says="the receiver takes the ticket in a bare Kerberos token and refuses every negotiation (SPNEGO)",
        evidence=(
            *(answer(step) for step in unexplained_refusals(trace)),
            *(told(step) for step in bare),
        ),
        breaks=not succeeded(trace),
        would_decide=(EVENT_1035,),
    )


def _other_verb(trace: Trace) -> Finding | None:
    """One verb refused the ticket before any AP-REP, and the other one took it under the same protection."""
    refused = [step for step in unexplained_refusals(trace) if not step.facts.ap_rep_verified]
    others = passing(trace, OTHER_MECHANISM)
    if not refused or not others:
        return None
    one, other = refused[-1].facts, others[0].facts
    return finding(
        status=Status.SUSPECT,
        says=f"the receiver takes the ticket over {other.verb} {other.mechanism} and refuses it over "
        f"{one.verb} {one.mechanism}: it is the mechanism and not the ticket",
        evidence=(*(answer(step) for step in refused), *(told(step) for step in others)),
        breaks=not succeeded(trace),
        would_decide=(EVENT_1035,),
    )


def _choice(step: Step[Handshake]) -> Evidence:
    return Evidence(step=step.id, says=f"supportedMech is {step.facts.chosen_mechanism}")
