"""What a log-on has left behind: a cause that would have stopped it earlier did not stop it (PURE).

A log-on goes through stages: name, connection, greeting, EHLO, TLS, ticket, token, and in EXCHANGEAUTH the way back.
What was refused after the receiver had our token got past all stages before that, so whatever is wrong there is wrong
beside it: a closed port 88 of a domain controller that was not needed, an account that one of them does not know.
"""

from probe.trace import Trace
from probe.trace.views.smtp.exchangeauth import others_verified, refused
from probe.trace.views.smtp.session import refusals

BEFORE_THE_TOKEN = frozenset(
    {
        "credentials-rejected",
        "exchange-auth-not-offered",
        "kdc-tcp-blocked",
        "kdc-unreachable",
        "name-not-resolved",
        "target-unreachable",
    }
)
ALTERED = "smtp-inspection"
"""Who alters lines may have altered the token's as well, where it went in clear."""


def left_behind(trace: Trace) -> frozenset[str]:
    """The causes that cannot be why the log-on failed, by how far it got."""
    stopped = refusals(trace) or (others_verified(trace) and refused(trace))
    if not stopped:
        return frozenset()
    hidden = all(step.facts.tls != "none" for step in stopped)
    return BEFORE_THE_TOKEN | ({ALTERED} if hidden else frozenset())
