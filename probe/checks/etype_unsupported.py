"""No encryption type that client, KDC and service all allow (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.facts import KdcExchange, Ticket
from probe.trace.views.directory.accounts import read_opinions
from probe.trace.views.directory.ownership import answers, host_account, names_of
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import (
    LOGON,
    Code,
    errors,
    etype_split,
    kdc_evidence,
    receiver_errors,
    receiver_evidence,
    same_name,
    ticket_errors,
)
from probe.trace.views.smtp.session import refusals, succeeded, ticket_in_hand, wanted_spns
from probe.trace.wording import etype, kerberos_error

CHECK = CAUSE = "etype-unsupported"
TITLE = "There is an encryption type that everyone allows"
CITATION = "RFC 4120 section 7.5.9: KDC_ERR_ETYPE_NOSUPP (14); KB 5021131"

finding = partial(Finding, check=CHECK, cause=CAUSE)
BITS = {1: 1, 3: 2, 23: 4, 17: 8, 18: 16}
"""Encryption type -> its bit in msDS-SupportedEncryptionTypes, MS-KILE section 2.2.7."""
RC4, AES = 23, 8 | 16


def examine(trace: Trace) -> Finding:
    """Error 14 for our log-on or for the SPN that a sender needs; another name's 14 does not matter here."""
    wanted = wanted_spns(trace)
    asked = errors(trace, [Code.ETYPE_NOSUPP], (*LOGON, "tgs", "spn"))
    told = [step for step in asked if _concerns(step.facts, wanted)]
    evidence = (
        *(kdc_evidence(step) for step in told),
        *(receiver_evidence(step) for step in receiver_errors(trace, [Code.ETYPE_NOSUPP])),
    ) or tuple(
        Evidence(step=step.id, says=f"no ticket for {step.facts.server}: {kerberos_error(step.facts.error)}")
        for step in ticket_errors(trace, [Code.ETYPE_NOSUPP])
        if step.facts.error
    )
    if evidence:
        ours = bool(told) and told[0].facts.purpose in LOGON
        opinions = read_opinions(trace)
        whose = told[0].facts.server or told[0].facts.client if told else next(iter(wanted), "the service")
        elsewhere = etype_split(trace, whose)
        return finding(
            # One controller's opinion, which another one does not share, is first of all a split: replication-diverged.
            status=Status.SUSPECT if elsewhere or (ours and opinions.split) else Status.CONFIRMED,
            says=f"no common encryption type for {whose}"
            + (f" at {told[0].facts.kdc}, while {elsewhere[0].kdc} gives a ticket" if elsewhere else ""),
            evidence=(*evidence, *_allowed(trace)),
            names={"spn": whose, **_holder(trace, ours=ours)},
            breaks=not succeeded(trace) and not (ours and ticket_in_hand(trace)),
        )
    no_key = [step for step in trace.of(Ticket) if step.facts.problem == "no-key-for-etype"]
    if no_key:
        return finding(
            status=Status.SUSPECT,
            says="the keytab holds no key of an encryption type that the KDC offers",
            evidence=tuple(Evidence(step=step.id, says=step.facts.problem) for step in no_key),
        )
    apart = _ticket_against_account(trace)
    if apart is not None:
        return apart
    if ticket_in_hand(trace):
        return finding(status=Status.PASS, says="the KDC found a common encryption type")
    return finding(status=Status.NOT_APPLICABLE, says="no KDC was asked for a ticket")


def _holder(trace: Trace, *, ours: bool) -> dict[str, str]:
    """Whose account is to be mended: the one that we log on as, or the receiver's."""
    label = trace.request.principal.partition("@")[0].removesuffix("$").lower()
    if not ours or not label:
        return {"service": "yes"}
    return {"own": "yes", "fqdn": f"{label}.{trace.request.realm.lower()}"}


def _concerns(asked: KdcExchange, wanted: tuple[str, ...]) -> bool:
    """Our log-on, a step on the way, or the service itself: not the directory's or another service's ticket."""
    ours = asked.purpose in LOGON or not asked.server or asked.server.casefold().startswith("krbtgt/")
    return ours or any(same_name(asked.server, spn) for spn in wanted)


def _ticket_against_account(trace: Trace) -> Finding | None:
    """A refused ticket of a type that the receiver's own account does not name, or of rc4 because it names no other."""
    account = host_account(trace)
    tickets = [step for step in trace.of(Ticket) if step.facts.etype is not None]
    if account is None or not account.etypes or not tickets or not refusals(trace) or succeeded(trace):
        return None
    used = tickets[-1].facts.etype or 0
    lacking = not BITS.get(used, account.etypes) & account.etypes
    if not lacking and used != RC4:
        return None
    says = f"the ticket is of type {etype(used)}, " + (
        f"which {account.name} does not name among its own"
        if lacking
        else "which many receivers refuse by now"
    )
    return finding(
        # An account without any AES is an oversight by now (KB 5021131); beside AES, rc4 is the KDC's own choice.
        status=Status.SUSPECT if lacking or not account.etypes & AES else Status.NOTICE,
        says=says,
        evidence=_allowed(trace),
        names={"spn": tickets[-1].facts.server},
    )


def _allowed(trace: Trace) -> tuple[Evidence, ...]:
    """What the receiver's account names in msDS-SupportedEncryptionTypes."""
    account = host_account(trace)
    told = [step for step in answers(trace, "account") if account in step.facts.accounts]
    if account is None or account.etypes is None or not told:
        return ()
    types = [etype(number) for number, bit in BITS.items() if account.etypes & bit]
    says = f"{names_of([account])} has msDS-SupportedEncryptionTypes {account.etypes}: {', '.join(types) or 'none'}"
    return (Evidence(step=told[0].id, says=says),)
