"""The same log-on once more, bound to the TLS channel by its first Finished message.

Which of the two names of a channel a build of Exchange compares is not verified; .NET's SMTP client gives this one.
"""

from probe.measurements import MeasurementContext
from probe.measurements.bindings import NAME as BY_CERTIFICATE
from probe.measurements.bindings import bound
from probe.trace import Trace
from probe.trace.views.smtp.session import accepted, contrasts

NAME = "bindings-unique"
TITLE = "The same log-on with channel bindings of another kind"
DECIDES = ("bindings-rejected", "tls-terminated-in-path")
COST = 13
REFUSALS = 1
KIND = "tls-unique"


def wanted(trace: Trace) -> bool:
    """The certificate's hash was refused."""
    return any(not accepted(step) for step in contrasts(trace, BY_CERTIFICATE))


async def perform(context: MeasurementContext) -> None:
    """By the verb of the main log-on (RFC 5929 section 3)."""
    await bound(context, contrast=NAME, kind=KIND)
