"""A KDC answers by UDP and not by TCP (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import KdcExchange, Ticket
from probe.trace.views.kerberos.answers import answered, exchanges, kdc_evidence
from probe.trace.views.lateness import we_were_late
from probe.trace.views.smtp.session import succeeded, ticket_in_hand

CHECK = CAUSE = "kdc-tcp-blocked"
TITLE = "KDCs answer by TCP as well as by UDP"
CITATION = "RFC 4120 section 7.2.2; KRB_ERR_RESPONSE_TOO_BIG (52); KB 979174"

RESPONSE_TOO_BIG = 52
"""KRB_ERR_RESPONSE_TOO_BIG, RFC 4120 section 7.5.9."""

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """UDP answers and TCP does not, on one KDC, is proof; unless UDP died as well by then."""
    by_kdc: dict[str, list[Step[KdcExchange]]] = {}
    for step in exchanges(trace):
        by_kdc.setdefault(step.facts.kdc, []).append(step)
    blocked = {kdc: _blocked(steps) for kdc, steps in by_kdc.items()}
    names = [kdc for kdc, is_blocked in blocked.items() if is_blocked]
    if not names:
        compared = any(is_blocked is False for is_blocked in blocked.values())
        return finding(
            status=Status.PASS if compared else Status.NOT_APPLICABLE,
            says="TCP works where UDP works" if compared else "no KDC was asked over both transports",
        )
    silent = all(
        step.facts.transport_error == "timed-out"
        for kdc in names
        for step in by_kdc[kdc]
        if step.facts.transport == "tcp"
    )
    late = silent and we_were_late(trace)
    all_of_them = len(names) == len(by_kdc)
    return finding(
        status=Status.NOTICE if late else Status.CONFIRMED,
        says=("every KDC answers" if all_of_them else ", ".join(names) + " answers")
        + " by UDP but not by TCP"
        + ("; but this host was late itself, so that an answer may have come unseen" if late else ""),
        evidence=tuple(
            kdc_evidence(step) for kdc in names for step in by_kdc[kdc] if step.facts.transport == "tcp"
        ),
        names={"kdc": names[0]},
        breaks=not succeeded(trace) and not ticket_in_hand(trace) and not _refused(trace),
    )


def _refused(trace: Trace) -> bool:
    """A KDC's own word is why there is no ticket: what came over UDP was not too long."""
    errors = [step.facts.error for step in trace.of(Ticket) if step.facts.error is not None]
    return any(error.code != RESPONSE_TOO_BIG for error in errors)


def _blocked(steps: list[Step[KdcExchange]]) -> bool | None:
    """Whether UDP works and TCP does not; None if that was not compared."""
    udp = [answered(step.facts) for step in steps if step.facts.transport == "udp"]
    tcp = [answered(step.facts) for step in steps if step.facts.transport == "tcp"]
    if not tcp or not any(udp):
        return None
    # A KDC that was stopped in the middle of the run fails both ways at the end.
    return not any(tcp) and udp[-1]
