"""Exchanges with KDCs as facts of a trace (PURE)."""

import math
from dataclasses import dataclass

from probe.codes import lookup as names
from probe.tickets.client.kdc_reply import KdcError, granted_realm
from probe.tickets.client.results import Failed, NeedRequest, Purpose, Result
from probe.tickets.client.routes import Way
from probe.tickets.client.transport import Answer, FailureReason, KdcEndpoint, Transport, TransportFailure
from probe.trace.clock_reading import clock_reading
from probe.trace.facts import ClockReading, KdcExchange, KerberosError, Outcome
from probe.wire.kerberos import Credential, KrbError, PrincipalName

_OUTCOMES = {
    FailureReason.REFUSED: Outcome.REFUSED,
    FailureReason.TIMED_OUT: Outcome.TIMEOUT,
    FailureReason.CLOSED: Outcome.CLOSED,
    FailureReason.UNREACHABLE: Outcome.CLOSED,
    FailureReason.TOO_LONG: Outcome.MALFORMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request as it was sent to one KDC."""

    endpoint: KdcEndpoint
    transport: Transport
    realm: str
    purpose: Purpose
    octets: int
    client: str
    server: str


def kerberos_error(error: KrbError) -> KerberosError:
    """A KRB-ERROR as a fact."""
    return KerberosError(
        code=error.error_code,
        name=names.krb_error(error.error_code).name,
        text=error.e_text or "",
        stime=error.stime,
        nt_status=error.nt_status(),
        realm=error.realm or "",
        server="" if error.sname is None else str(error.sname),
    )


def kdc_clock(error: KrbError, answer: Answer, who: str) -> ClockReading:
    """The KDC's clock against ours, from ``stime`` and ``susec`` (RFC 4120 section 5.9.1).

    The KDC stamped its answer at some time between our sending and our receiving. Its clock then stood between
    ``stime`` and the end of that second: not every KDC fills in ``susec``, and MIT's (1.20, observed) keeps the
    microseconds of the first answer in a second for all answers in it, only counted up by one.
    """
    resolution = (math.floor(error.stime) + 1 - error.stime) / 2
    return clock_reading(
        who=who,
        source="kdc-stime",
        sent_at=answer.sent_at,
        received_at=answer.received_at,
        theirs=error.stime + resolution,
        resolution_s=resolution,
    )


def failure_facts(attempt: Attempt, failure: TransportFailure) -> tuple[KdcExchange, Outcome]:
    """The step of a request that got no answer."""
    facts = _facts(attempt, transport_error=failure.reason.value, problem=failure.detail)
    return facts, _OUTCOMES[failure.reason]


def answer_facts(attempt: Attempt, answer: Answer, result: Result) -> tuple[KdcExchange, Outcome]:
    """The step of a request that got an answer, as the exchange understood it."""
    error, credential = result.error, result.credential
    problem = ""
    if isinstance(result, Failed) and error is None:
        problem = f"{result.problem.value}: {result.detail}" if result.detail else result.problem.value
    facts = _facts(attempt, answer=answer, error=error, credential=credential, problem=problem)
    return facts, _outcome(attempt.purpose, result)


def _outcome(purpose: Purpose, result: Result) -> Outcome:
    """OK when the answer is the one that this request was made for."""
    error = result.error
    if isinstance(result, Failed) and error is None:
        return Outcome.MALFORMED
    if error is None or purpose is Purpose.CLOCK:
        return Outcome.OK
    # A demand for preauthentication and a referral lead on; a skew does not, even when we go on with the
    # KDC's time.
    leads_on = isinstance(result, NeedRequest) and error.error_code != KdcError.SKEW
    return Outcome.OK if leads_on else Outcome.REFUSED


def _facts(
    attempt: Attempt,
    *,
    answer: Answer | None = None,
    error: KrbError | None = None,
    credential: Credential | None = None,
    transport_error: str = "",
    problem: str = "",
) -> KdcExchange:
    kdc = str(attempt.endpoint)
    ticket = None if credential is None else credential.ticket
    return KdcExchange(
        realm=attempt.realm,
        kdc=kdc,
        transport=attempt.transport.value,
        purpose=attempt.purpose.value,
        client=attempt.client,
        server=attempt.server,
        sent_octets=attempt.octets,
        received_octets=0 if answer is None else len(answer.data),
        error=None if error is None else kerberos_error(error),
        transport_error=transport_error,
        ticket_etype=None if ticket is None else ticket.enc_part.etype,
        ticket_kvno=None if ticket is None else ticket.enc_part.kvno,
        ticket_octets=None if ticket is None else len(ticket.raw),
        session_etype=None if credential is None else credential.session_key.etype,
        end_time=None if credential is None else credential.end_time,
        referral_realm=_referral(attempt, error, credential),
        problem=problem,
        clock=None if error is None or answer is None else kdc_clock(error, answer, kdc),
    )


def _referral(attempt: Attempt, error: KrbError | None, credential: Credential | None) -> str:
    """The other realm to which the KDC sends us, for a service (a krbtgt ticket) or a client (an
    error 68).
    """
    if error is not None and error.error_code == KdcError.WRONG_REALM:
        return error.crealm or ""
    if credential is None:
        return ""
    realm = granted_realm(credential.server) or attempt.realm
    return "" if realm.upper() == attempt.realm.upper() else realm


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and what an exchange is about, for the steps."""

    client: PrincipalName
    server: PrincipalName | None

    def attempt(self, way: Way, ask: NeedRequest) -> Attempt:
        """What is known of a question before it is answered."""
        server = f"krbtgt/{ask.realm}" if self.server is None else str(self.server)
        return Attempt(
            endpoint=way.endpoint,
            transport=way.transport,
            realm=ask.realm,
            purpose=ask.purpose,
            octets=len(ask.request),
            client=str(self.client),
            server=server,
        )
