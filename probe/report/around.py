"""What was measured around the handshake, each in a line of the ladder (PURE)."""

from probe.trace.facts import Look, Resolve, TimeServer
from probe.trace.wording import duration, signed


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
