"""Whether the connections of a run met one server: if they did not, nothing of one explains another (PURE)."""

from probe.trace import Trace
from probe.trace.facts import Ehlo, Look, Ntlm, Tls
from probe.trace.views.evidence import Evidence
from probe.trace.views.names import same_host


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


def different_names(trace: Trace) -> tuple[Evidence, ...]:
    """Names in EHLO replies that are not the same host's, by the connections that gave them; or nothing."""
    said = [
        *((step.id, step.facts.advertised_name) for step in trace.of(Ehlo)),
        *((step.id, step.facts.advertised_name) for step in trace.of(Ntlm)),
        *((step.id, step.facts.advertised_name) for step in trace.of(Look)),
    ]
    given = [(step, name) for step, name in said if name]
    if all(same_host(given[0][1], name) for _, name in given):
        return ()
    first_by_name = {name.casefold(): (step, name) for step, name in reversed(given)}
    return tuple(
        Evidence(step=step, says=f"EHLO is answered by {name}")
        for step, name in reversed(first_by_name.values())
    )


def one_computer(trace: Trace) -> bool:
    """Nothing shows that the connections met several."""
    return not different_keys(trace) and not different_names(trace)
