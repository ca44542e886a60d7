"""What was measured around the handshake, each in a line of the ladder (PURE)."""

from probe.codes import lookup as names
from probe.durations import duration, signed
from probe.trace.facts import Look, Resolve, SmbSessionCheck, TimeServer
from probe.trace.wording import etype, kerberos_error


def resolve_text(facts: Resolve) -> str:
    """A look-up and what came of it."""
    found = ", ".join((*facts.addresses, *facts.names)) or facts.error or "no address"
    return f"{facts.name} ({' '.join(filter(None, (facts.source, facts.record)))}): {found}"


def time_server_text(facts: TimeServer) -> str:
    """A time server's answer; ``!`` where it does not trust its own clock."""
    asked = f"SNTP {facts.server}"
    if facts.clock is None:
        return f"{asked}: {facts.error or 'no time'}"
    origin = f", stratum {facts.stratum} of {facts.reference}" if facts.reference else ""
    doubt = "; it does not trust its own clock" if facts.synchronized is False else ""
    return (
        f"{asked}: {signed(facts.clock.offset_s)} ± {duration(facts.clock.uncertainty_s)} "
        f"against this host{origin}{doubt}"
    )


def look_text(facts: Look) -> str:
    """One more connection, and who answered."""
    names = ", ".join(dict.fromkeys(name for name in (facts.banner_name, facts.advertised_name) if name))
    key = f", key {facts.public_key_sha256[:16]}" if facts.public_key_sha256 else ""
    said = (names or "nobody") + key + (f" ({facts.error})" if facts.error else "")
    return f"another connection to {facts.address} port {facts.port}: {said}"


def opinion_asked(facts: SmbSessionCheck) -> str:
    """What was sent to the SMB service."""
    if facts.stage == "negotiate":
        return f"SMB on {facts.address} port {facts.port}: NEGOTIATE"
    version = "" if facts.ticket_kvno is None else f" kvno {facts.ticket_kvno}"
    return f"SMB: ticket for {facts.server}, {etype(facts.ticket_etype)}{version}"


def opinion_answered(facts: SmbSessionCheck) -> str:
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
