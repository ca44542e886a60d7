"""The way from our realm to another one, as a trace shows it (PURE)."""

from probe.trace import Step, Trace
from probe.trace.facts import KdcDiscovery, KdcExchange
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import Code, answered, bare, exchanges, kdc_evidence

_LOST = (Code.S_PRINCIPAL_UNKNOWN, Code.GENERIC)
ASKING = ("tgs", "spn")
"""The purposes for which a ticket-granting ticket is shown."""


def same_realm(one: str, other: str) -> bool:
    """Realms of Active Directory are domains of the DNS: the case is no difference."""
    return one.casefold() == other.casefold()


def abroad(trace: Trace) -> dict[str, list[Step[KdcExchange]]]:
    """By realm: what KDCs of other realms answered to a referral that a KDC before them had given us."""
    found: dict[str, list[Step[KdcExchange]]] = {}
    for step in exchanges(trace):
        facts = step.facts
        if facts.purpose not in ASKING or same_realm(facts.realm, trace.request.realm):
            continue
        if answered(facts) and referral(trace, facts.realm) is not None:
            found.setdefault(facts.realm, []).append(step)
    return found


def referral(trace: Trace, realm: str) -> Step[KdcExchange] | None:
    """The first exchange that gave us a ticket for ``realm``'s ticket-granting service."""
    return next((step for step in referrals(trace) if same_realm(step.facts.referral_realm, realm)), None)


def referrals(trace: Trace) -> tuple[Step[KdcExchange], ...]:
    """Every exchange in which a KDC sent us to another realm for a service."""
    return tuple(s for s in exchanges(trace) if s.facts.purpose in ASKING and s.facts.referral_realm)


def referral_evidence(step: Step[KdcExchange]) -> Evidence:
    """A referral as a sentence."""
    facts = step.facts
    key = "" if facts.ticket_kvno is None else f", made with the trust's key kvno {facts.ticket_kvno}"
    says = f"{facts.kdc} of {facts.realm} refers us to {facts.referral_realm}{key}"
    return Evidence(step=step.id, says=says)


def takes_no_referral(trace: Trace, realm: str) -> tuple[Evidence, ...]:
    """``realm``'s KDCs do not even know their own ticket-granting service for us: it is our referral they do not know.

    So answers MIT's KDC (1.20, observed), whatever it is asked: error 7 when it has no principal for the trust, 60
    ("no matching key in entry" in its log) when it has one without a key of that version or type.
    """
    told = [step for step in abroad(trace).get(realm, []) if is_own_service(step.facts)]
    unknown = [s for s in told if s.facts.error is not None and s.facts.error.code in _LOST]
    return tuple(kdc_evidence(step) for step in unknown) if unknown and len(unknown) == len(told) else ()


def no_way(trace: Trace) -> tuple[str, tuple[Evidence, ...]]:
    """Another realm that exists and that no KDC of ours knows a way to; ("", ()) where there is none."""
    home = trace.request.realm
    asked: dict[str, list[Step[KdcExchange]]] = {}
    for step in exchanges(trace):
        service, _, realm = bare(step.facts.server).partition("/")
        at_home = step.facts.purpose in ASKING and same_realm(step.facts.realm, home) and answered(step.facts)
        if at_home and service.casefold() == "krbtgt" and not same_realm(realm, home):
            asked.setdefault(realm, []).append(step)
    for realm, steps in asked.items():
        known = [s for s in trace.of(KdcDiscovery) if same_realm(s.facts.realm, realm) and s.facts.kdcs]
        if known and all(_unknown(step.facts) for step in steps):
            found = f"{realm} has KDCs ({known[0].facts.source}: {', '.join(known[0].facts.kdcs[:2])})"
            return realm, (*(kdc_evidence(s) for s in steps), Evidence(step=known[0].id, says=found))
    return "", ()


def is_own_service(facts: KdcExchange) -> bool:
    """A KDC was asked for its own ticket-granting service, only to learn whether it knows our referral."""
    return bare(facts.server).casefold() == f"krbtgt/{facts.realm}".casefold()


def _unknown(facts: KdcExchange) -> bool:
    return facts.error is not None and facts.error.code == Code.S_PRINCIPAL_UNKNOWN
