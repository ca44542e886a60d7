"""The other realm refuses the referral that ours gave: the two do not have the same trust key (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import KdcExchange
from probe.trace.views.directory.ownership import answers, controller
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import Code, errors, kdc_evidence, ticket_errors, views_of
from probe.trace.views.kerberos.realms import (
    abroad,
    is_own_service,
    no_way,
    referral,
    referral_evidence,
    same_realm,
    takes_no_referral,
)
from probe.trace.views.smtp.exchangeauth import others_verified, refused, return_spn
from probe.trace.views.smtp.session import answer, succeeded, ticket_in_hand

CHECK = CAUSE = "trust-broken"
TITLE = "The other domain takes our domain's referrals"
CITATION = (
    "RFC 4120 sections 3.3.3 and 7.5.9: KRB_AP_ERR_BAD_INTEGRITY (31); RFC 6806 section 8; a published case of event "
    "2017 with 454 4.7.0"
)

finding = partial(Finding, check=CHECK, cause=CAUSE)

PROOF = (Code.BAD_INTEGRITY,)
SUPPORT = {
    # What else a KDC may say of a ticket that it cannot open or does not want.
    Code.POLICY: "its policy turns us away (selective authentication, SID filtering)",
    Code.NOT_US: "it does not take the referral for one of its own",
    Code.MODIFIED: "the referral was altered, or made with another key",
    Code.BADKEYVER: "it has no trust key of the referral's version",
    Code.NOKEY: "it has no trust key of the referral's encryption type",
}
DIRECTIONS = {
    # MS-ADTS section 6.1.6.7.12 (trustDirection)
    0: "disabled",
    1: "one-way, and lets us in there",
    2: "one-way, and lets them in here only",
    3: "two-way",
}
VERIFY = "on any domain controller: netdom trust {trusting_domain} /Domain:{trusted_domain} /Verify"
REPLICATED = (
    "on a domain controller of {trusting_domain}: repadmin /replsummary; a trust's new password travels as every "
    "change does"
)
TRUSTS = "on any domain controller: nltest /domain_trusts /server:{kdc_host}"


def examine(trace: Trace) -> Finding:
    """Error 31 to a referral is proof, unless another KDC of the same realm takes it; another refusal, a suspicion."""
    answers = abroad(trace)
    found = [_realm(trace, realm, steps) for realm, steps in answers.items()]
    bad = sorted((f for f in found if f.status is not Status.PASS), key=lambda f: f.status is Status.SUSPECT)
    if bad:
        return bad[0]
    back = _no_way_back(trace)
    if back is not None:
        return back
    realm, evidence = no_way(trace)
    if realm:
        return _no_way(trace, realm, evidence)
    if found:
        return found[0]
    return _native(trace)


def _realm(trace: Trace, realm: str, steps: list[Step[KdcExchange]]) -> Finding:
    """What the KDCs of one realm make of the referral to it."""
    asked = [step for step in steps if not is_own_service(step.facts)]
    denied = _told(asked, PROOF)
    other = _told(asked, SUPPORT)
    taken = [step for step in steps if step.facts.ticket_etype is not None]
    unknown = () if taken else takes_no_referral(trace, realm)
    given = referral(trace, realm)
    if not (denied or other or unknown) or given is None:
        says = f"{realm} takes the referral" if taken else f"{realm} answers to the referral"
        return finding(status=Status.PASS, says=says, evidence=tuple(map(_taken, taken[:1])))
    said = tuple(kdc_evidence(step) for step in _one_each(denied or other)) or unknown
    step = (denied or other or asked or steps)[0]
    elsewhere = [each for each in taken if each.facts.kdc != step.facts.kdc]
    accepted = tuple(map(_taken, elsewhere[:1]))
    breaks = not succeeded(trace) and not ticket_in_hand(trace)
    # Half a trust that we got through by the other half is a warning: the next sender may not.
    doubtful = Status.SUSPECT if breaks or not taken else Status.NOTICE
    return finding(
        status=Status.CONFIRMED if denied and not taken else doubtful,
        says=_sentence(step, given.facts.realm, realm, alone=not elsewhere),
        evidence=(referral_evidence(given), *said, *accepted),
        names=_names(given.facts.realm, realm, exists=not unknown) | {"kdc": step.facts.kdc},
        breaks=breaks,
        would_decide=() if denied and not taken else (REPLICATED, VERIFY) if elsewhere else (VERIFY,),
    )


def _told(
    steps: list[Step[KdcExchange]], codes: "tuple[Code, ...] | dict[Code, str]"
) -> list[Step[KdcExchange]]:
    return [step for step in steps if step.facts.error is not None and step.facts.error.code in codes]


def _one_each(steps: list[Step[KdcExchange]]) -> list[Step[KdcExchange]]:
    """The first of each KDC: each says the same to every name."""
    return list({step.facts.kdc: step for step in reversed(steps)}.values())[::-1]


def _sentence(step: Step[KdcExchange], given: str, realm: str, *, alone: bool) -> str:
    code = step.facts.error.code if step.facts.error else 0
    if not alone:
        return (
            f"{step.facts.kdc} of {realm} refuses the referral of {given} that another KDC of {realm} takes"
        )
    if code in PROOF:
        return f"{realm} cannot open the referral of {given}: the two sides of the trust hold different keys"
    if code in SUPPORT:
        return f"{realm} refuses the referral of {given}: {SUPPORT[Code(code)]}"
    if code == Code.GENERIC:
        return f"{realm} has a general error for every question that comes with the referral of {given}"
    return (
        f"{realm} knows nothing, not even itself, for a referral of {given}: it has no trust with that realm"
    )


def _taken(step: Step[KdcExchange]) -> Evidence:
    return Evidence(step=step.id, says=f"{step.facts.kdc} of {step.facts.realm} takes the referral")


def _names(trusted: str, trusting: str, *, exists: bool = True) -> dict[str, str]:
    """For the remedies: a trust that exists is mended, another one made."""
    told = {"has_trust" if exists else "has_none": "yes"}
    return {"trusted_domain": trusted.lower(), "trusting_domain": trusting.lower(), **told}


def _no_way(trace: Trace, realm: str, evidence: tuple[Evidence, ...]) -> Finding:
    home = trace.request.realm
    return finding(
        status=Status.SUSPECT,
        says=f"no KDC of {home} knows a way to {realm}: there is no trust, or it leads the other way only",
        evidence=(*evidence, *_directories(trace, realm)),
        names=_names(home, realm, exists=False),
        breaks=not succeeded(trace) and not ticket_in_hand(trace),
        would_decide=(TRUSTS,),
    )


def _directories(trace: Trace, realm: str) -> tuple[Evidence, ...]:
    """What our own controllers' directories hold of a trust with that realm."""
    found = []
    for step in answers(trace, "trusts"):
        trust = next((each for each in step.facts.trusts if same_realm(each.partner, realm)), None)
        if trust is not None:
            way = DIRECTIONS.get(
                -1 if trust.direction is None else trust.direction, f"of direction {trust.direction}"
            )
            found.append(
                Evidence(step=step.id, says=f"{controller(step.facts)}: the trust with {realm} is {way}")
            )
        elif step.facts.complete:
            found.append(
                Evidence(step=step.id, says=f"{controller(step.facts)}: there is no trust with {realm}")
            )
    return tuple(found)


def _no_way_back(trace: Trace) -> Finding | None:
    """EXCHANGEAUTH alone fails: the receiver's KDCs do not refer to our realm, so it gets no ticket for us."""
    turned_down, name = refused(trace), return_spn(trace)
    seen = views_of(trace, [name])
    home = [view for view in seen if view.known and same_realm(view.realm, trace.request.realm)]
    there = [view for view in seen if not same_realm(view.realm, trace.request.realm)]
    if not turned_down or not home or not there or any(view.known for view in there):
        return None
    realm, passing = there[0].realm, others_verified(trace)
    says = (
        f"no KDC of {realm} knows a way to {trace.request.realm}, so the receiver gets no ticket for {name}"
    )
    return finding(
        status=Status.SUSPECT if passing else Status.NOTICE,
        says=f"{says}: the trust leads one way only",
        evidence=(
            *(answer(step) for step in turned_down),
            *(view.evidence() for view in (*there, *home[:1])),
            *(answer(step) for step in passing),
        ),
        names=_names(realm, trace.request.realm, exists=False) | {"kdc": there[0].kdc},
        would_decide=(TRUSTS,),
    )


def _native(trace: Trace) -> Finding:
    """Where the system gets the tickets, nobody says which realm's KDC it was that refused."""
    told = [step for step in errors(trace, PROOF, ["tgs", "spn"]) if step.facts.transport == "native"]
    if not told or not ticket_errors(trace, PROOF):
        return finding(status=Status.NOT_APPLICABLE, says="no KDC referred us to another realm")
    return finding(
        status=Status.SUSPECT,
        says="a KDC could not open a ticket-granting ticket; the system does not tell whose, but a trust's is likely",
        evidence=tuple(kdc_evidence(step) for step in told),
        names={"trusted_domain": trace.request.realm.lower()},
        would_decide=("probe again with --keytab or --ccache: then each hop is shown",),
    )
