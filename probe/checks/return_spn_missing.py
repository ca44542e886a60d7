"""EXCHANGEAUTH fails because nobody has the sender's own SPN (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import GUESSED_NAMES, Trace
from probe.trace.views.directory.ownership import names_of, nowhere, ownership
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import views_of
from probe.trace.views.smtp.exchangeauth import others_verified, refused, return_spn
from probe.trace.views.smtp.session import answer

CHECK = CAUSE = "return-spn-missing"
TITLE = "The KDCs know SMTPSVC/<our name in EHLO>"
CITATION = "observed: the receiver makes its own AP-REQ for SMTPSVC/<EHLO name>; KB 979174"

FOREST = "on any domain member: ask the whole forest who has it, setspn -F -Q"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """EXCHANGEAUTH refused, its return SPN unknown to every KDC; stronger when X-EXPS GSSAPI passes.

    Proof only by the directory: error 7 is also what most KDCs say of a name that two accounts have.
    """
    turned_down = refused(trace)
    seen = views_of(trace, (return_spn(trace),))
    unknown = [view for view in seen if not view.known]
    if seen and not unknown:
        return finding(
            status=Status.PASS,
            says=f"{seen[0].spn} is known",
            evidence=tuple(view.evidence() for view in seen),
        )
    if not turned_down or not seen:
        return finding(status=Status.NOT_APPLICABLE, says="no EXCHANGEAUTH was refused, or no KDC was asked")
    passing = others_verified(trace)
    everywhere = len(unknown) == len(seen)
    guessed = trace.request.ehlo_source in GUESSED_NAMES
    owned = ownership(trace, return_spn(trace))
    somewhere = owned is not None and bool(owned.accounts) and not owned.together
    proven = bool(passing) and everywhere and not guessed and nowhere(trace, return_spn(trace)) is not None
    says, told = _directory(trace)
    if guessed:
        says += "; but that name is a guess of this run, which --ehlo replaces"
    who = "no KDC knows" if everywhere else f"{unknown[0].kdc} does not know"
    # Where only some do not know it, it depends on which one the receiver asks.
    suspect = bool(passing) and everywhere and not guessed and not somewhere
    return finding(
        status=Status.CONFIRMED if proven else Status.SUSPECT if suspect else Status.NOTICE,
        says=f"{who} {return_spn(trace)}, which the receiver needs for its half of EXCHANGEAUTH{says}",
        evidence=(
            *(answer(step) for step in turned_down),
            *(view.evidence() for view in seen),
            *told,
            *(answer(step) for step in passing),
        ),
        names={"sender": trace.request.ehlo_name},
        would_decide=() if proven else (f"{FOREST} {return_spn(trace)}",),
    )


def _directory(trace: Trace) -> tuple[str, tuple[Evidence, ...]]:
    """Who has it after all, as a sentence's end, and what the directories said."""
    owned = ownership(trace, return_spn(trace))
    if owned is None:
        return "", ()
    many = f"; {names_of(owned.accounts)} have it at once" if owned.together else ""
    return many, owned.evidence()
