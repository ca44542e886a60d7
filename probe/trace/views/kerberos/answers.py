"""What several checks ask of the Kerberos side of a trace (PURE)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from probe.trace import Step, Trace
from probe.trace.facts import Handshake, KdcExchange, KerberosError, Outcome, Ticket
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.session import honest
from probe.trace.wording import etype, kerberos_error


class Code(IntEnum):
    """The KRB-ERROR codes that checks know by name (RFC 4120 section 7.5.9)."""

    C_PRINCIPAL_UNKNOWN = 6
    S_PRINCIPAL_UNKNOWN = 7
    PRINCIPAL_NOT_UNIQUE = 8
    POLICY = 12
    ETYPE_NOSUPP = 14
    CLIENT_REVOKED = 18
    KEY_EXPIRED = 23
    PREAUTH_FAILED = 24
    PREAUTH_REQUIRED = 25
    BAD_INTEGRITY = 31
    TKT_EXPIRED = 32
    TKT_NYV = 33
    NOT_US = 35
    SKEW = 37
    BADVERSION = 39
    MSG_TYPE = 40
    MODIFIED = 41
    BADKEYVER = 44
    NOKEY = 45
    GENERIC = 60


LOGON = ("as", "as-preauth")
"""The purposes that log our principal on; ``clock`` may use a name that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one KDC knows about one SPN."""

    step: str
    realm: str
    kdc: str
    spn: str
    known: bool
    kvno: int | None = None
    etype: int | None = None

    def evidence(self) -> Evidence:
        """The view as a sentence."""
        version = "" if self.kvno is None else f"kvno {self.kvno}, "
        knows = f"knows {self.spn} ({version}{etype(self.etype)})"
        return Evidence(
            step=self.step,
            says=f"{self.kdc} "
            + (knows if self.known else f"does not know {self.spn}: S_PRINCIPAL_UNKNOWN (7)"),
        )


def exchanges(trace: Trace) -> tuple[Step[KdcExchange], ...]:
    """Every question that was really put to a KDC."""
    untried = (Outcome.SKIPPED, Outcome.PROBE_BUG)
    return tuple(step for step in trace.of(KdcExchange) if step.outcome not in untried)


def answered(facts: KdcExchange) -> bool:
    """The KDC answered, be it with an error."""
    return (
        facts.error is not None
        or facts.ticket_etype is not None
        or (facts.received_octets > 0 and not facts.transport_error)
    )


def bare(spn: str) -> str:
    """An SPN without its realm."""
    return spn.partition("@")[0]


def same_name(one: str, other: str) -> bool:
    """SPNs and host names are compared without regard to case, as Active Directory does."""
    return bare(one).casefold() == bare(other).casefold()


def views(trace: Trace) -> tuple[View, ...]:
    """What each KDC knows about each SPN: one view each; errors other than "unknown" give none.

    A KDC that once issued a ticket knows the name, whatever it said to another form of the question.
    """
    found: dict[tuple[str, str, str], View] = {}
    for step in exchanges(trace):
        view = _view(step)
        if view is None:
            continue
        key = (view.realm, view.kdc, view.spn)
        if key not in found or view.known or not found[key].known:
            found[key] = view
    return tuple(found.values())


def _view(step: Step[KdcExchange]) -> View | None:
    facts = step.facts
    spn = bare(facts.server)
    if facts.purpose not in ("tgs", "spn") or not spn or spn.casefold().startswith("krbtgt/"):
        return None
    known = facts.ticket_etype is not None and not facts.referral_realm
    unknown = facts.error is not None and facts.error.code == Code.S_PRINCIPAL_UNKNOWN
    if not known and not unknown:
        return None
    return View(
        step=step.id,
        realm=facts.realm,
        kdc=facts.kdc,
        spn=spn,
        known=known,
        kvno=facts.ticket_kvno,
        etype=facts.ticket_etype,
    )


def views_of(trace: Trace, spns: Iterable[str]) -> tuple[View, ...]:
    """The views on any of ``spns``."""
    wanted = {bare(spn).casefold() for spn in spns}
    return tuple(view for view in views(trace) if view.spn.casefold() in wanted)


def errors(trace: Trace, codes: Iterable[int], purposes: Iterable[str]) -> tuple[Step[KdcExchange], ...]:
    """The exchanges of these purposes that ended in one of these errors."""
    wanted, kinds = set(codes), set(purposes)
    return tuple(
        step
        for step in exchanges(trace)
        if step.facts.purpose in kinds and step.facts.error is not None and step.facts.error.code in wanted
    )


def etype_split(trace: Trace, spn: str) -> tuple[View, ...]:
    """What other KDCs give for ``spn``, where one has refused it for its encryption types (error 14); else nothing."""
    refusing = {
        step.facts.kdc
        for step in errors(trace, [Code.ETYPE_NOSUPP], ("tgs", "spn"))
        if same_name(step.facts.server, spn)
    }
    known = tuple(view for view in views_of(trace, (spn,)) if view.known and view.kdc not in refusing)
    return known if refusing else ()


def ticket_errors(trace: Trace, codes: Iterable[int]) -> tuple[Step[Ticket], ...]:
    """The tickets refused for one of these reasons: the only witness where the system fetches them."""
    wanted = set(codes)
    return tuple(
        step for step in trace.of(Ticket) if step.facts.error is not None and step.facts.error.code in wanted
    )


def receiver_errors(trace: Trace, codes: Iterable[int]) -> tuple[Step[Handshake], ...]:
    """The honest authentications in which the receiver put one of these errors into a token."""
    wanted = set(codes)
    return tuple(
        step
        for step in honest(trace)
        if step.facts.peer_error is not None and step.facts.peer_error.code in wanted
    )


def kdc_evidence(step: Step[KdcExchange]) -> Evidence:
    """An error of a KDC as a sentence."""
    facts = step.facts
    said = kerberos_error(facts.error) if facts.error else facts.transport_error or facts.problem
    return Evidence(step=step.id, says=f"{facts.kdc} ({facts.transport}, {facts.purpose}): {said}")


def receiver_evidence(step: Step[Handshake]) -> Evidence:
    """An error in a token of the receiver as a sentence."""
    error: KerberosError | None = step.facts.peer_error
    said = kerberos_error(error) if error else "no error"
    return Evidence(step=step.id, says=f"the receiver's token says {said}")
