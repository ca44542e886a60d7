"""What each KDC thinks of the account that we log on as (PURE).

An AS-REQ without preauthentication, as the clock questions are, may already be answered by what the KDC knows of the
account: 25 (preauthentication required) or a ticket for a good one, 18 for a disabled, locked or expired one, 6 for
none (RFC 4120 section 7.5.9; seen of MIT's KDC). Samba 4.17 was seen to say 25 to a disabled account too, and 18 only
after the preauthentication: then the 25 of another KDC, which saw none, is no better opinion of the account.
"""

from dataclasses import dataclass

from probe.trace import Step, Trace
from probe.trace.facts import KdcExchange
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import LOGON, Code, exchanges, kdc_evidence, same_name

REFUSED = (Code.C_PRINCIPAL_UNKNOWN, Code.CLIENT_REVOKED, Code.ETYPE_NOSUPP)
ASKING = ("clock", *LOGON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """The last opinion of each KDC that has one, in the order in which they were given."""

    good: tuple[Step[KdcExchange], ...]
    bad: tuple[Step[KdcExchange], ...]
    unheard: tuple[str, ...] = ()
    """KDCs that might know better than those that refuse: they were not shown the preauthentication that decided."""

    @property
    def split(self) -> bool:
        """One refuses whom another one knows."""
        return bool(self.good and self.bad)

    def evidence(self) -> tuple[Evidence, ...]:
        """Every KDC's word, those that refuse first."""
        return (
            *(kdc_evidence(step) for step in self.bad),
            *(Evidence(step=step.id, says=f"{step.facts.kdc}: knows the account") for step in self.good),
        )


def read_opinions(trace: Trace) -> Opinions:
    """Of the KDCs of the account's own realm."""
    found: dict[str, Step[KdcExchange]] = {}
    hesitant: set[str] = set()
    for step in exchanges(trace):
        facts = step.facts
        ours = trace.request.principal and same_name(facts.client, trace.request.principal)
        if ours and facts.purpose in ASKING and (_good(facts) or _bad(facts)):
            found[facts.kdc] = step
            if _wants_more(facts):
                hesitant.add(facts.kdc)
    bad = tuple(step for step in found.values() if _bad(step.facts))
    # Who refuses only after the preauthentication can be compared only with who has seen it as well.
    late = bool(bad) and all(step.facts.kdc in hesitant for step in bad)
    unheard = [step for step in found.values() if late and _wants_more(step.facts)]
    return Opinions(
        good=tuple(step for step in found.values() if _good(step.facts) and step not in unheard),
        bad=bad,
        unheard=tuple(step.facts.kdc for step in unheard),
    )


def _wants_more(facts: KdcExchange) -> bool:
    return facts.error is not None and facts.error.code == Code.PREAUTH_REQUIRED


def _good(facts: KdcExchange) -> bool:
    return _wants_more(facts) or facts.ticket_etype is not None


def _bad(facts: KdcExchange) -> bool:
    return facts.error is not None and facts.error.code in REFUSED
