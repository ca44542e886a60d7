"""Exchanges with KDCs as facts of a trace (PURE)."""

from probe import facts
from probe.facts import ClockReading, KdcExchange, KerberosError, Outcome
from probe.tickets.answers import KdcError, granted_realm
from probe.tickets.results import Failed, Purpose, Result
from probe.tickets.transport import Answer, Endpoint, FailureReason, TransportFailure
from probe.wire.kerberos import Credential, KrbError

_WHOLE_SECOND = 1.0

_OUTCOMES = {
    FailureReason.REFUSED: Outcome.REFUSED,
    FailureReason.TIMED_OUT: Outcome.TIMEOUT,
    FailureReason.CLOSED: Outcome.CLOSED,
    FailureReason.UNREACHABLE: Outcome.CLOSED,
    FailureReason.TOO_LONG: Outcome.MALFORMED,
}


def kerberos_error(error: KrbError) -> KerberosError:
    """A KRB-ERROR as a fact."""
    return KerberosError(
        code=error.error_code,
        name=error_name(error.error_code),
        text=error.e_text or "",
        stime=error.stime,
        nt_status=error.nt_status(),
        realm=error.realm or "",
        server="" if error.sname is None else str(error.sname),
    )


def error_name(code: int) -> str:
    raise NotImplementedError
