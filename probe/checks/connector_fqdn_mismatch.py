"""The connector advertises a name for which there is no SPN, while the host's own name has one (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.facts import Ehlo, Resolve
from probe.trace.views.directory.ownership import ownership
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import same_name, views_of
from probe.trace.views.names import aliases, same_host
from probe.trace.views.smtp.session import advertised_name, is_address, is_exchange, succeeded

CHECK = CAUSE = "connector-fqdn-mismatch"
TITLE = "The connector advertises the host's own name"
CITATION = "Set-ReceiveConnector -Fqdn; the sender's SPN is SMTPSVC/<first word of the EHLO reply>"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """SMTPSVC/<advertised> unknown and SMTPSVC/<host name> known is proof; another name alone is none."""
    name, target = advertised_name(trace), trace.target.name
    if not name or not target or is_address(target) or not is_exchange(trace):
        return finding(
            status=Status.NOT_APPLICABLE, says="there are no two names of an Exchange server to compare"
        )
    if same_name(name, target):
        return finding(status=Status.PASS, says=f"the connector advertises {name}")
    advertised, own = (views_of(trace, (f"SMTPSVC/{host}",)) for host in (name, target))
    known = [view for view in advertised if view.known]
    if known:
        return finding(
            status=Status.PASS,
            says=f"the connector advertises {name}, which has an SPN{_alias(trace, name)}",
            evidence=(known[0].evidence(), *_alias_evidence(trace)),
        )
    owned = ownership(trace, f"SMTPSVC/{name}")
    if owned is not None and owned.accounts:
        # KDCs say 7 of a name that two accounts have, too: then it is there, and the connector's name is right.
        says = f"the connector advertises {name}, which has an SPN in the directory"
        return finding(status=Status.PASS, says=says, evidence=owned.evidence())
    # The name that an alias leads to is the host's own: then it is the SPN that is missing, and no Fqdn is wrong.
    if not advertised or not any(view.known for view in own) or _alias(trace, name):
        return finding(
            status=Status.NOT_APPLICABLE,
            says=f"{name} is advertised for {target}; the KDCs do not tell them apart{_alias(trace, name)}",
            evidence=_alias_evidence(trace),
        )
    said = [step.id for step in trace.of(Ehlo) if step.facts.advertised_name]
    return finding(
        status=Status.CONFIRMED,
        says=f"the connector advertises {name}, which has no SPN; {target} has one",
        evidence=(
            Evidence(step=said[-1], says=f"EHLO was answered by {name}"),
            *(view.evidence() for view in (*advertised, *own)),
        ),
        names={"advertised": name, "fqdn": target, "spn": f"SMTPSVC/{name}"},
        breaks=not succeeded(trace),
    )


def _alias(trace: Trace, name: str) -> str:
    """That the target is an alias explains why another name answers, and does no harm to Exchange."""
    if not any(same_host(alias, name) for alias in aliases(trace)):
        return ""
    return (
        f"; {trace.target.name} is an alias (CNAME) of it, which is harmless: "
        "a sending Exchange makes the SPN of the name in the EHLO reply"
    )


def _alias_evidence(trace: Trace) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(step=step.id, says=f"{step.facts.name} is an alias of {', '.join(step.facts.names)}")
        for step in trace.of(Resolve)
        if step.facts.record == "CNAME" and step.facts.names
    )
