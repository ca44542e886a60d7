"""Which KDC gave the ticket that was shown."""

from probe.trace.views.kerberos.issuer import issuing_kdc
from tests.support.traces import DC1, DC2, REALM, asks, no_ticket, ticket, trace


def test_the_one_that_answered_the_question_for_the_ticket() -> None:
    found = issuing_kdc(trace(asks(kdc=DC1), asks(kdc=DC2, purpose="tgs"), ticket()))
    assert found is not None
    assert (found.kdc, found.realm, found.step) == (DC2, REALM, "kdc-2")


def test_not_the_one_that_did_not_answer_it() -> None:
    found = issuing_kdc(trace(asks(kdc=DC1, code=37, purpose="tgs"), asks(kdc=DC2, purpose="tgs"), ticket()))
    assert found is not None
    assert found.kdc == DC2


def test_nobody_gave_a_cached_ticket_in_this_run() -> None:
    assert issuing_kdc(trace(asks(purpose="tgs"), ticket(source="ccache", cached=True))) is None


def test_no_ticket_no_issuer() -> None:
    assert issuing_kdc(trace(asks(purpose="tgs", code=7), no_ticket(7))) is None
    assert issuing_kdc(trace()) is None


def test_the_system_does_not_say_whom_it_asked() -> None:
    asked = asks(kdc="the system's KDC", transport="native", purpose="tgs")
    assert issuing_kdc(trace(asked, ticket(source="native"))) is None
