"""What another service of the receiver's computer said of its key and clock (PURE).

The same address is not the same computer: a balancer or an address translation may send port 445 elsewhere than port
25, and there a ticket for the receiver cannot be opened either. So an opinion is proof only when the computer says, or
shows, who it is: by an AP-REP, which only the holder of the key can make, or by the name in its KRB-ERROR. Windows puts
its own account there (event 4 of a Kerberos client repeats it: "received a KRB_AP_ERR_MODIFIED error from the server
ex1$").
"""

from enum import StrEnum

from probe.codes import lookup as names
from probe.trace import Step, Trace
from probe.trace.facts import Outcome, SmbSessionCheck
from probe.trace.views.directory.ownership import computer_name
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import Code, bare, same_name
from probe.trace.wording import kerberos_error

WRONG_KEY = (Code.MODIFIED, Code.BADKEYVER)
SMB_SOURCES = ("krb-error-in-smb", "smb-system-time")
"""Clocks that came with an opinion."""


class SmbOutcome(StrEnum):
    """What it comes to for the machine's key."""

    GOOD = "good"
    """The computer proved that it has the key of the account that the ticket was made for."""
    WRONG_KEY = "wrong-key"
    """It cannot open the ticket, and it says that it is the receiver's computer."""
    WRONG_KEY_SOMEWHERE = "wrong-key-somewhere"
    """It cannot open the ticket, and it does not say who it is."""
    ELSEWHERE = "elsewhere"
    """Another computer answers there."""
    REFUSED = "refused"
    """It refused the ticket and did not say why."""
    NONE = "none"


def sessions(trace: Trace) -> tuple[Step[SmbSessionCheck], ...]:
    """The opinions about a ticket that was really shown and answered."""
    return tuple(
        step
        for step in trace.of(SmbSessionCheck)
        if step.facts.stage == "session"
        and step.facts.status is not None
        and step.outcome not in (Outcome.SKIPPED, Outcome.PROBE_BUG)
    )


def is_the_receivers(facts: SmbSessionCheck) -> bool | None:
    """Whether the computer that answered is the one that the ticket names; None when it does not say."""
    if facts.ap_rep_verified:
        return True
    told = bare(facts.peer_error.server) if facts.peer_error is not None else ""
    host = facts.server.partition("/")[2].partition("@")[0]
    if not told or same_name(told, facts.server):
        return None  # an echo of the ticket's own name, as MIT and Samba send it
    service, slash, name = told.partition("/")
    if slash:
        return same_name(name, host) if service.casefold() == "host" else None
    return same_name(told, computer_name(host)) if told.endswith("$") else None


def opinion(step: Step[SmbSessionCheck]) -> SmbOutcome:
    """One answer to a ticket."""
    facts = step.facts
    own = is_the_receivers(facts)
    if facts.ap_rep_verified:
        return SmbOutcome.GOOD
    if own is False:
        return SmbOutcome.ELSEWHERE
    if facts.peer_error is not None and facts.peer_error.code in WRONG_KEY:
        return SmbOutcome.WRONG_KEY if own else SmbOutcome.WRONG_KEY_SOMEWHERE
    return SmbOutcome.NONE if facts.accepted or facts.peer_error is not None else SmbOutcome.REFUSED


def with_opinion(trace: Trace, *wanted: SmbOutcome) -> tuple[Step[SmbSessionCheck], ...]:
    """The answers that come to one of ``wanted``."""
    return tuple(step for step in sessions(trace) if opinion(step) in wanted)


def key_is_good(trace: Trace) -> tuple[Step[SmbSessionCheck], ...]:
    """The answers that prove that the computer has the key of ``cifs/<name>``, which is its own account's.

    Where SMTP refuses all the same, its ticket was made with another key (the SPN is on another account) or it was
    refused for something else than key and clock.
    """
    return with_opinion(trace, SmbOutcome.GOOD)


def told(trace: Trace, *codes: int) -> tuple[Step[SmbSessionCheck], ...]:
    """The answers of the receiver's computer, as far as it is known, with one of these errors."""
    return tuple(
        step
        for step in sessions(trace)
        if step.facts.peer_error is not None
        and step.facts.peer_error.code in codes
        and is_the_receivers(step.facts) is not False
    )


def identified(trace: Trace) -> bool:
    """Somebody answered there who is the receiver's computer, and nobody who is not."""
    known = [is_the_receivers(step.facts) for step in sessions(trace)]
    return True in known and False not in known


def says(step: Step[SmbSessionCheck]) -> Evidence:
    """An answer as a sentence."""
    facts = step.facts
    whose = f"SMB on {facts.address} port {facts.port}"
    if facts.ap_rep_verified:
        said = f"{whose} opened a ticket for {facts.server} and proved that it has the key"
    elif facts.peer_error is not None:
        own = bare(facts.peer_error.server)
        who = f" in the name of {own}" if own and not same_name(own, facts.server) else ""
        said = f"{whose} says of a ticket for {facts.server}: {kerberos_error(facts.peer_error)}{who}"
    else:
        status = "nothing" if facts.status is None else names.nt_status(facts.status).name
        said = f"{whose} answered a ticket for {facts.server} with {status} and no reason"
    return Evidence(step=step.id, says=said)
