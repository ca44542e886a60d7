"""Domain controllers that know different things: an SPN, a key version, an account (PURE).

Their KDCs show it, and their directories show more: the same key version with another key behind it.
"""

from dataclasses import replace
from functools import partial
from itertools import groupby

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.views.directory.accounts import read_opinions
from probe.trace.views.directory.ownership import answers, host_account, key
from probe.trace.views.directory.splits import Split, compared, kdcs_apart, splits
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import (
    LOGON,
    Code,
    View,
    bare,
    errors,
    etype_split,
    exchanges,
    kdc_evidence,
    same_name,
    views,
)
from probe.trace.views.kerberos.issuer import issuing_kdc
from probe.trace.views.kerberos.krbtgt import krbtgt_split
from probe.trace.views.smtp.connections import one_computer
from probe.trace.views.smtp.contrasts import FRESH_TICKET, passing, told
from probe.trace.views.smtp.exchangeauth import (
    anothers_certificate,
    likely_asked,
    others_verified,
    refused,
    return_spn,
)
from probe.trace.views.smtp.other_kdc import compare_tickets
from probe.trace.views.smtp.session import (
    accepted,
    answer,
    honest,
    refusals,
    succeeded,
    ticket_in_hand,
    wanted_spns,
)

CHECK = CAUSE = "replication-diverged"
TITLE = "The KDCs know the same"
CITATION = "RFC 4120 section 5.3 (kvno); MS-KILE section 3.1.5.8; KB 979174"

finding = partial(Finding, check=CHECK, cause=CAUSE)
MAXIMUM_SAYS = 2


def examine(trace: Trace) -> Finding:
    """Known here and not there, or another key, is proof; a log-on refused here only, a suspicion."""
    kdcs = _by_tickets(trace) or _by_kdcs(trace)
    told = [one for one in (kdcs, _by_directories(trace), _by_krbtgt(trace)) if one is not None]
    if not told:
        return _neither(trace)
    lead = max(
        told, key=lambda one: (one.breaks, one.status is Status.CONFIRMED)
    )  # among equals the KDCs' word
    more = [item for one in told if one is not lead for item in one.evidence]
    return replace(lead, evidence=(*lead.evidence, *more))


def _by_tickets(trace: Trace) -> Finding | None:
    """One KDC's ticket is taken and another's refused: the contrast that nothing else in the catalogue makes."""
    seen = compare_tickets(trace)
    if seen is None or not seen.taken_from_another or not seen.refused or succeeded(trace):
        return None
    other = seen.taken_from_another[0]
    return finding(
        status=Status.CONFIRMED if seen.alike else Status.SUSPECT,
        says=f"the receiver takes {other.facts.kdc}'s ticket and refuses {seen.issuer.kdc}'s for the same service",
        evidence=(
            *(answer(step) for step in seen.refused),
            Evidence(step=seen.issuer.step, says=f"that ticket came from {seen.issuer.kdc}"),
            *(told(step) for step in seen.taken_from_another),
        ),
        names={"spn": bare(other.facts.server), "kdc": seen.issuer.kdc},
    )


def _by_krbtgt(trace: Trace) -> Finding | None:
    """One KDC cannot open another one's ticket-granting ticket; whose a cache's is, is not known."""
    split = krbtgt_split(trace)
    if split is None:
        return None
    first = split.refusing[0]
    return finding(
        # A cache's ticket may be older than a key that was changed everywhere.
        status=Status.CONFIRMED if split.giving else Status.NOTICE,
        says=f"{first.facts.kdc} cannot open the ticket-granting ticket of another KDC: they hold different keys of "
        "krbtgt",
        evidence=(
            *(kdc_evidence(step) for step in split.refusing[:2]),
            *(Evidence(step=step.id, says=f"{step.facts.kdc} takes or gave it") for step in split.giving[:1]),
        ),
        names={"kdc": first.facts.kdc},
        breaks=not succeeded(trace) and not ticket_in_hand(trace),
    )


def _by_kdcs(trace: Trace) -> Finding | None:
    for spn in wanted_spns(trace):
        given = etype_split(trace, spn)
        if given:
            denied = errors(trace, [Code.ETYPE_NOSUPP], ("tgs", "spn"))
            return finding(
                status=Status.CONFIRMED,
                says=f"{denied[0].facts.kdc} has other encryption types for {bare(spn)} than {given[0].kdc}",
                evidence=(*(kdc_evidence(step) for step in denied[:1]), given[0].evidence()),
                names={"spn": bare(spn), "kdc": denied[0].facts.kdc},
                breaks=not succeeded(trace),
            )
    behind = _return_leg(trace)
    if behind is not None:
        return behind
    needed = {bare(spn).casefold() for spn in wanted_spns(trace)}
    for seen in sorted(_by_spn(trace), key=lambda seen: seen[0].spn.casefold() not in needed):
        if len({view.known for view in seen}) > 1:
            # A form that no sender asks for is a sign of the same illness, but refuses nobody.
            missed = seen[0].spn.casefold() in needed
            breaks = missed and not succeeded(trace) and not ticket_in_hand(trace)
            return _says(seen, f"the KDCs disagree whether {seen[0].spn} exists", breaks=breaks)
        if len({view.kvno for view in seen if view.known and view.kvno is not None}) > 1:
            says = f"the KDCs give different key versions (kvno) for {seen[0].spn}"
            status, breaks = _weight(trace, matters=seen[0].spn.casefold() in needed)
            return _says(seen, says, status=status, breaks=breaks)
        if len({view.etype for view in seen if view.known}) > 1:
            says = f"the KDCs give tickets of different encryption types for {seen[0].spn}"
            # What one controller prefers no sender minds: it is told beside a failure, and warns of nothing.
            return _says(seen, says, status=Status.SUSPECT, breaks=False)
    return None


def _weight(trace: Trace, *, matters: bool) -> tuple[Status, bool]:
    """That keys differ is proven; that this is what refused us, only by another KDC's ticket (`_by_tickets`)."""
    if not matters or succeeded(trace):
        return Status.CONFIRMED, False
    if not refusals(trace):
        return Status.CONFIRMED, ticket_in_hand(trace) and not honest(trace)
    if passing(trace, FRESH_TICKET) and one_computer(trace):
        return Status.CONFIRMED, True  # the cached one was made with the other key
    seen = compare_tickets(trace)
    if seen is not None and seen.refused_from_all:
        return Status.CONFIRMED, False  # the receiver has neither's key
    return Status.SUSPECT, True


def _return_leg(trace: Trace) -> Finding | None:
    """Our own name is known here and not there: which KDC the receiver asks is not seen from here."""
    wanted = return_spn(trace).casefold()
    if not (refused(trace) and others_verified(trace)):
        return None
    for seen in _by_spn(trace):  # of one realm each
        if seen[0].spn.casefold() == wanted and len({view.known for view in seen}) > 1:
            says = f"the KDCs disagree whether {seen[0].spn} exists, which the receiver needs for its half"
            lacking = {view.kdc for view in seen if not view.known}
            met = likely_asked(trace, lacking) or not anothers_certificate(trace)
            status = Status.SUSPECT if met else Status.NOTICE
            return _says(seen, f"{says} of EXCHANGEAUTH", status=status, breaks=True)
    return None


def _by_directories(trace: Trace) -> Finding | None:
    """All that differs is evidence; the first that matters is what it is about."""
    found = splits(trace)
    if not found:
        return None
    status, breaks = _by_split(trace, found[0])
    return finding(
        status=status,
        says="; ".join(split.says for split in found[:MAXIMUM_SAYS]),
        evidence=tuple(dict.fromkeys(each for split in found for each in split.evidence)),
        names={"spn": found[0].spn, "kdc": found[0].controller},
        breaks=breaks,
    )


def _issued_for_another(trace: Trace, spn: str) -> bool:
    """The controller that gave our ticket has the name on another account than the receiver's."""
    issuer, host = issuing_kdc(trace), host_account(trace)
    if issuer is None or host is None:
        return False
    there = [
        step.facts.accounts
        for step in answers(trace, "owners")
        if same_name(step.facts.subject, spn) and step.facts.kdc == issuer.kdc and not step.facts.forest_wide
    ]
    return bool(there) and bool(there[0]) and all(key(account) != key(host) for account in there[0])


def _unreadable(trace: Trace) -> bool:
    """The receiver's own ticket came back made with a key of ours that we do not have: some KDC has another one."""
    return any(accepted(step) and step.facts.return_leg in ("refused", "mismatch") for step in honest(trace))


def _by_split(trace: Trace, split: Split) -> tuple[Status, bool]:
    if split.absent and same_name(split.spn, return_spn(trace)) and refused(trace) and others_verified(trace):
        return Status.SUSPECT, True
    if split.absent:
        return Status.CONFIRMED, split.matters and not succeeded(trace) and not ticket_in_hand(trace)
    if split.ours:
        # What differs about our own account stops the log-on to the KDC, and nothing behind it.
        return Status.CONFIRMED, _unreadable(trace) or (not succeeded(trace) and not ticket_in_hand(trace))
    if split.spn and split.matters and not ticket_in_hand(trace):
        return Status.CONFIRMED, True  # whose it is, is what the KDC that gave no ticket was asked
    if split.spn and split.matters and refusals(trace) and _issued_for_another(trace, split.spn):
        return Status.CONFIRMED, True
    if not split.disabled:
        return _weight(trace, matters=split.matters)
    # Tickets *for* a disabled account go on being issued: only its own log-on fails, the receiver's for the way back.
    if split.matters and refused(trace) and others_verified(trace):
        return Status.SUSPECT, True
    return Status.CONFIRMED, False


def _neither(trace: Trace) -> Finding:
    """No KDC and no directory contradicts another one about a service; perhaps they do about our own account."""
    opinions = read_opinions(trace)
    if opinions.split:
        return finding(
            status=Status.CONFIRMED,
            says=f"one KDC refuses {trace.request.principal}, another one knows it",
            evidence=opinions.evidence(),
            names={"kdc": opinions.bad[0].facts.kdc},
            breaks=not ticket_in_hand(trace) and _logged_on(trace),
        )
    apart = kdcs_apart(trace)
    if apart:
        return finding(
            status=Status.SUSPECT,
            says="a directory has the SPN, and the KDCs do not know it",
            evidence=apart,
            breaks=not ticket_in_hand(trace),
            would_decide=("on a domain controller: repadmin /replsummary",),
        )
    logons = _logons_differ(trace)
    if logons:
        return finding(
            status=Status.CONFIRMED,
            says="one KDC refuses the account's key that another one accepts",
            evidence=logons,
            breaks=not ticket_in_hand(trace),
        )
    agreed = any(len(seen) > 1 for seen in _by_spn(trace)) or compared(trace)
    return finding(
        status=Status.PASS if agreed else Status.NOT_APPLICABLE,
        says="the KDCs agree on every SPN" if agreed else "there were no two KDCs to compare",
    )


def _logged_on(trace: Trace) -> bool:
    """Somebody was to log on in this run: a cache's tickets need no opinion of our account."""
    return trace.request.credentials != "ccache"


def _by_spn(trace: Trace) -> list[tuple[View, ...]]:
    ordered = sorted(views(trace), key=lambda view: (view.realm, view.spn, view.kdc))
    return [tuple(group) for _, group in groupby(ordered, key=lambda view: (view.realm, view.spn))]


def _says(seen: tuple[View, ...], says: str, *, breaks: bool, status: Status = Status.CONFIRMED) -> Finding:
    lagging = min(seen, key=lambda view: (view.known, view.kvno or 0, view.kdc))
    return finding(
        status=status,
        says=says,
        evidence=tuple(view.evidence() for view in seen),
        names={"spn": seen[0].spn, "kdc": lagging.kdc},
        breaks=breaks,
    )


def _logons_differ(trace: Trace) -> tuple[Evidence, ...]:
    turned_down = errors(trace, [Code.C_PRINCIPAL_UNKNOWN, Code.CLIENT_REVOKED, Code.PREAUTH_FAILED], LOGON)
    good = [
        step
        for step in exchanges(trace)
        if step.facts.purpose in LOGON and step.facts.ticket_etype is not None
    ]
    if not turned_down or not any(step.facts.kdc != turned_down[0].facts.kdc for step in good):
        return ()
    return (
        *(kdc_evidence(step) for step in turned_down),
        *(Evidence(step=step.id, says=f"{step.facts.kdc}: log-on accepted") for step in good[:1]),
    )
