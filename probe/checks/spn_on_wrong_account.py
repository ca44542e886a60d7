"""The SPN has one owner, and that is not the receiver's computer account (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import GUESSED_NAMES, Step, Trace
from probe.trace.facts import DirectoryAccount, Handshake
from probe.trace.views.answering import answering_computer, other_owner
from probe.trace.views.directory.ownership import (
    Ownership,
    host_account,
    key,
    names_of,
    own_account,
    ownership,
)
from probe.trace.views.evidence import Evidence
from probe.trace.views.smb_session_check import key_is_good
from probe.trace.views.smb_session_check import says as opinion_says
from probe.trace.views.smtp.contrasts import OTHER_SERVICE, failing, passing, told, unexplained_refusals
from probe.trace.views.smtp.exchangeauth import return_spn
from probe.trace.views.smtp.lengths import Reading, read_lengths
from probe.trace.views.smtp.session import (
    EXCHANGEAUTH,
    answer,
    honest,
    is_exchange,
    refusals,
    succeeded,
    unproven,
    verified,
    wanted_spns,
)

CHECK = CAUSE = "spn-on-wrong-account"
TITLE = "The receiver's SPN is on its own computer account"
CITATION = (
    "KB 979174; MS-KILE section 3.3.5.1: the ticket is made with the key of the account that has the SPN"
)

finding = partial(Finding, check=CHECK, cause=CAUSE)
QUERY = "on any domain member: setspn -F -Q {spn}"


def examine(trace: Trace) -> Finding:
    """A directory's word is proof for Exchange, whose transport service runs under the computer account.

    Other receivers may have an account of their own for the service, and so may a name that several hosts share: then
    HOST/<name> is on the same account. Without a directory it is a suspicion that HOST/<name> is taken while the
    service's ticket is refused.
    """
    ours = _return_name(trace)
    if ours is not None:
        return ours
    if any(verified(step) for step in honest(trace)):
        return finding(status=Status.PASS, says="the receiver opened the ticket: the SPN is on its account")
    for spn in wanted_spns(trace):
        owned = ownership(trace, spn)
        if owned is not None and owned.accounts:
            return _by_directory(trace, owned)
    return _by_contrast(trace)


def _return_name(trace: Trace) -> Finding | None:
    """The sender's own name, which the receiver asks a ticket for, is on another account than the sender's.

    The receiver's half of EXCHANGEAUTH is then made with a key that the sender does not have.
    """
    owned, mine = ownership(trace, return_spn(trace)), own_account(trace)
    stopped = [
        step
        for step in honest(trace)
        if step.facts.mechanism == EXCHANGEAUTH and not verified(step) and not unproven(step)
    ]
    if owned is None or mine is None or len(owned.accounts) != 1 or not stopped:
        return None
    owner = owned.accounts[0]
    if key(owner) == key(mine) or not mine.name.endswith("$") or trace.request.ehlo_source in GUESSED_NAMES:
        return None
    return finding(
        status=Status.CONFIRMED if owned.agreed else Status.SUSPECT,
        says=f"{owned.spn}, which the receiver needs for its half of EXCHANGEAUTH, is on {owner.name}, "
        f"not on {mine.name}",
        evidence=(*owned.evidence(), *(answer(step) for step in stopped)),
        names={"spn": owned.spn, "wrong_account": owner.name, "fqdn": _host(owned)},
        breaks=not succeeded(trace),
    )


def _by_directory(trace: Trace, owned: Ownership) -> Finding:
    if len(owned.accounts) > 1:
        says = f"{owned.spn} has more than one owner: {names_of(owned.accounts)}"
        return finding(status=Status.NOT_APPLICABLE, says=says)
    owner, host = owned.accounts[0], host_account(trace, _host(owned))
    if host is None:
        elsewhere = other_owner(trace, owned.spn)
        if elsewhere is not None and owner.name.endswith("$") and refusals(trace):
            return _anothers(trace, owned, elsewhere[1])
        says = f"{owned.spn} is on {names_of([owner])}; no computer account of that name was seen beside it"
        return finding(status=Status.NOT_APPLICABLE, says=says, evidence=owned.evidence())
    if key(owner) == key(host):
        says = f"{owned.spn} is on {host.name}, the receiver's own account"
        return finding(status=Status.PASS, says=says, evidence=owned.evidence())
    doubts = _doubts(trace, owned, owner)
    return finding(
        status=Status.SUSPECT if doubts else Status.CONFIRMED,
        says=f"{owned.spn} is on {names_of([owner])}, not on {host.name}" + (f"; {doubts}" if doubts else ""),
        evidence=(*owned.evidence(), *_host_evidence(trace, owned)),
        names={"spn": owned.spn, "wrong_account": owner.name, "fqdn": _host(owned)},
        breaks=not succeeded(trace),
        would_decide=(QUERY,) if doubts else (),
    )


def _anothers(trace: Trace, owned: Ownership, told: tuple[Evidence, ...]) -> Finding:
    """Its own account is in another domain, or in none that was asked; but it is not the owner's computer."""
    owner, computer = owned.accounts[0], answering_computer(trace)
    doubts = _doubts(trace, owned, owner)
    who = "another computer" if computer is None else computer.name
    return finding(
        status=Status.SUSPECT if doubts else Status.CONFIRMED,
        says=f"{owned.spn} is on {names_of([owner])}, and {who} answers" + (f"; {doubts}" if doubts else ""),
        evidence=(*told, *(answer(step) for step in refusals(trace))),
        names={"spn": owned.spn, "wrong_account": owner.name, "fqdn": _host(owned)},
        breaks=not succeeded(trace),
        would_decide=(QUERY,) if doubts else (),
    )


def _doubts(trace: Trace, owned: Ownership, owner: DirectoryAccount) -> str:
    """Why it may be meant to be so; empty when it cannot be."""
    named = ownership(trace, f"HOST/{_host(owned)}")
    if named is not None and any(key(account) == key(owner) for account in named.accounts):
        return "but so is HOST/ with the same name: several hosts may share it"
    if not is_exchange(trace):
        return "a receiver that is not Exchange may have an account of its own for the service"
    if not owned.agreed:
        return "not every domain controller says so"
    return "" if owned.complete else "the answer is not complete"


def _host_evidence(trace: Trace, owned: Ownership) -> tuple[Evidence, ...]:
    named = ownership(trace, f"HOST/{_host(owned)}")
    return () if named is None else named.evidence()[:1]


def _by_contrast(trace: Trace) -> Finding:
    """A ticket for another name of the same computer is good: with SMTP itself, or with its SMB service."""
    refused = unexplained_refusals(trace)
    others = passing(trace, OTHER_SERVICE)
    if refused and not others and key_is_good(trace):
        return _by_opinion(trace, refused)
    if not refused or not others:
        return finding(status=Status.NOT_APPLICABLE, says="no directory was asked who has the SPN")
    spn = refused[0].facts.server.partition("@")[0]
    return finding(
        status=Status.SUSPECT,
        says=f"the receiver takes a ticket for {others[0].facts.server} and refuses the one for {spn}",
        evidence=(*(told(step) for step in refused), *(told(step) for step in others)),
        names={"spn": spn},
        would_decide=(QUERY,),
    )


def _by_opinion(trace: Trace, refused: tuple[Step[Handshake], ...]) -> Finding:
    """The computer has its key; whether SMTP's ticket was made with it, HOST/<name> at the same service would tell."""
    good = key_is_good(trace)
    against = failing(trace, OTHER_SERVICE)
    unread = read_lengths(trace).reading in (Reading.SHORT_ONLY, Reading.NEITHER)
    if against or unread:
        says = "the receiver refuses tickets that are made with its own key, too"
        return finding(
            status=Status.NOT_APPLICABLE,
            says=says
            if against
            else "the receiver does not read every message: no ticket tells of an account",
            evidence=tuple(told(step) for step in against),
        )
    spn = refused[0].facts.server.partition("@")[0]
    return finding(
        status=Status.SUSPECT,
        says=f"the receiver's computer has its key, and refuses the ticket for {spn}",
        evidence=(*(told(step) for step in refused), *(opinion_says(step) for step in good)),
        names={"spn": spn},
        would_decide=(QUERY,),
    )


def _host(owned: Ownership) -> str:
    return owned.spn.partition("/")[2].partition(":")[0]
