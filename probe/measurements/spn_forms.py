"""Every form of the receiver's names, asked of every KDC: what `setspn -L` shows, as far as KDCs tell it.

The main way asks for the few names that a sender needs; which of the others are there tells a missing registration
from a missing account, and what exactly has to be registered.
"""

from probe.kdcs.ticket_service import MAXIMUM_NAMES
from probe.measurements import MeasurementContext
from probe.trace import Trace
from probe.trace.facts import KdcExchange
from probe.trace.views.kerberos.spn_forms import all_forms, forms_left
from probe.trace.views.smtp.session import advertised_name

NAME = "spn-forms"
TITLE = "Every form of the receiver's names, asked of every KDC"
DECIDES = (
    "spn-missing",
    "spn-duplicate",
    "spn-on-wrong-account",
    "replication-diverged",
    "connector-fqdn-mismatch",
    "machine-key-stale",
)
COST = 4
REFUSALS = 0


def wanted(trace: Trace) -> bool:
    """KDCs were asked about names, so there is a ticket to ask with; and forms are left."""
    forms = all_forms((advertised_name(trace), trace.target.name), trace.request.ehlo_name)
    asked = any(step.facts.purpose == "spn" for step in trace.of(KdcExchange))
    return asked and bool(forms_left(forms, trace.steps))


async def perform(context: MeasurementContext) -> None:
    """Side by side, each name at each KDC."""
    advertised = "" if context.connected is None else context.connected.advertised_name
    forms = all_forms((advertised, context.options.name), context.options.ehlo_name)
    left = forms_left(forms, context.recorder.steps())
    for start in range(0, len(left), MAXIMUM_NAMES):
        await context.ticket_service.survey_names(left[start : start + MAXIMUM_NAMES])
