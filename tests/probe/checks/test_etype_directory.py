"""What msDS-SupportedEncryptionTypes adds to the check of encryption types."""

import pytest

from probe.checks import Finding, Status
from probe.checks.etype_unsupported import examine
from probe.trace.facts import Outcome
from tests.support.directories import account, directory, found
from tests.support.traces import asks, ehlo, greeting, opening, refused, step, ticket, trace

REFUSED = step(refused(), Outcome.REFUSED)


def said(finding: Finding) -> str:
    return " | ".join((finding.says, *(each.says for each in finding.evidence)))


def test_a_ticket_of_a_type_that_the_account_does_not_name() -> None:
    aes_only = found(account(etypes=24))
    finding = examine(trace(*opening()[:-1], ticket(etype=23), REFUSED, aes_only))
    assert (finding.status, "EX1$ does not name" in finding.says) == (Status.SUSPECT, True)
    assert "msDS-SupportedEncryptionTypes 24: aes128, aes256" in said(finding)


@pytest.mark.parametrize(("etypes", "status"), [(4, Status.SUSPECT), (28, Status.NOTICE)])
def test_a_refused_ticket_of_rc4_is_the_worse_for_an_account_without_aes(etypes: int, status: Status) -> None:
    refused_rc4 = trace(*opening()[:-1], ticket(etype=23), REFUSED, found(account(etypes=etypes)))
    assert examine(refused_rc4).status is status


def test_good_types_pass() -> None:
    assert examine(trace(*opening(), REFUSED, *directory())).status is Status.PASS


def test_error_14_for_the_directorys_own_ticket_is_another_matter() -> None:
    other = trace(*opening(), asks("ldap/dc1.contoso.lab", code=14, purpose="tgs"), REFUSED)
    assert examine(other).status is Status.PASS
    log_on = trace(greeting(), ehlo(), asks(code=14, purpose="tgs"), found(account(etypes=4)))
    assert "msDS-SupportedEncryptionTypes 4: rc4" in said(examine(log_on))
