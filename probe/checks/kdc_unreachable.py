"""No KDC of a realm answers on UDP or TCP (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import KdcDiscovery, KdcExchange, Ticket
from probe.trace.views.dns_answers import unanswered
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import answered, exchanges, kdc_evidence
from probe.trace.views.kerberos.realms import referral_evidence, referrals, same_realm
from probe.trace.views.lateness import we_were_late
from probe.trace.views.smtp.session import succeeded, ticket_in_hand

CHECK = CAUSE = "kdc-unreachable"
TITLE = "A KDC answers"
CITATION = "RFC 4120 section 7.2; KB 979174; logon status 0xC00002F5"

finding = partial(Finding, check=CHECK, cause=CAUSE)

SILENCE = ("no-kdc", "preauthentication-unanswered")
"""Why there is no ticket, in the words of probe.tickets, when a KDC stopped answering in the middle."""


def examine(trace: Trace) -> Finding:
    """A realm of which no KDC answered over either transport is proof; one silent KDC is a notice."""
    asked = exchanges(trace)
    if not asked:
        return _none_asked(trace)
    breaks = not ticket_in_hand(trace) and not succeeded(trace)
    for realm in dict.fromkeys(step.facts.realm for step in asked):
        steps = [step for step in asked if step.facts.realm == realm]
        if not any(answered(step.facts) for step in steps):
            return _dead_realm(trace, realm, steps, breaks=breaks)
    if breaks and (lost := _referred_nowhere(trace)):
        return lost
    silent = [kdc for kdc, steps in _by_kdc(asked).items() if not any(answered(s.facts) for s in steps)]
    if breaks and any(step.facts.problem in SILENCE for step in trace.of(Ticket)):
        dead = [step for step in asked if step.facts.transport_error]
        return finding(
            status=Status.SUSPECT,
            says="the KDCs answered at first, but none when the ticket was needed",
            evidence=tuple(kdc_evidence(step) for step in dead),
            names={"kdc": dead[-1].facts.kdc} if dead else {},
        )
    if silent:
        return finding(
            status=Status.NOTICE,
            says=f"{len(silent)} of {len(_by_kdc(asked))} KDCs do not answer: " + ", ".join(silent),
            evidence=tuple(kdc_evidence(step) for step in asked if step.facts.kdc in silent),
            names={"kdc": silent[0]},
            breaks=False,
        )
    return finding(status=Status.PASS, says=f"every KDC answers ({len(_by_kdc(asked))})")


def _by_kdc(steps: tuple[Step[KdcExchange], ...]) -> dict[str, list[Step[KdcExchange]]]:
    found: dict[str, list[Step[KdcExchange]]] = {}
    for step in steps:
        if step.facts.transport == "native":
            continue  # the system does not tell which KDC it asked: one of the others
        found.setdefault(step.facts.kdc, []).append(step)
    return found


def _dead_realm(trace: Trace, realm: str, steps: list[Step[KdcExchange]], *, breaks: bool) -> Finding:
    tried = {(step.facts.kdc, step.facts.transport) for step in steps}
    complete = all((kdc, transport) in tried for kdc, _ in tried for transport in ("udp", "tcp"))
    late = all(step.facts.transport_error == "timed-out" for step in steps) and we_were_late(trace)
    return finding(
        status=Status.CONFIRMED if complete and not late else Status.SUSPECT,
        says=f"no KDC of {realm or 'the realm'} answers"
        + (" by UDP or TCP" if complete else "; not every transport was tried"),
        evidence=tuple(kdc_evidence(step) for step in steps),
        names={"kdc": steps[0].facts.kdc, "realm": realm, "domain": realm.lower()},
        breaks=breaks,
        would_decide=() if complete else ("on the sender: Test-NetConnection {kdc_host} -Port 88",),
    )


def _referred_nowhere(trace: Trace) -> Finding | None:
    """A referral to a realm of which nobody could tell us a KDC."""
    asked = {step.facts.realm.casefold() for step in exchanges(trace)}
    for given in referrals(trace):
        realm = given.facts.referral_realm
        empty = [step for step in trace.of(KdcDiscovery) if same_realm(step.facts.realm, realm)]
        if realm.casefold() not in asked and empty and not any(step.facts.kdcs for step in empty):
            return _not_found(realm, empty, (referral_evidence(given),))
    return None


def _none_asked(trace: Trace) -> Finding:
    empty = [step for step in trace.of(KdcDiscovery) if not step.facts.kdcs]
    if not empty or ticket_in_hand(trace):
        return finding(status=Status.NOT_APPLICABLE, says="no KDC was asked")
    if all(unanswered(step.facts.error) for step in empty):
        return finding(status=Status.NOT_APPLICABLE, says="no name server answered: no KDC is known")
    return _not_found(empty[0].facts.realm, empty, ())


def _not_found(realm: str, empty: list[Step[KdcDiscovery]], before: tuple[Evidence, ...]) -> Finding:
    sources = (
        Evidence(step=step.id, says=step.facts.error or f"no KDC from {step.facts.source}") for step in empty
    )
    return finding(
        status=Status.SUSPECT,
        says=f"no KDC of {realm or 'the realm'} was found",
        evidence=(*before, *sources),
        names={"realm": realm, "domain": realm.lower()},
        would_decide=(
            "on this host: ask DNS, nslookup -type=SRV _kerberos._tcp.{domain}",
            f"name one: --kdc {realm}=HOST" if before else "on this host: name one, --kdc HOST",
        ),
    )
