"""The receiver has had enough failures of this peer and hangs up (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.session import greetings, replies, succeeded
from probe.trace.wording import reply_line, reply_text

CHECK = CAUSE = "too-many-failures"
TITLE = "The receiver has not given up on us"
CITATION = "Set-ReceiveConnector -MaxLogonFailures; 421 4.7.0 Too many errors on this connection"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """Only the receiver's own word counts; slow or refused connections have other reasons as well."""
    told = [
        Evidence(step=step, says=reply_line(reply))
        for step, reply in replies(trace)
        if reply.code == 421 and "too many errors" in reply_text(reply)
    ]
    if told:
        return finding(
            status=Status.SUSPECT,
            says="the receiver closes the connection because of too many failures",
            evidence=tuple(told),
            breaks=not succeeded(trace),
            would_decide=(
                "on this host: wait ten minutes and probe once more: the first reply shows the fault behind this one",
            ),
        )
    if greetings(trace):
        return finding(status=Status.PASS, says="the receiver does not complain of too many errors")
    return finding(status=Status.NOT_APPLICABLE, says="there was no SMTP session")
