"""The receiver's clock (KRB-ERROR in a token, NTLM, SMB, SMTP banner, SNTP) against the KDCs' (PURE)."""

from dataclasses import replace
from functools import partial

from probe.checks import EVENT_1035, RECEIVER_CLOCK, Finding, Status, clock_status
from probe.durations import ahead, duration
from probe.trace import Trace
from probe.trace.views.clocks import RECEIVER_SOURCES, Clock, Clocks, read_clocks
from probe.trace.views.kerberos.answers import Code, receiver_errors, receiver_evidence
from probe.trace.views.smb_session_check import SMB_SOURCES, identified, key_is_good
from probe.trace.views.smb_session_check import says as opinion_says
from probe.trace.views.smb_session_check import told as told_by_smb
from probe.trace.views.smtp.contrasts import passing
from probe.trace.views.smtp.session import refusals, succeeded
from probe.trace.views.wrong_clocks import RECEIVER, Blame, find_wrong_clocks

CHECK = CAUSE = "clock-skew-receiver"
TITLE = "The receiver's clock agrees with the KDCs'"
CITATION = "RFC 4120 section 3.2.3; banner date as Exchange gives it; KB 979174"

BANNER = "smtp-banner"
HALF_HOUR_S = 1800.0
"""What zones differ by (a few by quarters of an hour)."""
ZONE_MARGIN_S = 2.0

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """Off from the KDCs is proof; a KRB-ERROR 37 alone, or a difference from this host alone, is not."""
    clocks = read_clocks(trace)
    told = receiver_errors(trace, [Code.SKEW])
    if not clocks.receiver:
        return _unmeasured(trace, clocks)
    receiver = clocks.receiver[0]
    if not clocks.kdcs:
        return _without_kdc(trace, clocks, receiver)
    if _is_zone(clocks, taken=_taken(trace)):
        return _another_zone(clocks, receiver, taken=_taken(trace))
    status, place = _status(trace, clocks)
    if status is Status.CONFIRMED and _somebody_elses(trace, clocks, receiver):
        status = Status.SUSPECT
    if status is Status.PASS and told and not clocks.someone_off():
        status = Status.SUSPECT
    reference = clocks.reference() or clocks.kdcs[0]
    if status is Status.PASS and not _taken(trace) and _perhaps(clocks, receiver):
        status = Status.SUSPECT
    if status is Status.PASS and clocks.nearly_apart(receiver, reference):
        return _says(Status.NOTICE, trace, clocks, breaks=False)
    if status is Status.PASS:
        return finding(status=status, says=_sentence(clocks), evidence=(receiver.evidence(),))
    return replace(_says(status, trace, clocks, breaks=not _taken(trace)), place=place)


def _is_zone(clocks: Clocks, *, taken: bool) -> bool:
    """The banner alone tells the time, and is off by half hours to the second, or our own time was taken."""
    receiver = clocks.receiver[0]
    if receiver.source != BANNER or clocks.more or not clocks.off_from_all(receiver):
        return False
    reference = clocks.reference() or clocks.host
    rest = abs((receiver.offset - reference.offset + HALF_HOUR_S / 2) % HALF_HOUR_S - HALF_HOUR_S / 2)
    return taken or rest <= receiver.uncertainty + reference.uncertainty + ZONE_MARGIN_S


def _another_zone(clocks: Clocks, receiver: Clock, *, taken: bool) -> Finding:
    """Whoever takes our time has the time: its banner is written in another zone, or by another machine."""
    says = _sentence(clocks) + "; "
    if taken:
        says += "but it took our time, so that only its banner's is wrong (a zone, or a proxy's)"
        return finding(status=Status.PASS, says=says, evidence=(receiver.evidence(),))
    says += (
        "by half hours to the second, as a wrong zone in its banner makes it, and nothing else tells its time"
    )
    return finding(
        status=Status.SUSPECT,
        says=says,
        evidence=(receiver.evidence(),),
        place=1,
        would_decide=(EVENT_1035, RECEIVER_CLOCK),
    )


def _taken(trace: Trace) -> bool:
    """The receiver's computer took our time, in the log-on, a contrast or over SMB: its clock is not the reason."""
    return succeeded(trace) or bool(passing(trace) or key_is_good(trace))


def _somebody_elses(trace: Trace, clocks: Clocks, receiver: Clock) -> bool:
    """Port 445 alone told this time, and the computer there has not said who it is: it may be another one."""
    alone = all(clock.source in SMB_SOURCES for clock in (receiver, *clocks.more))
    return alone and not identified(trace)


def _perhaps(clocks: Clocks, receiver: Clock) -> bool:
    """Within the uncertainty of the limit: 5 min 1 s, give or take two."""
    return all(
        clocks.perhaps_apart(receiver, kdc)
        and clocks.nearly_apart(receiver, kdc)
        and not clocks.apart(receiver, kdc)
        for kdc in clocks.kdcs
    )


def _status(trace: Trace, clocks: Clocks) -> tuple[Status, int]:
    """Every connection's reading must be off for proof, and none of its other sources be another clock.

    What is in a token is told by the very program that refused us, whatever a banner or port 445 says.
    """
    told = bool(receiver_errors(trace, [Code.SKEW]))
    blame = find_wrong_clocks(trace, clocks, refused=told, taken=_taken(trace)).of(RECEIVER)
    if blame is Blame.NONE:
        return Status.PASS, 0
    doubted = clocks.contradictions() and clocks.receiver[0].source != RECEIVER_SOURCES[0]
    everywhere = all(_off_from_some(clocks, clock) for clock in clocks.receiver)
    measured = clocks.proven() and everywhere and not doubted
    return clock_status(blame, measured=measured, breaks=not _taken(trace))


def _off_from_some(clocks: Clocks, clock: Clock) -> bool:
    return any(clocks.apart(clock, other) for other in (clocks.host, *clocks.kdcs))


def _sentence(clocks: Clocks) -> str:
    receiver, reference = clocks.receiver[0], clocks.reference() or clocks.host
    whose = reference.who + ("'s clock" if reference.who != "this host" else "'s own")
    return (
        f"the receiver's clock is {ahead(receiver.offset - reference.offset)} {whose}, "
        f"the limit is {duration(clocks.limit)}"
    )


def _says(status: Status, trace: Trace, clocks: Clocks, *, breaks: bool) -> Finding:
    reference = clocks.reference() or clocks.host
    told = receiver_errors(trace, [Code.SKEW, Code.TKT_NYV, Code.TKT_EXPIRED])
    opinions = told_by_smb(trace, Code.SKEW)
    return finding(
        status=status,
        says=_sentence(clocks) + (": about to break" if _is_near(clocks, reference) and not breaks else ""),
        evidence=(
            *(clock.evidence() for clock in clocks.receiver[:2]),
            *(clock.evidence() for clock in dict.fromkeys(other for _, other in clocks.contradictions())),
            *(kdc.evidence() for kdc in clocks.kdcs),
            *(receiver_evidence(step) for step in told),
            *(opinion_says(step) for step in opinions),
        ),
        names={"offset": duration(clocks.receiver[0].offset - reference.offset)},
        breaks=breaks,
        would_decide=() if status is Status.CONFIRMED else (RECEIVER_CLOCK, EVENT_1035),
    )


def _is_near(clocks: Clocks, reference: Clock) -> bool:
    return not clocks.apart(clocks.receiver[0], reference)


def _without_kdc(trace: Trace, clocks: Clocks, receiver: Clock) -> Finding:
    told = receiver_errors(trace, [Code.SKEW])
    if clocks.apart(receiver, clocks.host) or told:
        return _says(Status.SUSPECT, trace, clocks, breaks=not _taken(trace))
    if clocks.nearly_apart(receiver, clocks.host):
        return _says(Status.NOTICE, trace, clocks, breaks=False)
    return finding(status=Status.PASS, says=_sentence(clocks), evidence=(receiver.evidence(),))


def _unmeasured(trace: Trace, clocks: Clocks) -> Finding:
    """Without its clock a receiver that refuses may be skewed; after a success it cannot be."""
    told = receiver_errors(trace, [Code.SKEW])
    if told and not clocks.off_from_all(clocks.host):
        return finding(
            status=Status.SUSPECT,
            says="the receiver says that clocks differ, and this host's is good; its own was not measured",
            evidence=tuple(receiver_evidence(step) for step in told),
            would_decide=(RECEIVER_CLOCK,),
        )
    if refusals(trace) and not _taken(trace):
        return finding(
            status=Status.NOTICE,
            says="the receiver's clock could not be read, so it may be off",
            would_decide=(RECEIVER_CLOCK, EVENT_1035),
        )
    return finding(status=Status.NOT_APPLICABLE, says="the receiver's clock was not seen")
