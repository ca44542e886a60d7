"""What was found, with the KDCs called by their names where these are known (PURE)."""

from collections.abc import Mapping
from dataclasses import replace

from probe.checks import Finding
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.kdc_names import by_name


def named(finding: Finding, kdcs: Mapping[str, str]) -> Finding:
    """``finding`` with the names of `probe.trace.views.kerberos.kdc_names` in place of addresses."""
    return replace(
        finding,
        says=by_name(finding.says, kdcs),
        evidence=named_evidence(finding.evidence, kdcs),
        names={key: by_name(value, kdcs) for key, value in finding.names.items()},
        would_decide=tuple(by_name(text, kdcs) for text in finding.would_decide),
    )


def named_evidence(evidence: tuple[Evidence, ...], kdcs: Mapping[str, str]) -> tuple[Evidence, ...]:
    """The same for evidence alone."""
    return tuple(replace(item, says=by_name(item.says, kdcs)) for item in evidence)
