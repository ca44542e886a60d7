"""The SPN that the sender needs is unknown to every KDC that answered (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.views.directory.ownership import Ownership, answers, names_of, nowhere, ownership
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import (
    Code,
    View,
    answered,
    bare,
    exchanges,
    same_name,
    ticket_errors,
    views,
    views_of,
)
from probe.trace.views.kerberos.realms import no_way, same_realm, takes_no_referral
from probe.trace.views.kerberos.spn_forms import registered
from probe.trace.views.names import aliases, same_host
from probe.trace.views.smtp.session import advertised_name, is_address, succeeded, wanted_spns
from probe.trace.wording import kerberos_error

CHECK = CAUSE = "spn-missing"
TITLE = "Every KDC knows the receiver's SPN"
CITATION = "RFC 4120 section 7.5.9: KDC_ERR_S_PRINCIPAL_UNKNOWN (7); KB 979174"

finding = partial(Finding, check=CHECK, cause=CAUSE)
QUERY = (
    "on any domain member: ask the whole forest who has it, setspn -F -Q {spn} "
    "(a Windows KDC says 7 of a duplicate too)"
)


def examine(trace: Trace) -> Finding:
    """On no account, by a directory that holds the host, is proof; unknown to every KDC is a suspicion.

    A Windows KDC and Samba's say error 7 of a name that two accounts have, too: only the directory tells the two
    apart. The suspicion is the stronger when another name of the same host is known.
    """
    wanted = wanted_spns(trace)
    seen = views_of(trace, wanted)
    if not any(view.known for view in seen):
        told = _by_directory(trace, wanted)
        if told is not None:
            return told
    if not seen:
        return _without_views(trace, wanted)
    if any(view.known for view in seen):
        known = next(view for view in seen if view.known)
        absent = [form for form, there in registered(trace, known.spn).items() if not there]
        more = f"; not registered, and not asked for by Exchange: {', '.join(absent)}" if absent else ""
        return finding(status=Status.PASS, says=f"{known.spn} is known{more}", evidence=(known.evidence(),))
    siblings = tuple(view for view in views(trace) if view.known and _same_host(view, seen[0]))
    evidence = (*(view.evidence() for view in seen), *(view.evidence() for view in siblings[:2]))
    says = f"no KDC knows {seen[0].spn}"
    status = Status.SUSPECT
    way = _no_way(trace, seen[0])
    if way:
        status, says = Status.NOTICE, f"{says}, but the way to its realm is not open"
    elif _advertises_other_name(trace):
        status, says = Status.NOTICE, says + ", a name that is not the host's own"
    elif siblings:
        says += f", but {siblings[0].spn} is known"
    else:
        says += ", and no other name of the host is known either"
    return finding(
        status=status,
        says=says,
        evidence=evidence,
        names={"spn": seen[0].spn, **_there(trace, seen[0].spn)},
        breaks=not succeeded(trace),
        would_decide=(QUERY,),
    )


def _by_directory(trace: Trace, wanted: tuple[str, ...]) -> Finding | None:
    """Nobody in the host's whole directory has any of the names: proof. An owner dismisses the suspicion.

    Without the host in sight it may be another forest's directory that was asked: that says nothing.
    """
    asked = [owned for owned in (ownership(trace, spn) for spn in wanted) if owned is not None]
    held = [owned for owned in asked if owned.accounts]
    if held:
        says = f"{held[0].spn} is on {names_of(held[0].accounts)}, the directory says"
        return finding(status=Status.PASS, says=says, evidence=held[0].evidence())
    absent = [owned for owned in (nowhere(trace, spn) for spn in wanted) if owned is not None]
    if not absent or len(absent) < len(wanted) or _advertises_other_name(trace):
        return None
    silent = _unheard(trace, wanted)
    return finding(
        status=Status.SUSPECT if silent else Status.CONFIRMED,
        says=f"no account has {absent[0].spn}"
        + (f"; but {silent[0]} was not heard, and may have it" if silent else ""),
        evidence=_proof(trace, absent),
        names={"spn": absent[0].spn, **_there(trace, absent[0].spn)},
        breaks=not succeeded(trace),
    )


def _unheard(trace: Trace, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The KDCs of our realm that said nothing of the name, neither themselves nor by their directory.

    A name that a controller lacks may be a name that has not reached it: then it is replication that is broken.
    """
    asked = [step.facts for step in exchanges(trace) if same_realm(step.facts.realm, trace.request.realm)]
    heard = {view.kdc for view in views_of(trace, wanted)}
    heard |= {step.facts.kdc for step in answers(trace, "owners") if step.facts.kdc}
    heard |= {facts.kdc for facts in asked if answered(facts)}
    return tuple(dict.fromkeys(facts.kdc for facts in asked if facts.kdc not in heard))


def _proof(trace: Trace, absent: list[Ownership]) -> tuple[Evidence, ...]:
    """What the directories said, and what the KDCs did."""
    seen = views_of(trace, (owned.spn for owned in absent))
    said = (evidence for owned in absent for evidence in owned.evidence())
    return (*said, *(view.evidence() for view in seen))


def _there(trace: Trace, spn: str) -> dict[str, str]:
    """Which of the other forms need no registering: ``has_smtp_short`` and the like, for the remedies."""
    found: dict[str, str] = {}
    for form, there in registered(trace, spn).items():
        service, _, host = form.casefold().partition("/")
        if there:
            found[f"has_{service}_{'short' if host != _host(spn) else 'fqdn'}"] = form
    return found


def _no_way(trace: Trace, view: View) -> bool:
    """Who has no trust with the name's realm says error 7 of every name in it."""
    realm, _ = no_way(trace)
    return bool(realm or takes_no_referral(trace, view.realm))


def _host(spn: str) -> str:
    return bare(spn).partition("/")[2].partition(":")[0].casefold()


def _same_host(one: View, other: View) -> bool:
    """The full name, or the short name of the same host."""
    first, second = _host(one.spn), _host(other.spn)
    short = "." not in first or "." not in second
    return first == second or (short and first.partition(".")[0] == second.partition(".")[0])


def _advertises_other_name(trace: Trace) -> bool:
    """The host's own name has the SPN: then the connector's Fqdn is wrong, not the directory."""
    name, target = advertised_name(trace), trace.target.name
    if not name or is_address(target) or same_name(name, target):
        return False
    if any(same_host(alias, name) for alias in aliases(trace)):
        return False
    owned = ownership(trace, f"SMTPSVC/{target}")
    in_directory = owned is not None and bool(owned.accounts)
    return in_directory or any(view.known for view in views_of(trace, (f"SMTPSVC/{target}",)))


def _without_views(trace: Trace, wanted: tuple[str, ...]) -> Finding:
    """Where the system fetched the ticket, its error is all there is: one KDC's word."""
    unknown = ticket_errors(trace, [Code.S_PRINCIPAL_UNKNOWN])
    if not unknown:
        return finding(status=Status.NOT_APPLICABLE, says="no KDC was asked for the receiver's SPN")
    said = [kerberos_error(step.facts.error) for step in unknown if step.facts.error]
    return finding(
        status=Status.SUSPECT,
        says=f"no ticket for {unknown[0].facts.server}: the KDC does not know it",
        evidence=tuple(Evidence(step=step.id, says=text) for step, text in zip(unknown, said, strict=True)),
        names={"spn": unknown[0].facts.server or (wanted[0] if wanted else "")},
        breaks=not succeeded(trace),
        would_decide=(QUERY,),
    )
