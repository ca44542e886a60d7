"""The TLS channel does not reach from us to the receiver (PURE)."""

from functools import partial

from probe.checks import Evidence, Finding, Status
from probe.checks._clocks import read_clocks
from probe.checks._exchangeauth import MECHANISM, others_verified, refused, return_spn
from probe.checks._kerberos import views_of
from probe.checks._session import answer, honest, receiver_name
from probe.facts import Tls
from probe.trace import Trace

CHECK = CAUSE = "tls-terminated-in-path"
TITLE = "Both ends are on the same TLS channel"
CITATION = "EXCHANGEAUTH hashes the certificate's key and RFC 5705 keying material"

finding = partial(Finding, check=CHECK, cause=CAUSE)
WOULD_DECIDE = (
    "read event 1035 on the receiver: LogonDenied for ExchangeAuth means that the hash did not match",
    "compare the certificate's key with: Get-ExchangeCertificate on the receiver",
)


def examine(trace: Trace) -> Finding:
    """EXCHANGEAUTH refused while X-EXPS GSSAPI passes inside the same kind of TLS, and nothing else explains it."""
    broken = [step for step in honest(trace) if step.facts.return_leg == "mismatch"]
    turned_down, passing = refused(trace), others_verified(trace)
    if broken:
        return finding(
            status=Status.SUSPECT,
            says="the receiver's hash is of another TLS channel or another certificate than ours",
            evidence=(*(answer(step) for step in broken), *_certificates(trace)),
            would_decide=WOULD_DECIDE,
        )
    if any(step.facts.return_leg == "verified" for step in honest(trace)):
        return finding(status=Status.PASS, says="the receiver's hash is of the same TLS channel as ours")
    if not turned_down or not passing:
        return finding(
            status=Status.NOT_APPLICABLE, says=f"no {MECHANISM} was refused beside one that passed"
        )
    explained = _explained(trace)
    return finding(
        status=Status.NOTICE if explained else Status.SUSPECT,
        says="EXCHANGEAUTH, which is bound to the TLS channel, is refused; X-EXPS GSSAPI, which is not, passes"
        + (f"; but {explained}" if explained else ""),
        evidence=(
            *(answer(step) for step in turned_down),
            *(answer(step) for step in passing),
            *_certificates(trace),
        ),
        would_decide=WOULD_DECIDE,
    )


def _explained(trace: Trace) -> str:
    """What makes the receiver refuse EXCHANGEAUTH on an honest channel, too."""
    views = views_of(trace, (return_spn(trace),))
    if not any(view.known for view in views):
        return (
            f"whether {return_spn(trace)} exists is not known"
            if not views
            else f"no KDC knows {return_spn(trace)}"
        )
    return "a clock is off" if read_clocks(trace).someone_off() else ""


def _certificates(trace: Trace) -> tuple[Evidence, ...]:
    """Whose certificate it was: a name that is not the receiver's points at a box in between."""
    seen = [step for step in trace.of(Tls) if step.facts.certificate is not None]
    evidence = []
    for step in seen[:1]:
        certificate = step.facts.certificate
        if certificate is not None:
            names = ", ".join(certificate.names) or certificate.subject
            evidence.append(
                Evidence(
                    step=step.id,
                    says=f"the certificate is for {names}; the receiver is {receiver_name(trace)}",
                )
            )
    return tuple(evidence)
