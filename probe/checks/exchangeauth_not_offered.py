"""Exchange Server authentication is offered, but not the form of it that senders prefer (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.facts import Tls
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.session import is_exchange, is_masked, offers

CHECK = CAUSE = "exchangeauth-not-offered"
TITLE = "EXCHANGEAUTH is offered inside X-ANONYMOUSTLS"
CITATION = "Set-ReceiveConnector -SuppressXAnonymousTls; observed EHLO replies inside X-ANONYMOUSTLS"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """Legitimate with WAN optimizers and on Edge servers: a notice, no accusation unless it was insisted on.

    A sender that may not downgrade gives up at such a connector.
    """
    seen = offers(trace)
    if not seen or not is_exchange(trace) or is_masked(trace):
        return finding(
            status=Status.NOT_APPLICABLE, says="no EHLO reply of Exchange that nobody altered was seen"
        )
    if not any(step.facts.exps for step in seen):
        return finding(status=Status.NOT_APPLICABLE, says="no X-EXPS at all is another cause")
    inside = [step for step in seen if step.facts.tls == "x-anonymoustls"]
    if any("EXCHANGEAUTH" in step.facts.exps and "SHA256" in step.facts.exchangeauth_hash for step in inside):
        return finding(status=Status.PASS, says="EXCHANGEAUTH SHA256 is offered inside X-ANONYMOUSTLS")
    clear = [step for step in seen if step.facts.tls == "none"]
    insisted = trace.request.mechanism == "exchangeauth"
    if not inside and any(step.facts.x_anonymoustls for step in clear):
        return _outside(trace, insisted=insisted)
    where = inside or clear
    return finding(
        # In clear a device in the path may have left the keyword out.
        status=(Status.CONFIRMED if inside else Status.SUSPECT) if insisted else Status.NOTICE,
        says="no EXCHANGEAUTH with SHA256 inside X-ANONYMOUSTLS"
        if inside
        else "X-ANONYMOUSTLS is not offered",
        evidence=tuple(
            Evidence(step=step.id, says=f"EHLO ({step.facts.tls}) offers X-EXPS {' '.join(step.facts.exps)}")
            for step in where
        ),
        breaks=insisted,
    )


def _outside(trace: Trace, *, insisted: bool) -> Finding:
    """EXCHANGEAUTH is never offered outside; who asked for both has asked for what cannot be."""
    chosen = trace.request.tls not in ("auto", "x-anonymoustls")
    return finding(
        status=Status.NOTICE if insisted and chosen else Status.NOT_APPLICABLE,
        says="X-ANONYMOUSTLS was offered, and this run did not get inside it",
        evidence=_handshakes(trace),
        breaks=False,
        would_decide=(f"on this host: probe again without --tls {trace.request.tls}",) if chosen else (),
    )


def _handshakes(trace: Trace) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(step=step.id, says=f"{step.facts.verb}: {step.facts.error or step.outcome.value}")
        for step in trace.of(Tls)
    )
