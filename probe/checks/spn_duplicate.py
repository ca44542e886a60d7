"""One SPN on two accounts: a directory or a KDC says so, or what a KDC says could mean so (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.views.directory.ownership import Ownership, computer_name, in_sight, names_of, ownership
from probe.trace.views.kerberos.answers import Code, View, errors, kdc_evidence, views, views_of
from probe.trace.views.smtp.session import refusals, succeeded, ticket_in_hand, wanted_spns

CHECK = CAUSE = "spn-duplicate"
TITLE = "The receiver's SPN is on one account only"
CITATION = "RFC 4120 section 7.5.9: KDC_ERR_PRINCIPAL_NOT_UNIQUE (8); KDC event 11; KB 979174"

finding = partial(Finding, check=CHECK, cause=CAUSE)
SEARCH = (
    "on any domain member: search for duplicates, forest-wide, setspn -F -X; on each KDC read System event 11"
)


def examine(trace: Trace) -> Finding:
    """Two owners in one directory or error 8 are proof, etypes that differ between KDCs a suspicion.

    Windows' error 7 is a possibility, which a directory can dismiss.
    """
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
        owned = ownership(trace, spn)
        if owned is not None and owned.together:
            # Windows gives no ticket then; where there is one, some KDC took one of the two accounts.
            return _owners(owned, breaks=breaks, proven=not (breaks and ticket_in_hand(trace)))
        seen = views_of(trace, [spn])
        known = [view for view in seen if view.known]
        if len({view.etype for view in known}) > 1:
            # So does one account whose encryption types are not replicated yet.
            says = f"KDCs give tickets of different etypes for {spn}, as two accounts would get them"
            return _says(Status.NOTICE, known, says, breaks=breaks and bool(refusals(trace)))
        if owned is not None and owned.agreed and _answers_for_all(trace, owned):
            says = f"{spn} is on {names_of(owned.accounts)} alone" if owned.accounts else f"nobody has {spn}"
            return finding(status=Status.PASS, says=f"the directory says: {says}", evidence=owned.evidence())
        if seen and not known and any(view.known for view in views(trace)):
            return _says(
                Status.NOTICE,
                list(seen),
                f"a Windows KDC calls {spn} unknown also when two accounts have it",
                breaks=breaks,
            )
    return _no_sign(trace)


def _no_sign(trace: Trace) -> Finding:
    asked = bool(views(trace))
    return finding(
        status=Status.PASS if asked else Status.NOT_APPLICABLE,
        says="no KDC gave a sign of a duplicate SPN" if asked else "no KDC was asked for the receiver's SPN",
    )


def _owners(owned: Ownership, *, breaks: bool, proven: bool) -> Finding:
    """Both accounts by name; the one to take it off is the one that is not the host's."""
    own = computer_name(owned.spn.partition("/")[2]).casefold()
    others = [account.name for account in owned.accounts if account.name.casefold() != own]
    return finding(
        status=Status.CONFIRMED if proven else Status.SUSPECT,
        says=f"{owned.spn} is on {len(owned.accounts)} accounts: {names_of(owned.accounts)}",
        evidence=owned.evidence(),
        names={"spn": owned.spn, "wrong_account": others[0] if len(others) == 1 else ""},
        breaks=breaks,
    )


def _answers_for_all(trace: Trace, owned: Ownership) -> bool:
    """A KDC finds a name in its own domain first, so that the host's whole domain is enough."""
    return owned.complete and (owned.forest_wide or in_sight(trace, owned.spn.partition("/")[2]))


def _says(status: Status, seen: list[View], says: str, *, breaks: bool) -> Finding:
    return finding(
        status=status,
        says=says,
        evidence=tuple(view.evidence() for view in seen),
        names={"spn": seen[0].spn},
        breaks=breaks,
        would_decide=(SEARCH,),
    )
