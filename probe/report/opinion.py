"""The second opinion as two rungs of the ladder (PURE)."""

from probe.codes import lookup as names
from probe.trace.facts import SecondOpinion
from probe.trace.wording import duration, etype, kerberos_error, signed


def opinion_asked(facts: SecondOpinion) -> str:
    """What was sent to the SMB service."""
    if facts.stage == "negotiate":
        return f"SMB on {facts.address} port {facts.port}: NEGOTIATE"
    version = "" if facts.ticket_kvno is None else f" kvno {facts.ticket_kvno}"
    return f"SMB: ticket for {facts.server}, {etype(facts.ticket_etype)}{version}"


def opinion_answered(facts: SecondOpinion) -> str:
    """What came of it."""
    if facts.error or facts.status is None:
        return facts.error or facts.problem or "no answer"
    if facts.ap_rep_verified:
        return "✓ AP-REP verified: the computer has the key"
    clock = "" if facts.clock is None else f", its clock {signed(facts.clock.offset_s)}"
    if facts.peer_error is not None:
        own = f" in the name of {facts.peer_error.server}" if facts.peer_error.server else ""
        return f"{kerberos_error(facts.peer_error)}{own}{clock}"
    problem = f" ({facts.problem})" if facts.problem else ""
    if facts.stage == "negotiate" and facts.status == 0:
        precision = (
            "" if facts.clock is None else f" ± {duration(facts.clock.uncertainty_s)} against this host"
        )
        return f"SMB {facts.dialect}{clock}{precision}{problem}"
    status = "accepted" if facts.accepted else names.nt_status(facts.status).name
    return f"{status}, and no token of Kerberos{problem}"
