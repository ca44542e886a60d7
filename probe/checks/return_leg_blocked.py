"""EXCHANGEAUTH alone fails, and the receiver may not have got a ticket of its own for the way back (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.views.directory.ownership import host_account
from probe.trace.views.kerberos.answers import kdc_evidence, views_of
from probe.trace.views.lateness import we_were_late
from probe.trace.views.smtp.exchangeauth import (
    PATIENT_MS,
    anothers_certificate,
    lost_controllers,
    others_verified,
    probably_met,
    refused,
    return_spn,
    slow_refusals,
    unanswered,
)
from probe.trace.views.smtp.session import EXCHANGEAUTH, answer, honest, unproven, verified

CHECK = CAUSE = "return-leg-blocked"
TITLE = "The receiver reaches its domain controllers"
CITATION = "observed: the receiver makes its own AP-REQ for SMTPSVC/<EHLO name>; event 1035 NoAuthenticatingAuthority"

finding = partial(Finding, check=CHECK, cause=CAUSE)
WOULD_DECIDE = (
    "on the receiver: nltest /dsgetdc:{domain} /force",
    "on the receiver: read event 1035; NoAuthenticatingAuthority means that no domain controller answered it",
)


LONGER = "on this host: wait longer for the answer, --timeout 30s"


def examine(trace: Trace) -> Finding:
    """What a run cannot see is never proven: the receiver's own way to its domain controllers.

    Support is a wait, which a silent controller makes, or one that refuses us and that the receiver asks early.
    """
    if any(
        verified(step) or unproven(step) for step in honest(trace) if step.facts.mechanism == EXCHANGEAUTH
    ):
        return finding(status=Status.PASS, says="the receiver got a ticket for its half of EXCHANGEAUTH")
    turned_down, others = (*refused(trace), *unanswered(trace)), others_verified(trace)
    if not turned_down or not others:
        return finding(
            status=Status.NOT_APPLICABLE, says=f"no {EXCHANGEAUTH} was refused beside one that passed"
        )
    account, views = host_account(trace), views_of(trace, (return_spn(trace),))
    if (account is not None and account.disabled) or any(not view.known for view in views):
        return finding(status=Status.NOT_APPLICABLE, says="something else keeps the receiver from its ticket")
    lost, slow = lost_controllers(trace), slow_refusals(trace)
    silent = unanswered(trace)
    waited = not we_were_late(trace) and (
        bool(slow) or any(step.duration_ms >= PATIENT_MS for step in silent)
    )
    supported = waited or (probably_met(trace, lost) and not anothers_certificate(trace))
    return finding(
        # Nothing tells the two ends of one TLS channel from a way back that is closed, where neither has left a mark.
        status=Status.SUSPECT if supported else Status.NOTICE,
        says=_says(lost=bool(lost), waited=waited, hurried=bool(silent) and not waited),
        evidence=(
            *(answer(step) for step in turned_down),
            *(answer(step) for step in others),
            *(kdc_evidence(step) for step in lost),
            *slow,
        ),
        would_decide=WOULD_DECIDE if waited or not silent else (LONGER, *WOULD_DECIDE),
    )


def _says(*, lost: bool, waited: bool, hurried: bool) -> str:
    says = "EXCHANGEAUTH alone fails: the receiver may not have reached a domain controller for its own half"
    if hurried:
        says += "; our own time-out is short, and the receiver may have been about to answer"
    if lost:
        says += "; one was lost to us, too"
    return says + (
        "; the receiver waited for something before it refused, or beyond our time-out" if waited else ""
    )
