from dataclasses import replace

import pytest

from simulator.directory.store import Account, Directory
from simulator.faults.not_in_exchange_servers import NotInExchangeServers
from simulator.faults.values import Acceptance

FAULT = NotInExchangeServers(account="EX2$", on="EX1")
WITH_AP_REP = Acceptance(status="OK", client="ex2$@CONTOSO.LAB", token=b"an AP-REP")


def test_the_account_is_no_member_at_any_controller(ex1: Account, directory: Directory) -> None:
    groups = ("Exchange Servers", "Exchange Trusted Subsystem")
    members = directory.with_account(replace(ex1, groups=groups))
    members = members.with_account(Account(name="EX2$", realm="CONTOSO.LAB", groups=groups))
    left = FAULT.directory("DC1", members)
    assert {found.name: found.groups for found in left.accounts} == {"EX1$": groups, "EX2$": groups[1:]}
    assert FAULT.directory("DC1", left) is left
    assert NotInExchangeServers(account="EX9$", on="EX1").directory("DC1", members) is members


def test_it_is_refused_behind_the_proof_of_the_receivers_key() -> None:
    refused = FAULT.on_accept("EX1", b"", WITH_AP_REP)
    assert (refused.status, refused.token, refused.continue_needed) == ("NotAuthorized", b"an AP-REP", True)
    assert refused.client == WITH_AP_REP.client


def test_exchangeauth_has_no_proof_to_wait_for() -> None:
    refused = FAULT.on_accept("EX1", b"", replace(WITH_AP_REP, token=b""))
    assert (refused.status, refused.continue_needed) == ("NotAuthorized", False)


@pytest.mark.parametrize(
    ("server", "acceptance"),
    [
        ("EX2", WITH_AP_REP),
        ("EX1", replace(WITH_AP_REP, client="alice@CONTOSO.LAB")),
        ("EX1", replace(WITH_AP_REP, status="TimeSkew")),
        ("EX1", replace(WITH_AP_REP, continue_needed=True)),
    ],
)
def test_everybody_else_is_taken(server: str, acceptance: Acceptance) -> None:
    assert FAULT.on_accept(server, b"", acceptance) is acceptance
