"""Numbers of GSSAPI and SSPI as problems. The words are what MIT krb5 1.20 and Windows say with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.tickets.client.results import Problem, TicketError
from probe.tickets.native.errors import MAXIMUM_DETAIL, NativeError, from_gssapi, from_sspi

BASE = 2529638912
"""ERROR_TABLE_BASE_krb5 of MIT's krb5.h is -1765328384; as an unsigned number of 32 bits it is this."""


# What python-gssapi showed over MIT krb5 1.20 for each of these faults.
@pytest.mark.parametrize(
    ("minor", "words", "problem", "code"),
    [
        (2529638919, "Server smtp/x@R not found in Kerberos database", Problem.UNKNOWN_SERVER, 7),
        (2529639053, "No Kerberos credentials available", Problem.NO_CREDENTIALS, None),
        (2529639066, 'Cannot find KDC for realm "R"', Problem.NO_KDC, None),
        (2529639068, "Cannot contact any KDC for realm 'R'", Problem.NO_KDC, None),
        (2529638944, "Ticket expired", Problem.EXPIRED, None),
        (BASE + 37, "Clock skew too great", Problem.CLOCK_SKEW, 37),
        (BASE + 14, "KDC has no support for encryption type", Problem.ETYPE_UNSUPPORTED, 14),
        (BASE + 12, "KDC policy rejects request", Problem.KDC_REFUSED, 12),
        (BASE + 178, "Cryptosystem internal error", Problem.SYSTEM_REFUSED, None),
        (BASE, "Success", Problem.SYSTEM_REFUSED, None),
        (BASE - 1, "of another table", Problem.SYSTEM_REFUSED, None),
        (39756033, "of the GSS mechanism's own table", Problem.SYSTEM_REFUSED, None),
    ],
)
def test_gssapi(minor: int, words: str, problem: Problem, code: int | None) -> None:
    found = from_gssapi(minor=minor, words=words)
    assert (found.problem, found.error and found.error.code) == (problem, code)
    assert found.detail == words


# MS-ERREF sections 2.1.1 (HRESULT) and 2.3.1 (NTSTATUS).
@pytest.mark.parametrize(
    ("status", "problem", "code", "name"),
    [
        (0x80090303, Problem.UNKNOWN_SERVER, 7, "SEC_E_TARGET_UNKNOWN"),
        (-2146893053, Problem.UNKNOWN_SERVER, 7, "SEC_E_TARGET_UNKNOWN"),
        (0x80090311, Problem.NO_KDC, None, "SEC_E_NO_AUTHENTICATING_AUTHORITY"),
        (0x80090324, Problem.CLOCK_SKEW, 37, "SEC_E_TIME_SKEW"),
        (0x80090342, Problem.ETYPE_UNSUPPORTED, 14, "SEC_E_KDC_UNKNOWN_ETYPE"),
        (0x8009030E, Problem.NO_CREDENTIALS, None, "SEC_E_NO_CREDENTIALS"),
        (0x8009030C, Problem.CREDENTIALS_REJECTED, None, "SEC_E_LOGON_DENIED"),
        (0xC000005E, Problem.NO_KDC, None, "STATUS_NO_LOGON_SERVERS"),
        (0x80090304, Problem.SYSTEM_REFUSED, None, "SEC_E_INTERNAL_ERROR"),
        (0x80091234, Problem.SYSTEM_REFUSED, None, "0x80091234"),
    ],
)
def test_sspi(status: int, problem: Problem, code: int | None, name: str) -> None:
    found = from_sspi(status=status, words="the system's words")
    assert (found.problem, found.error and found.error.code) == (problem, code)
    assert found.detail == f"{name}: the system's words"
    assert from_sspi(status=status, words="").detail == name


def test_it_is_a_ticket_error_and_tells_its_number() -> None:
    error = from_gssapi(minor=BASE + 7, words="not found")
    assert isinstance(error, TicketError)
    assert str(error) == "unknown-server (KRB-ERROR 7): not found"
    assert error.krb_error is None  # there is a number, but no KRB-ERROR message to show
    assert str(NativeError(Problem.NO_KDC)) == "no-kdc"


@given(st.integers(), st.text())
def test_any_number_and_any_words_give_one_line(number: int, words: str) -> None:
    for found in (from_gssapi(minor=number, words=words), from_sspi(status=number, words=words)):
        assert len(found.detail.splitlines()) <= 1
        assert len(found.detail) <= MAXIMUM_DETAIL
