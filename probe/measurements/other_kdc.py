"""The same log-on with a ticket of another KDC: controllers may hold different keys under the same version number."""

from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.measurements._again import rerun, same_place
from probe.smtp.gssapi import OPTION_OF
from probe.trace import Trace
from probe.trace.views.kerberos.answers import View, views_of
from probe.trace.views.kerberos.issuer import issuing_kdc
from probe.trace.views.smb_session_check import key_is_good
from probe.trace.views.smtp.contrasts import OTHER_KDC
from probe.trace.views.smtp.session import refusals

NAME = OTHER_KDC
TITLE = "The same log-on with a ticket of another KDC"
DECIDES = ("replication-diverged", "machine-key-stale", "clock-skew-kdc", "ticket-time")
COST = 17
REFUSALS = 2
"""So many other KDCs are tried."""


def wanted(trace: Trace) -> bool:
    """A ticket was refused over GSSAPI, another KDC knows the service, and nothing says that its key is good."""
    return bool(_others(trace))


def _others(trace: Trace) -> tuple[View, ...]:
    """The other KDCs of the service's realm that know it, in the order in which they were asked."""
    if key_is_good(trace):
        return ()
    issuer = issuing_kdc(trace)
    shown = [step.facts.server for step in refusals(trace) if step.facts.mechanism == "GSSAPI"]
    if issuer is None or not shown:
        return ()
    return tuple(
        view
        for view in views_of(trace, shown[-1:])
        if view.known and view.kdc != issuer.kdc and view.realm.casefold() == issuer.realm.casefold()
    )


async def perform(context: MeasurementContext) -> None:
    """The first one that is taken ends it: that is all there is to learn."""
    if context.connected is None or context.attempt is None:
        return
    options = replace(same_place(context), mechanism=OPTION_OF[context.attempt.verb])
    for other in _others(context.trace)[:REFUSALS]:
        ticket = await context.ticket_service.ticket_of(other.kdc, other.spn, other.realm)
        if ticket is not None:
            await rerun(context, contrast=NAME, ticket=ticket, options=options, kdc=other.kdc)
