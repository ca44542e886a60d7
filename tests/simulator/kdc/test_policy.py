"""MIT's recorded requests to a KDC whose accounts are limited; impacket reads the errors."""

from typing import Any, Literal

import pytest

from simulator.directory.store import LogonLimit
from tests.support.lab_kdc import (
    AS_REQ,
    MESSAGES,
    TGS_REQ,
    ask,
    changed,
    error_code,
    error_of,
    lab,
    recorded_directory,
)

# MS-ERREF section 2.3.1, little-endian as KERB-EXT-ERROR has it; the errors as Samba maps them.
EXPECTED = {
    "locked-out": (18, "340200c0"),
    "account-expired": (18, "930100c0"),
    "logon-hours": (18, "6f0000c0"),
    "workstation": (12, "700000c0"),
    "password-expired": (23, "710000c0"),
    "password-must-change": (23, "240200c0"),
}


def limited(limit: str) -> Any:
    return lab(changed(recorded_directory(), "alice", limit=LogonLimit(limit)))


def test_every_limit_is_expected() -> None:
    assert {*EXPECTED} == {*LogonLimit}


@pytest.mark.parametrize(("limit", "code", "status"), [(limit, *due) for limit, due in EXPECTED.items()])
def test_a_limit_is_told_with_the_status_behind_it(limit: str, code: int, status: str) -> None:
    error = error_of(ask(limited(limit), AS_REQ))
    assert int(error["error-code"]) == code
    assert bytes(error["e-data"])[11:15].hex() == status


@pytest.mark.parametrize("limit", EXPECTED)
def test_who_proves_nothing_learns_only_of_an_account_that_nobody_may_use(limit: str) -> None:
    answer = ask(limited(limit), MESSAGES["as_req"])
    assert error_code(answer) == (18 if EXPECTED[limit][0] == 18 else 25)


@pytest.mark.parametrize("limit", EXPECTED)
def test_tickets_for_the_account_and_to_who_has_logged_on_are_issued_as_ever(limit: str) -> None:
    assert ask(limited(limit), TGS_REQ)[:1] == b"\x6d"  # [APPLICATION 13], TGS-REP
    service = changed(recorded_directory(), "EX1$", limit=LogonLimit(limit))
    assert ask(lab(service), TGS_REQ)[:1] == b"\x6d"


@pytest.mark.parametrize(("admits", "code"), [("all", None), ("own-realm", None), ("nobody", 12)])
def test_a_service_that_lets_nobody_authenticate(
    admits: Literal["all", "own-realm", "nobody"], code: int | None
) -> None:
    answer = ask(lab(changed(recorded_directory(), "EX1$", admits=admits)), TGS_REQ)
    assert (None if answer[:1] == b"\x6d" else error_code(answer)) == code
    if code:
        # STATUS_AUTHENTICATION_FIREWALL_FAILED, 0xC0000413.
        assert bytes(error_of(answer)["e-data"])[11:15].hex() == "130400c0"
