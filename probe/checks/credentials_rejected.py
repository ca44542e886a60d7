"""The KDC does not accept the account that the probe was given (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.facts import KerberosError, Ticket
from probe.trace.views.directory.accounts import read_opinions
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import (
    LOGON,
    Code,
    errors,
    exchanges,
    kdc_evidence,
    ticket_errors,
)
from probe.trace.views.kerberos.realms import same_realm
from probe.trace.views.smtp.session import succeeded, ticket_in_hand
from probe.trace.wording import kerberos_error

CHECK = CAUSE = "credentials-rejected"
TITLE = "The KDC accepts the account given to the probe"
CITATION = "RFC 4120 section 7.5.9: errors 6, 18, 23, 24; MS-KILE section 2.2.1 (KERB-EXT-ERROR)"

finding = partial(Finding, check=CHECK, cause=CAUSE)

PROOF = (Code.C_PRINCIPAL_UNKNOWN, Code.CLIENT_REVOKED, Code.PREAUTH_FAILED)
EACH_DC = (
    "on any domain member, of each domain controller: repadmin /showattr <EACH_DC> <ACCOUNT_DN> "
    "/atts:userAccountControl,pwdLastSet,lockoutTime"
)
SUPPORT = (Code.KEY_EXPIRED, Code.POLICY)

NT_STATUS = {
    # MS-ERREF section 2.3.1; Windows and Samba put it into the e-data of error 18, 12 or 24.
    0xC000006F: "outside its logon hours",
    0xC0000070: "not allowed from this workstation",
    0xC0000071: "password expired",
    0xC0000072: "account disabled",
    0xC0000193: "account expired",
    0xC0000224: "password must be changed",
    0xC0000234: "account locked out",
}


def examine(trace: Trace) -> Finding:
    """The errors of the log-on exchanges only: the clock question may use a name that does not exist."""
    if trace.request.credentials == "none":
        return finding(status=Status.NOT_APPLICABLE, says="no account was given")
    # Another realm's policy turns away referrals, not log-ons: that is a matter of the trust.
    forbidden = [
        s for s in errors(trace, [Code.POLICY], ["tgs"]) if same_realm(s.facts.realm, trace.request.realm)
    ]
    refused = (*errors(trace, (*PROOF, *SUPPORT), LOGON), *forbidden)
    told = [(step.facts.error, kdc_evidence(step)) for step in refused if step.facts.error]
    if not refused:
        told = [
            (step.facts.error, Evidence(step=step.id, says=kerberos_error(step.facts.error)))
            for step in ticket_errors(trace, (*PROOF, Code.KEY_EXPIRED))
            if step.facts.error
        ]
    if told:
        return _refused(trace, told[0][0], tuple(evidence for _, evidence in told))
    problem = [step for step in trace.of(Ticket) if step.facts.problem == "credentials-rejected"]
    if problem:
        return finding(
            status=Status.SUSPECT,
            says="the log-on failed; no KDC's error was seen",
            evidence=tuple(Evidence(step=step.id, says=step.facts.problem) for step in problem),
        )
    if ticket_in_hand(trace):
        return finding(status=Status.PASS, says="the account got a ticket")
    return finding(status=Status.NOT_APPLICABLE, says="the log-on was not tried or not answered")


def _perhaps_behind(trace: Trace, error: KerberosError) -> bool:
    """A computer's key changes by itself, and reaches one controller before another: one refusal is one opinion.

    A person's password is another matter: a controller that finds it wrong asks the PDC emulator before it refuses.
    """
    computer = trace.request.credentials == "keytab" and trace.request.principal.partition("@")[0].endswith(
        "$"
    )
    kdcs = {step.facts.kdc for step in exchanges(trace)}  # also those that are silent: they may know it
    return error.code == Code.PREAUTH_FAILED and computer and len(kdcs) > 1


def _refused(trace: Trace, error: KerberosError, evidence: tuple[Evidence, ...]) -> Finding:
    opinions = read_opinions(trace)
    elsewhere = opinions.split or any(
        step.facts.purpose in LOGON and step.facts.ticket_etype is not None for step in exchanges(trace)
    )
    alone = (error.code == Code.CLIENT_REVOKED and bool(opinions.unheard)) or _perhaps_behind(trace, error)
    status = Status.CONFIRMED if error.code in PROOF and not elsewhere and not alone else Status.SUSPECT
    reason = NT_STATUS.get(error.nt_status or 0, "")
    who = trace.request.principal or "the account"
    # The log-on itself went well: a policy of the service, or of ours towards it (MS-KILE section 3.3.5.7).
    restricted = error.code == Code.POLICY and elsewhere
    what = f"gives {who} no ticket for the service" if restricted else f"rejects {who}"
    return finding(
        status=status,
        says=f"the KDC {what}: {kerberos_error(error)}" + (f", {reason}" if reason else ""),
        evidence=evidence,
        names={"principal": trace.request.principal},
        breaks=not succeeded(trace) and not ticket_in_hand(trace),
        would_decide=(EACH_DC,) if alone else (),
    )
