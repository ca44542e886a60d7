"""The token was accepted, and then the receiver refused all the same (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.views.directory.ownership import answers, own_account
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.session import answer, honest, refusals, verified
from probe.trace.wording import reply_text

CHECK = CAUSE = "not-authorized"
TITLE = "Who is authenticated is also allowed"
CITATION = "Exchange event 1020; 550 5.7.1; RFC 4752 section 3.1 (security layers)"

finding = partial(Finding, check=CHECK, cause=CAUSE)
REFUSALS = (454, 535, 550)
NO_LAYER = 1
EXCHANGE_SERVERS = "exchange servers"
"""The universal group that Exchange's set-up makes; its name is the same in every language."""


def examine(trace: Trace) -> Finding:
    """A verified AP-REP and then a refusal is proof: key, clock and SPN were good."""
    proven = [
        step
        for step in honest(trace)
        if step.facts.ap_rep_verified and step.facts.reply is not None and step.facts.reply.code in REFUSALS
    ]
    if proven:
        layers = proven[0].facts.security_layers
        no_layer = layers is None or bool(layers & NO_LAYER)
        return finding(
            status=Status.CONFIRMED if no_layer else Status.SUSPECT,
            says="the receiver proved its key and then refused us"
            + ("" if no_layer else "; it asks for a security layer that we do not give"),
            evidence=(*(answer(step) for step in proven), *_membership(trace)),
            would_decide=("on the receiver: read event 1020",),
        )
    worded = [step for step in refusals(trace) if "authorization failure" in reply_text(step.facts.reply)]
    if worded:
        return finding(
            status=Status.SUSPECT,
            says="the receiver speaks of authorization, not of authentication",
            evidence=(*(answer(step) for step in worded), *_membership(trace)),
            would_decide=("on the receiver: read event 1020",),
        )
    let_in = any(verified(step) for step in honest(trace))
    return finding(
        status=Status.PASS if let_in else Status.NOT_APPLICABLE,
        says="no refusal came after the receiver's proof"
        if let_in
        else "the exchange did not get as far as the receiver's proof",
    )


def _membership(trace: Trace) -> tuple[Evidence, ...]:
    """Whether the account that we log on as is a member of Exchange Servers; by way of another group is not seen."""
    account = own_account(trace)
    told = [step for step in answers(trace, "account") if account in step.facts.accounts]
    if account is None or not told or not told[0].facts.complete:
        return ()
    is_member = any(group.casefold() == EXCHANGE_SERVERS for group in account.groups)
    says = f"{account.name} is {'' if is_member else 'not '}a direct member of Exchange Servers"
    return (Evidence(step=told[0].id, says=says),)
