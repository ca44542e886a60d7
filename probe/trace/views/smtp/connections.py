"""Whether the connections of a run met one server: if they did not, nothing of one explains another (PURE)."""

from probe.trace import Trace
from probe.trace.facts import Look, Tls
from probe.trace.views.evidence import Evidence


def different_keys(trace: Trace) -> tuple[Evidence, ...]:
    """Certificates with different keys behind the same command: one server has one; or nothing.

    STARTTLS and X-ANONYMOUSTLS may show different ones by right, so each is compared with its own kind.
    """
    by_mode: dict[str, dict[str, str]] = {}
    for tls in trace.of(Tls):
        if tls.facts.certificate is not None:
            keys = by_mode.setdefault(tls.facts.verb.casefold(), {})
            keys.setdefault(tls.facts.certificate.public_key_sha256, tls.id)
    for look in trace.of(Look):
        if look.facts.public_key_sha256:
            by_mode.setdefault(look.facts.tls, {}).setdefault(look.facts.public_key_sha256, look.id)
    for mode, keys in by_mode.items():
        if len(keys) > 1:
            return tuple(
                Evidence(step=step, says=f"{mode.upper()} shows the public key {key[:16]}")
                for key, step in keys.items()
            )
    return ()
