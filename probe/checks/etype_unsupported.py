"""No encryption type that client, KDC and service all allow (PURE)."""

from functools import partial

from probe.checks import Evidence, Finding, Status
from probe.checks._kerberos import (
    LOGON,
    Code,
    errors,
    kdc_evidence,
    receiver_errors,
    receiver_evidence,
    same_name,
    ticket_errors,
)
from probe.checks._session import succeeded, ticket_in_hand, wanted_spns
from probe.facts import Ticket
from probe.trace import Trace
from probe.words import kerberos_error

CHECK = CAUSE = "etype-unsupported"
TITLE = "There is an encryption type that everyone allows"
CITATION = "RFC 4120 section 7.5.9: KDC_ERR_ETYPE_NOSUPP (14); KB 5021131"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """Error 14 for our log-on or for the SPN that a sender needs; another name's 14 does not matter here."""
    wanted = wanted_spns(trace)
    asked = errors(trace, [Code.ETYPE_NOSUPP], (*LOGON, "tgs", "spn"))
    told = [
        step
        for step in asked
        if step.facts.purpose != "spn" or any(same_name(step.facts.server, spn) for spn in wanted)
    ]
    evidence = (
        *(kdc_evidence(step) for step in told),
        *(receiver_evidence(step) for step in receiver_errors(trace, [Code.ETYPE_NOSUPP])),
    ) or tuple(
        Evidence(step=step.id, says=f"no ticket for {step.facts.server}: {kerberos_error(step.facts.error)}")
        for step in ticket_errors(trace, [Code.ETYPE_NOSUPP])
        if step.facts.error
    )
    if evidence:
        whose = told[0].facts.server or told[0].facts.client if told else next(iter(wanted), "the service")
        return finding(
            status=Status.CONFIRMED,
            says=f"no common encryption type for {whose}",
            evidence=evidence,
            names={"spn": whose},
            breaks=not succeeded(trace),
        )
    no_key = [step for step in trace.of(Ticket) if step.facts.problem == "no-key-for-etype"]
    if no_key:
        return finding(
            status=Status.SUSPECT,
            says="the keytab holds no key of an encryption type that the KDC offers",
            evidence=tuple(Evidence(step=step.id, says=step.facts.problem) for step in no_key),
        )
    if ticket_in_hand(trace):
        return finding(status=Status.PASS, says="the KDC found a common encryption type")
    return finding(status=Status.NOT_APPLICABLE, says="no KDC was asked for a ticket")
