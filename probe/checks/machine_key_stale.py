"""The receiver does not hold the key that the KDC made the ticket with (PURE)."""

from functools import partial

from probe.checks import EVENT_1035, LOG_LEVEL, Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Handshake, SmbSessionCheck
from probe.trace.views.answering import other_owner
from probe.trace.views.clocks import Clocks, read_clocks
from probe.trace.views.directory.ownership import (
    answers,
    controller,
    host_account,
    key,
    key_evidence,
    names_of,
    ownership,
)
from probe.trace.views.directory.splits import splits
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import (
    Code,
    View,
    bare,
    exchanges,
    receiver_errors,
    receiver_evidence,
    views,
    views_of,
)
from probe.trace.views.kerberos.lifetime import outside_lifetime
from probe.trace.views.smb_session_check import SmbOutcome, key_is_good, with_opinion
from probe.trace.views.smb_session_check import says as opinion_says
from probe.trace.views.smtp.contrasts import passing, told
from probe.trace.views.smtp.lengths import Reading, read_lengths
from probe.trace.views.smtp.other_kdc import compare_tickets
from probe.trace.views.smtp.session import answer, chose_ntlm, honest, refusals, verified
from probe.trace.wording import reply_text

CHECK = CAUSE = "machine-key-stale"
TITLE = "The receiver's key is the KDC's"
CITATION = (
    "RFC 4120 section 7.5.9: KRB_AP_ERR_MODIFIED (41), BADKEYVER (44), BAD_INTEGRITY (31, MIT's acceptor)"
)

finding = partial(Finding, check=CHECK, cause=CAUSE)

PROOF = (Code.MODIFIED, Code.BADKEYVER, Code.BAD_INTEGRITY)
SUPPORT = (Code.NOT_US, Code.NOKEY)

CYRUS = "generic failure"
"""SASL_FAIL in the words of Cyrus SASL's sasl_errstring."""

Handshakes = tuple[Step[Handshake], ...]
Opinions = tuple[Step[SmbSessionCheck], ...]

DATES = "on any domain member: Get-ADComputer {short} -Properties PasswordLastSet -Server <EACH_DC>"
WOULD_DECIDE = (EVENT_1035, "on the receiver: nltest /sc_verify:{domain}", LOG_LEVEL)


def examine(trace: Trace) -> Finding:
    """An error about the key is proof, in the receiver's token or in that of another service of the same computer.

    Else it is what remains if all is good.
    """
    others = passing(trace)
    if others or any(verified(step) for step in honest(trace)):
        says = "the receiver's AP-REP proves that it has the key"
        return finding(status=Status.PASS, says=says, evidence=tuple(told(step) for step in others))
    errors = receiver_errors(trace, PROOF)
    good = key_is_good(trace)
    if good:
        return _dismissed(errors, good)
    against = _against(trace)
    stale = with_opinion(trace, SmbOutcome.WRONG_KEY)
    if stale and not errors:
        return _by_opinion(trace, stale, against)
    if errors:
        return finding(
            status=Status.SUSPECT if against else Status.CONFIRMED,
            says="the receiver cannot decrypt the ticket" + (f", but {against.says}" if against else ""),
            evidence=(
                *(receiver_evidence(step) for step in errors),
                *(opinion_says(step) for step in stale),
                *((against,) if against else ()),
                *key_evidence(trace, host_account(trace)),
            ),
            would_decide=WOULD_DECIDE if against else (),
        )
    hinted = tuple(receiver_evidence(step) for step in receiver_errors(trace, SUPPORT)) or _no_keytab(trace)
    if hinted:
        return finding(
            status=Status.SUSPECT,
            says="the receiver has no key for the ticket's service",
            evidence=hinted,
            would_decide=WOULD_DECIDE,
        )
    return _what_remains(trace, against)


def _no_keytab(trace: Trace) -> tuple[Evidence, ...]:
    """What postfix with Cyrus SASL was seen to say when its keytab cannot be used; a refused token gets a 535 there."""
    return tuple(
        answer(step)
        for step in refusals(trace)
        if step.facts.reply is not None
        and step.facts.reply.code == 454
        and CYRUS in reply_text(step.facts.reply)
    )


def _dismissed(errors: Handshakes, good: Opinions) -> Finding:
    """The machine's key is the directory's. What SMTP cannot open was made with another account's."""
    says = "another service of the same computer proves that it has the machine's key"
    if errors:
        says = f"the receiver cannot decrypt the ticket, but {says}: the ticket is under another account's"
    return finding(
        status=Status.NOTICE if errors else Status.PASS,
        says=says,
        evidence=(
            *(receiver_evidence(step) for step in errors),
            *(opinion_says(step) for step in good),
        ),
    )


def _by_opinion(trace: Trace, stale: Opinions, against: Evidence | None) -> Finding:
    """The computer itself says that it cannot open a ticket for its own account: no token of SMTP is needed."""
    refused = refusals(trace)
    says = "the receiver's computer cannot decrypt a ticket for its own account"
    doubted = against is not None or not refused or _perhaps_diverged(trace)
    return finding(
        status=Status.SUSPECT if doubted else Status.CONFIRMED,
        says=says + (f", but {against.says}" if against else ""),
        evidence=(
            *(answer(step) for step in refused),
            *(opinion_says(step) for step in stale),
            *((against,) if against else ()),
            *key_evidence(trace, host_account(trace)),
        ),
        would_decide=(DATES, *WOULD_DECIDE) if doubted else (),
    )


def _perhaps_diverged(trace: Trace) -> bool:
    """Several KDCs, and nobody compared when each got the password: equal kvnos may stand for different keys.

    Then another KDC's ticket might be opened, and replication is what is broken.
    """
    if _refused_from_all(trace):
        return False
    # One that is silent may hold the receiver's key as well as one that answers.
    kdcs = {step.facts.kdc for step in exchanges(trace) if step.facts.transport != "native"}
    told = {controller(step.facts) for step in answers(trace, "account")}
    return len(kdcs) > max(len(told), 1)


def _what_remains(trace: Trace, against: Evidence | None) -> Finding:
    refused = [step for step in refusals(trace) if _unexplained(step)]
    if not refused:
        return finding(status=Status.NOT_APPLICABLE, says="no good token was refused without a reason")
    clocks = read_clocks(trace)
    lengths = read_lengths(trace)
    unread = lengths.reading in (Reading.SHORT_ONLY, Reading.NEITHER)
    if against is not None or clocks.someone_off() or unread or outside_lifetime(trace, clocks):
        return finding(
            status=Status.NOTICE,
            says="the receiver refused a good token; something else explains that better",
            evidence=tuple(answer(step) for step in refused),
            would_decide=WOULD_DECIDE,
        )
    seen = [view for view in views_of(trace, (step.facts.server for step in refused)) if view.known]
    measured = bool(clocks.receiver) and bool(clocks.kdcs) and bool(seen)
    # Samba refuses without a reason, and a computer that does not say who it is may be another one: support only.
    unhelpful = with_opinion(trace, SmbOutcome.WRONG_KEY_SOMEWHERE, SmbOutcome.REFUSED)
    return finding(
        status=Status.SUSPECT if measured else Status.NOTICE,
        says="the receiver refuses a well-formed token"
        + (" although SPN, kvno and clocks are good" if measured else f"; {_unknown(clocks)}"),
        evidence=(
            *(answer(step) for step in refused),
            *(view.evidence() for view in seen),
            *key_evidence(trace, host_account(trace)),
            *lengths.evidence(),
            *(opinion_says(step) for step in unhelpful),
        ),
        would_decide=WOULD_DECIDE,
    )


def _unknown(clocks: Clocks) -> str:
    """What was not measured, and might be the reason as well."""
    if not clocks.receiver:
        return "its clock is not known"
    return (
        "no KDC told its clock" if not clocks.kdcs else "no KDC says whether the ticket is of its present key"
    )


def _unexplained(step: Step[Handshake]) -> bool:
    """The token was whole, and neither an error in a token nor an AP-REP nor a choice of NTLM says more."""
    facts = step.facts
    return (
        facts.token_clean and facts.peer_error is None and not facts.ap_rep_verified and not chose_ntlm(facts)
    )


def _against(trace: Trace) -> Evidence | None:
    """What speaks for a wrong account or for replication rather than for the receiver's own key."""
    for spn in _presented(trace):
        owner = other_owner(trace, spn)
        if owner is not None:
            says = f"{bare(spn)} is {owner[0].name}'s, and another computer answers"
            return Evidence(step=owner[1][0].step, says=says)
    service = [view for view in views_of(trace, _presented(trace)) if view.known]
    if len({view.kvno for view in service if view.kvno is not None}) > 1 and not _refused_from_all(trace):
        return Evidence(step=service[0].step, says="the KDCs disagree about the kvno")
    host = [view for view in views(trace) if view.known and _is_host_name(view, service)]
    kvnos = [seen[0].kvno for seen in (service, host) if seen]
    if None not in kvnos and len(set(kvnos)) > 1:
        says = f"{host[0].spn} has kvno {kvnos[1]}, {service[0].spn} {kvnos[0]}: another account"
        return Evidence(step=host[0].step, says=says)
    return _against_by_directory(trace)


def _against_by_directory(trace: Trace) -> Evidence | None:
    """Another account has the SPN, or the controllers hold different keys of the receiver's."""
    host = host_account(trace)
    for spn in _presented(trace):
        owned = ownership(trace, spn)
        if owned is not None and host is not None and owned.accounts and key(owned.accounts[0]) != key(host):
            says = f"{owned.spn} is on {names_of(owned.accounts)}, not on {host.name}"
            return Evidence(step=owned.steps[0].id, says=says)
    if _refused_from_all(trace):
        return None  # they differ, and the receiver has neither's key
    apart = [split for split in splits(trace) if split.matters and not split.disabled]
    return Evidence(step=apart[0].evidence[0].step, says=apart[0].says) if apart else None


def _refused_from_all(trace: Trace) -> bool:
    """Another KDC's ticket was shown as well, and refused as ours was."""
    seen = compare_tickets(trace)
    return seen is not None and seen.refused_from_all


def _presented(trace: Trace) -> tuple[str, ...]:
    return tuple(step.facts.server for step in honest(trace) if step.facts.server)


def _is_host_name(view: View, service: list[View]) -> bool:
    """``HOST/<name>`` of the host that the service's SPN names: always on the computer account."""
    hosts = {seen.spn.partition("/")[2].casefold() for seen in service}
    kind, _, host = view.spn.partition("/")
    return kind.casefold() == "host" and host.casefold() in hosts
