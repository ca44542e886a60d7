"""Ticket-granting tickets that one KDC gave and another KDC of the same realm cannot open (PURE).

The key of ``krbtgt`` is replicated as any other. Where it is not, a KDC answers a TGS-REQ with KRB_AP_ERR_BAD_INTEGRITY
(31), MODIFIED (41) or BADKEYVER (44), RFC 4120 sections 3.3.3.1 and 7.5.9: which is no word about the service that was
asked for. A ticket of another realm that is refused so is a matter of the trust, and not seen here.
"""

from dataclasses import dataclass

from probe.trace import Step, Trace
from probe.trace.facts import KdcExchange
from probe.trace.views.kerberos.answers import LOGON, Code, errors, exchanges
from probe.trace.views.kerberos.realms import same_realm

UNREADABLE = (Code.BAD_INTEGRITY, Code.MODIFIED, Code.BADKEYVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class KrbtgtSplit:
    """Who gave the ticket-granting ticket, where that was in this run, and who did not open it."""

    refusing: tuple[Step[KdcExchange], ...]
    giving: tuple[Step[KdcExchange], ...]
    """The log-on, or a service's ticket got with the same ticket-granting ticket, at other KDCs."""


def krbtgt_split(trace: Trace) -> KrbtgtSplit | None:
    """None where no KDC of our realm refused a ticket-granting ticket as unreadable."""
    ours = [
        step
        for step in errors(trace, UNREADABLE, ("tgs", "spn"))
        if same_realm(step.facts.realm, trace.request.realm)
    ]
    if not ours:
        return None
    names = {step.facts.kdc for step in ours}
    giving = [
        step
        for step in exchanges(trace)
        if step.facts.ticket_etype is not None
        and step.facts.purpose in (*LOGON, "tgs", "spn")
        and same_realm(step.facts.realm, trace.request.realm)
        and step.facts.kdc not in names
    ]
    return KrbtgtSplit(refusing=tuple(ours), giving=tuple(giving))
