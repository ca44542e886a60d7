"""Negotiation ended at NTLM although we offered Kerberos, or NTLM itself was refused (PURE)."""

from functools import partial

from probe.checks import Evidence, Finding, Status
from probe.checks._session import answer, chose_ntlm, honest, ntlm_log_ons, succeeded
from probe.facts import Handshake
from probe.trace import Step, Trace

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
            would_decide=("on the sender see whether there is a ticket: klist -li 0x3e4 get {spn}",),
        )
    refused = [step for step in ntlm_log_ons(trace) if step.facts.reply and step.facts.reply.code >= 400]
    if refused:
        return finding(
            status=Status.SUSPECT,
            says="the receiver refused NTLM, and no ticket was shown: its policy denies NTLM, "
            "or the account or its password is not good",
            evidence=tuple(answer(step) for step in refused),
            would_decide=("probe again without --mechanism ntlm: the KDC says whether the password is good",),
        )
    spoken = [step for step in tried if step.facts.chosen_mechanism]
    if spoken:
        return finding(status=Status.PASS, says=f"the receiver chose {spoken[-1].facts.chosen_mechanism}")
    return finding(status=Status.NOT_APPLICABLE, says="the receiver named no mechanism")


def _choice(step: Step[Handshake]) -> Evidence:
    return Evidence(step=step.id, says=f"supportedMech is {step.facts.chosen_mechanism}")
