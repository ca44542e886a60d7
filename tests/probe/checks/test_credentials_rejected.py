import pytest

from probe.checks import Status
from probe.checks.credentials_rejected import examine
from tests.support.traces import DC2, asked, asks, clock, error, healthy, logon, no_ticket, trace


@pytest.mark.parametrize("code", [6, 18, 24])
def test_the_kdcs_word_is_proof(code: int) -> None:
    finding = examine(trace(logon(code=code), no_ticket(problem="credentials-rejected")))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)
    assert f"({code})" in finding.says


@pytest.mark.parametrize("code", [12, 23])
def test_an_expired_password_or_a_policy_is_a_suspicion(code: int) -> None:
    assert examine(trace(logon(code=code))).status is Status.SUSPECT


def test_another_realms_policy_is_no_rejection_of_the_account() -> None:
    assert examine(trace(logon(), asks(purpose="tgs", code=12))).status is Status.SUSPECT
    abroad = trace(logon(), asks(purpose="tgs", code=12, realm="FABRIKAM.LAB"))
    assert examine(abroad).status is not Status.SUSPECT


def test_the_nt_status_says_more() -> None:
    """Samba's KDC puts 0xC0000072 into the e-data of error 18 for a disabled account (seen: ``720000c0``)."""
    disabled = logon(code=18).error
    assert disabled is not None
    finding = examine(trace(logon(error=error(18, nt_status=0xC0000072))))
    assert finding.says.endswith("account disabled")


def test_preauthentication_required_and_the_clock_question_are_no_rejection() -> None:
    assert examine(trace(clock(error=error(6)), logon(code=25))).status is Status.NOT_APPLICABLE


def test_a_kdc_that_accepts_the_account_speaks_against_it() -> None:
    assert examine(trace(logon(code=24), logon(DC2))).status is Status.SUSPECT


def test_native_log_ons_give_the_tickets_error() -> None:
    assert examine(trace(no_ticket(24, source="native"))).status is Status.CONFIRMED
    assert examine(trace(no_ticket(problem="credentials-rejected"))).status is Status.SUSPECT


def test_an_unknown_server_is_not_an_unknown_client() -> None:
    assert examine(trace(logon(), asks(code=7, purpose="tgs"), no_ticket(7))).status is Status.NOT_APPLICABLE


def test_a_ticket_passes_and_no_account_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    none = trace(logon(code=24), request=asked(credentials="none"))
    assert examine(none).status is Status.NOT_APPLICABLE
