"""KRB-ERRORs and answers as facts. The octets of the error are impacket's."""

import pytest

from probe.tickets.client.recording import Attempt, answer_facts, failure_facts, kdc_clock, kerberos_error
from probe.tickets.client.results import Failed, NeedRequest, Problem, Purpose
from probe.tickets.client.transport import Answer, FailureReason, KdcEndpoint, Transport, TransportFailure
from probe.trace.facts import Outcome
from probe.wire.kerberos import decode_krb_error
from tests.support.foreign_kerberos import AUTH_TIME, krb_error

ATTEMPT = Attempt(
    endpoint=KdcEndpoint("fd00::1"),
    transport=Transport.TCP,
    realm="CONTOSO.LAB",
    purpose=Purpose.AS,
    octets=7,
    client="alice",
    server="krbtgt/CONTOSO.LAB",
)
ANSWER = Answer(data=b"12345", sent_at=AUTH_TIME, received_at=AUTH_TIME + 1)


def test_error() -> None:
    # MS-KILE section 2.2.1 in a KERB-ERROR-DATA, as Samba sends it for a disabled account (seen: 720000c0).
    e_data = bytes.fromhex("3015a103020103a20e040c720000c00000000001000000")
    facts = kerberos_error(decode_krb_error(krb_error(18, e_data, "no")))
    assert (facts.code, facts.name, facts.text) == (18, "KDC_ERR_CLIENT_REVOKED", "no")
    assert facts.nt_status == 0xC0000072
    assert (facts.realm, facts.server) == ("CONTOSO.LAB", "SMTPSVC/ex2.contoso.lab")
    assert facts.stime == AUTH_TIME + 0.25


def test_number_that_nobody_knows() -> None:
    assert kerberos_error(decode_krb_error(krb_error(4711))).code == 4711


def test_clock() -> None:
    """stime is .25: the KDC's clock was between .25 and 1, seen from the middle of one second of waiting."""
    reading = kdc_clock(decode_krb_error(krb_error()), ANSWER, "dc1")
    assert (reading.who, reading.source) == ("dc1", "kdc-stime")
    assert reading.offset_s == pytest.approx(0.625 - 0.5)
    assert reading.uncertainty_s == pytest.approx(0.375 + 0.5)


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (FailureReason.REFUSED, Outcome.REFUSED),
        (FailureReason.TIMED_OUT, Outcome.TIMEOUT),
        (FailureReason.CLOSED, Outcome.CLOSED),
        (FailureReason.UNREACHABLE, Outcome.CLOSED),
        (FailureReason.TOO_LONG, Outcome.MALFORMED),
    ],
)
def test_no_answer(reason: FailureReason, outcome: Outcome) -> None:
    facts, came = failure_facts(ATTEMPT, TransportFailure(reason=reason, detail="why"))
    assert came is outcome
    assert (facts.kdc, facts.transport, facts.transport_error, facts.problem) == (
        "[fd00::1]:88",
        "tcp",
        reason.value,
        "why",
    )
    assert (facts.sent_octets, facts.received_octets, facts.clock) == (7, 0, None)


def test_answer_that_does_not_fit() -> None:
    result = Failed(problem=Problem.WRONG_NONCE, detail="the AS-REP answers another request")
    facts, outcome = answer_facts(ATTEMPT, ANSWER, result)
    assert outcome is Outcome.MALFORMED
    assert facts.problem == "wrong-nonce: the AS-REP answers another request"
    assert facts.received_octets == 5


@pytest.mark.parametrize(
    ("code", "leads_on", "outcome"),
    [
        (25, True, Outcome.OK),
        (37, True, Outcome.REFUSED),
        (24, False, Outcome.REFUSED),
        (25, False, Outcome.REFUSED),
    ],
)
def test_errors_that_lead_on(code: int, leads_on: bool, outcome: Outcome) -> None:
    error = decode_krb_error(krb_error(code))
    again = NeedRequest(request=b"", realm="R", purpose=Purpose.AS_PREAUTH, error=error)
    failed = Failed(problem=Problem.KDC_REFUSED, error=error)
    assert answer_facts(ATTEMPT, ANSWER, again if leads_on else failed)[1] is outcome
