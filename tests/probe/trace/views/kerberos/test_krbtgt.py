"""Ticket-granting tickets that another KDC of the realm cannot open."""

import pytest

from probe.trace.views.kerberos.krbtgt import krbtgt_split
from tests.support.traces import DC1, DC2, asked, asks, logon, trace


@pytest.mark.parametrize("code", [31, 41, 44])
def test_one_gave_it_and_another_cannot_open_it(code: int) -> None:
    split = krbtgt_split(trace(logon(DC1), asks(kdc=DC1), asks(kdc=DC2, code=code), request=asked()))
    assert split is not None
    assert [step.facts.kdc for step in split.refusing] == [DC2]
    assert {step.facts.kdc for step in split.giving} == {DC1}


def test_other_errors_are_about_the_service() -> None:
    assert krbtgt_split(trace(logon(DC1), asks(kdc=DC2, code=7), request=asked())) is None


def test_another_realms_refusal_is_a_matter_of_the_trust() -> None:
    abroad = asks(kdc="fdc1:88", code=31, realm="FABRIKAM.LAB")
    assert krbtgt_split(trace(logon(DC1), abroad, request=asked())) is None


def test_whose_ticket_it_is_may_not_be_known() -> None:
    split = krbtgt_split(trace(asks(kdc=DC2, code=31), request=asked()))
    assert split is not None
    assert not split.giving
