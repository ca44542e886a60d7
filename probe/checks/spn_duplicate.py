"""One SPN on two accounts: the KDC says so, or what it says could mean so (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.checks._kerberos import Code, View, errors, kdc_evidence, views, views_of
from probe.checks._session import succeeded, wanted_spns
from probe.trace import Trace

CHECK = CAUSE = "spn-duplicate"
TITLE = "The receiver's SPN is on one account only"
CITATION = "RFC 4120 section 7.5.9: KDC_ERR_PRINCIPAL_NOT_UNIQUE (8); KDC event 11; KB 979174"

finding = partial(Finding, check=CHECK, cause=CAUSE)
SEARCH = (
    "on any domain member: search for duplicates, forest-wide, setspn -F -X; on each KDC read System event 11"
)


def examine(trace: Trace) -> Finding:
    """Error 8 is proof, etypes that differ between KDCs a suspicion; Windows' error 7 a possibility."""
    told = errors(trace, [Code.PRINCIPAL_NOT_UNIQUE], ["tgs", "spn"])
    breaks = not succeeded(trace)
    if told:
        return finding(
            status=Status.CONFIRMED,
            says=f"{told[0].facts.kdc} says that {told[0].facts.server} is not unique",
            evidence=tuple(kdc_evidence(step) for step in told),
            names={"spn": told[0].facts.server},
            breaks=breaks,
        )
    for spn in wanted_spns(trace):
        seen = views_of(trace, [spn])
        known = [view for view in seen if view.known]
        if len({view.etype for view in known}) > 1:
            return _says(
                Status.SUSPECT, known, f"KDCs give tickets of different etypes for {spn}", breaks=breaks
            )
        if seen and not known and any(view.known for view in views(trace)):
            return _says(
                Status.NOTICE,
                list(seen),
                f"a Windows KDC calls {spn} unknown also when two accounts have it",
                breaks=breaks,
            )
    asked = bool(views(trace))
    return finding(
        status=Status.PASS if asked else Status.NOT_APPLICABLE,
        says="no KDC gave a sign of a duplicate SPN" if asked else "no KDC was asked for the receiver's SPN",
    )


def _says(status: Status, seen: list[View], says: str, *, breaks: bool) -> Finding:
    return finding(
        status=status,
        says=says,
        evidence=tuple(view.evidence() for view in seen),
        names={"spn": seen[0].spn},
        breaks=breaks,
        would_decide=(SEARCH,),
    )
