"""The connector advertises a name for which there is no SPN, while the host's own name has one (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.facts import Ehlo, Resolve, Tls
from probe.trace.views.answering import answering_computer, other_owner
from probe.trace.views.directory.ownership import Ownership, in_sight, key, ownership
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import View, same_name, views_of
from probe.trace.views.names import aliases, same_host
from probe.trace.views.smtp.session import (
    advertised_name,
    answer,
    is_address,
    is_exchange,
    refusals,
    succeeded,
)

CHECK = CAUSE = "connector-fqdn-mismatch"
TITLE = "The connector advertises the host's own name"
CITATION = "Set-ReceiveConnector -Fqdn; the sender's SPN is SMTPSVC/<first word of the EHLO reply>"

finding = partial(Finding, check=CHECK, cause=CAUSE)


FOREST = "on any domain member: ask the whole forest who has it, setspn -F -Q"


def examine(trace: Trace) -> Finding:
    """SMTPSVC/<advertised> unknown and SMTPSVC/<host name> known is proof; another name alone is none."""
    name, target = advertised_name(trace), trace.target.name
    if not name or not target or is_address(target) or not is_exchange(trace):
        return finding(
            status=Status.NOT_APPLICABLE, says="there are no two names of an Exchange server to compare"
        )
    if same_name(name, target):
        return finding(status=Status.PASS, says=f"the connector advertises {name}")
    advertised, own = (views_of(trace, (f"SMTPSVC/{host}",)) for host in (name, target))
    known = [view for view in advertised if view.known]
    if known:
        return _known(trace, name, target, known[0])
    owned = ownership(trace, f"SMTPSVC/{name}")
    if owned is not None and owned.accounts:
        # KDCs say 7 of a name that two accounts have, too: then it is there, and the connector's name is right.
        says = f"the connector advertises {name}, which has an SPN in the directory"
        return finding(status=Status.PASS, says=says, evidence=owned.evidence())
    # The name that an alias leads to is the host's own: then it is the SPN that is missing, and no Fqdn is wrong.
    if (
        not advertised
        or not (any(view.known for view in own) or _is_registered(trace, target))
        or _alias(trace, name)
    ):
        return finding(
            status=Status.NOT_APPLICABLE,
            says=f"{name} is advertised for {target}; the KDCs do not tell them apart{_alias(trace, name)}",
            evidence=_alias_evidence(trace),
        )
    return _unknown(trace, (name, target), (*advertised, *own))


def _unknown(trace: Trace, names: tuple[str, str], views: tuple[View, ...]) -> Finding:
    """Nobody gives a ticket for the advertised name, and the host's own is there."""
    name, target = names
    owned = ownership(trace, f"SMTPSVC/{name}")
    said = [step.id for step in trace.of(Ehlo) if step.facts.advertised_name]
    proven = _nobody_has(trace, owned, target)
    return finding(
        # KDCs call a name that two accounts have unknown as well.
        status=Status.CONFIRMED if proven else Status.SUSPECT,
        says=f"the connector advertises {name}, which has no SPN; {target} has one",
        evidence=(
            Evidence(step=said[-1], says=f"EHLO was answered by {name}"),
            *(view.evidence() for view in views),
            *(owned.evidence() if owned is not None else ()),
        ),
        names={"advertised": name, "fqdn": target, "spn": f"SMTPSVC/{name}"},
        breaks=not succeeded(trace),
        would_decide=() if proven else (f"{FOREST} SMTPSVC/{name}",),
    )


def _nobody_has(trace: Trace, owned: Ownership | None, target: str) -> bool:
    """The receiver's own directory, or the whole forest, says that no account has the advertised name."""
    if owned is None or owned.accounts or not owned.complete:
        return False
    return owned.forest_wide or in_sight(trace, target)


def _is_registered(trace: Trace, host: str) -> bool:
    """The host's own SPN is there, also where no KDC gives a ticket for it because two accounts have it."""
    owned = ownership(trace, f"SMTPSVC/{host}")
    return owned is not None and bool(owned.accounts)


def _known(trace: Trace, name: str, target: str, view: View) -> Finding:
    """There is a ticket for the advertised name: for whom?"""
    if _is_anothers(trace, name, target):
        return _another_computers(trace, name, target, view)
    return finding(
        status=Status.PASS,
        says=f"the connector advertises {name}, which has an SPN{_alias(trace, name)}",
        evidence=(view.evidence(), *_alias_evidence(trace)),
    )


def _is_anothers(trace: Trace, name: str, target: str) -> bool:
    """The computer that answers calls itself as we do, and not as its connector says; and its account lacks the SPN."""
    computer = answering_computer(trace)
    if computer is None and not _alias(trace, name) and refusals(trace):
        return _have_two_owners(trace, name, target) or _certified(trace, name, target)
    if computer is None or computer.is_called(name) or not computer.is_called(target) or _alias(trace, name):
        return False
    owned = ownership(trace, f"SMTPSVC/{name}")
    if owned is not None and owned.accounts:
        return other_owner(trace, f"SMTPSVC/{name}") is not None
    return bool(refusals(trace))


def _have_two_owners(trace: Trace, name: str, target: str) -> bool:
    """Where nobody says who answers: the directory has the two names on two accounts, so they are two computers'."""
    advertised, own = ownership(trace, f"SMTPSVC/{name}"), ownership(trace, f"SMTPSVC/{target}")
    if advertised is None or own is None or not advertised.accounts or not own.accounts:
        return False
    return {key(account) for account in advertised.accounts}.isdisjoint(
        key(account) for account in own.accounts
    )


def _certified(trace: Trace, name: str, target: str) -> bool:
    """The certificate that the server made for itself is for the host that we meant, and not for the advertised one."""
    for tls in trace.of(Tls)[-1:]:
        made = tls.facts.certificate
        if made is not None and made.self_signed and made.names:
            return any(same_host(target, own) for own in made.names) and not any(
                same_host(name, own) for own in made.names
            )
    return False


def _another_computers(trace: Trace, name: str, target: str, known: View) -> Finding:
    """Proof is the directory's word for whose SPN it is; a refusal without it may have other reasons."""
    owner = other_owner(trace, f"SMTPSVC/{name}")
    computer = answering_computer(trace)
    whose = f"an SPN of {owner[0].name}" if owner else "an SPN that is another computer's"
    proven = owner is not None and not succeeded(trace) and bool(refusals(trace))
    return finding(
        status=Status.CONFIRMED if proven else Status.SUSPECT,
        says=f"the connector of {target} advertises {name}, which has {whose}: the ticket is made out to that one",
        evidence=(
            *(() if computer is None else (computer.evidence(),)),
            known.evidence(),
            *(owner[1][1:] if owner else ()),
            *(answer(step) for step in refusals(trace)),
        ),
        names={"advertised": name, "fqdn": target, "spn": f"SMTPSVC/{name}"},
        breaks=not succeeded(trace),
    )


def _alias(trace: Trace, name: str) -> str:
    """That the target is an alias explains why another name answers, and does no harm to Exchange."""
    if not any(same_host(alias, name) for alias in aliases(trace)):
        return ""
    return (
        f"; {trace.target.name} is an alias (CNAME) of it, which is harmless: "
        "a sending Exchange makes the SPN of the name in the EHLO reply"
    )


def _alias_evidence(trace: Trace) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(step=step.id, says=f"{step.facts.name} is an alias of {', '.join(step.facts.names)}")
        for step in trace.of(Resolve)
        if step.facts.record == "CNAME" and step.facts.names
    )
