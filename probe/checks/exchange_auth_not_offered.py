"""An Exchange receiver that offers no Exchange Server authentication (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Ehlo, Outcome, Tls
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.session import (
    UNKNOWN_COMMAND,
    answer,
    any_keyword_masked,
    handshakes,
    is_exchange,
    is_masked,
    offers,
    served_unoffered,
    succeeded,
)
from probe.trace.wording import reply_line

CHECK = CAUSE = "exchange-auth-not-offered"
TITLE = "The connector offers X-EXPS"
CITATION = "MS-SMTPNTLM; KB 979175 (451 5.7.3); Set-ReceiveConnector -AuthMechanism ExchangeServer"

finding = partial(Finding, check=CHECK, cause=CAUSE)
COMPARE = "on this host: compare from another address (--source): a relay connector's RemoteIPRanges may catch this one"


def examine(trace: Trace) -> Finding:
    """Exchange's banner or keywords and no X-EXPS in any EHLO reply. Other servers are not accused."""
    seen = offers(trace)
    if not seen or not is_exchange(trace):
        why = "no EHLO reply was seen" if not seen else "the receiver is not Exchange"
        return finding(status=Status.NOT_APPLICABLE, says=why)
    offered = {mechanism.upper() for step in seen for mechanism in step.facts.exps}
    if not offered:
        return _none_at_all(trace)
    if offered.isdisjoint({"GSSAPI", "EXCHANGEAUTH"}):
        return finding(
            # right for an Edge server, which has no machine account; a fault on a Mailbox server
            status=Status.NOTICE,
            says="X-EXPS offers no Kerberos: " + " ".join(sorted(offered)),
            evidence=tuple(_keywords(step) for step in seen),
            breaks=not succeeded(trace),
            would_decide=(COMPARE,),
        )
    return _offered(trace, offered)


def _none_at_all(trace: Trace) -> Finding:
    """No X-EXPS: proof, unless no keyword of Exchange's own is left: a device in the path may have taken them all.

    A refused X-ANONYMOUSTLS settles that, if it is not for an unknown command: the device may have overwritten it.
    """
    served = served_unoffered(trace)
    masked = any_keyword_masked(trace) or bool(served)
    asked = [step for step in trace.of(Tls) if step.facts.contrast and step.outcome is Outcome.REFUSED]
    settled = any(step.facts.reply and step.facts.reply.code not in UNKNOWN_COMMAND for step in asked)
    bare = not any(step.facts.is_exchange for step in offers(trace)) and not settled
    doubt = (
        ", but its replies are altered" if masked else ", nor any other keyword of its own" if bare else ""
    )
    refused = (
        Evidence(step=step.id, says=f"X-ANONYMOUSTLS, asked for all the same: {reply_line(step.facts.reply)}")
        for step in asked
        if step.facts.reply is not None
    )
    return finding(
        status=Status.NOTICE if masked else Status.SUSPECT if bare or is_masked(trace) else Status.CONFIRMED,
        says="the receiver is Exchange and offers no X-EXPS" + doubt,
        evidence=(*(_keywords(step) for step in offers(trace)), *refused, *(answer(step) for step in served)),
        breaks=not served,
        would_decide=(COMPARE,),
    )


def _offered(trace: Trace, offered: set[str]) -> Finding:
    where = {(step.facts.tls, mechanism.upper()) for step in offers(trace) for mechanism in step.facts.exps}
    refused = [
        step
        for step in handshakes(trace)
        if step.facts.verb.upper() == "X-EXPS"
        and (step.facts.tls, step.facts.mechanism.upper()) in where
        and step.facts.reply is not None
        and step.facts.reply.code == 504
    ]
    if refused:
        return finding(
            status=Status.SUSPECT,
            says="X-EXPS is offered and then refused as unknown",
            evidence=tuple(Evidence(step=s.id, says=reply_line(s.facts.reply)) for s in refused),
            would_decide=(COMPARE,),
        )
    return finding(status=Status.PASS, says="X-EXPS offers " + " ".join(sorted(offered)))


def _keywords(step: Step[Ehlo]) -> Evidence:
    facts = step.facts
    where = "in clear" if facts.tls == "none" else f"inside {facts.tls}"
    return Evidence(step=step.id, says=f"EHLO {where} offers: {' '.join(facts.keywords) or 'nothing'}")
