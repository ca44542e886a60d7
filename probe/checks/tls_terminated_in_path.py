"""The TLS channel does not reach from us to the receiver (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Handshake, Tls
from probe.trace.views.clocks import read_clocks
from probe.trace.views.directory.ownership import host_account
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import views_of
from probe.trace.views.smtp.connections import different_keys
from probe.trace.views.smtp.contrasts import BINDINGS, OTHER_TLS, failing, passing, told, unexplained_refusals
from probe.trace.views.smtp.exchangeauth import (
    anothers_certificate,
    others_verified,
    refused,
    return_spn,
)
from probe.trace.views.smtp.session import EXCHANGEAUTH, answer, honest, receiver_name

CHECK = CAUSE = "tls-terminated-in-path"
TITLE = "Both ends are on the same TLS channel"
CITATION = "EXCHANGEAUTH hashes the certificate's key and RFC 5705 keying material"

finding = partial(Finding, check=CHECK, cause=CAUSE)
WOULD_DECIDE = (
    "on the receiver: read event 1035; LogonDenied for ExchangeAuth means that the hash did not match",
    "on the receiver: compare the certificate's key with that of Get-ExchangeCertificate",
)


def examine(trace: Trace) -> Finding:
    """EXCHANGEAUTH refused while X-EXPS GSSAPI passes inside the same kind of TLS, and nothing else explains it."""
    broken = [step for step in honest(trace) if step.facts.return_leg == "mismatch"]
    turned_down, others = refused(trace), others_verified(trace)
    if broken:
        return finding(
            status=Status.SUSPECT,
            says="the receiver said 235, but its hash is not of the TLS channel and the certificate that we see",
            evidence=(*(answer(step) for step in broken), *_certificates(trace)),
            would_decide=WOULD_DECIDE,
        )
    if any(step.facts.return_leg == "verified" for step in honest(trace)):
        return finding(status=Status.PASS, says="the receiver's hash is of the same TLS channel as ours")
    if not turned_down or not others:
        return _by_bindings(trace) or finding(
            status=Status.NOT_APPLICABLE, says=f"no {EXCHANGEAUTH} was refused beside one that passed"
        )
    explained = _explained(trace)
    supported = anothers_certificate(trace) or bool(_disliked(trace))
    return finding(
        # What the receiver's own way to its domain controllers can explain as well is never more than possible alone.
        status=Status.SUSPECT if supported and not explained else Status.NOTICE,
        says="EXCHANGEAUTH, which is bound to the TLS channel, is refused; X-EXPS GSSAPI, which is not, passes"
        + (f"; but {explained}" if explained else ""),
        evidence=(
            *(answer(step) for step in turned_down),
            *(answer(step) for step in others),
            *(told(step) for step in _disliked(trace)),
            *_certificates(trace),
        ),
        would_decide=WOULD_DECIDE,
    )


def _by_bindings(trace: Trace) -> Finding | None:
    """Without TLS the ticket is taken; inside it is refused, and naming the channel as we see it does not help."""
    inside = [step for step in unexplained_refusals(trace) if step.facts.tls != "none"]
    clear, disliked = passing(trace, OTHER_TLS), _disliked(trace)
    if not inside or not clear or not disliked or different_keys(trace):
        return None
    return finding(
        status=Status.SUSPECT,
        says="the receiver takes the ticket without TLS, and refuses it inside, with the channel bindings of the TLS "
        "that we see as well",
        evidence=(
            *(answer(step) for step in inside),
            *(told(step) for step in (*clear, *disliked)),
            *_certificates(trace),
        ),
        would_decide=WOULD_DECIDE,
    )


def _disliked(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Log-ons that named our TLS channel and were refused, where none that did was taken."""
    return () if passing(trace, *BINDINGS) else failing(trace, *BINDINGS)


def _explained(trace: Trace) -> str:
    """What makes the receiver refuse EXCHANGEAUTH on an honest channel, too."""
    if different_keys(trace):
        return "the connections did not meet the same server"
    account = host_account(trace)
    if account is not None and account.disabled:
        return f"{account.name} is disabled, so that no KDC gives the receiver a ticket for its own half"
    views = views_of(trace, (return_spn(trace),))
    unknown = [view for view in views if not view.known]
    if not views:
        return f"whether {return_spn(trace)} exists is not known"
    if unknown:
        who = "no KDC knows" if len(unknown) == len(views) else f"{unknown[0].kdc} does not know"
        return f"{who} {return_spn(trace)}"
    return "a clock is off" if read_clocks(trace).someone_off() else ""


def _certificates(trace: Trace) -> tuple[Evidence, ...]:
    """Whose certificate it was: a name that is not the receiver's points at a box in between.

    With TLS 1.3 another reason is open: what the "EAP key block" is then, nobody has seen Exchange do.
    """
    evidence = []
    for step in trace.of(Tls)[:1]:
        certificate = step.facts.certificate
        if certificate is not None:
            names = ", ".join(certificate.names) or certificate.subject
            says = f"the certificate is for {names}; the receiver is {receiver_name(trace)}"
            evidence.append(Evidence(step=step.id, says=says))
        if step.facts.version == "TLSv1.3":
            says = (
                "TLS 1.3 was agreed, with which EXCHANGEAUTH is unproven: its hash is known for TLS 1.2 only"
            )
            evidence.append(Evidence(step=step.id, says=says))
    return tuple(evidence)
