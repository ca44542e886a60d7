from collections.abc import Callable
from random import Random

from probe.wire.crypto import EncryptionType, string_to_key
from simulator.directory.store import Account, Directory
from simulator.lab.accounts import build_accounts
from simulator.scenario import parse

TEXT = """
title = "t"
story = "s"
[[account]]
name = "alice"
etypes = [17]
ticket_padding = 9
[expect]
cause = "healthy"
[lesson]
explain = "e"
"""
SCENARIO = parse(TEXT, name="x", file="x.toml")


def seeded(seed: int) -> Callable[[int], bytes]:
    return Random(seed).randbytes  # noqa: S311 - the test wants the same keys again


def account(directory: Directory, name: str) -> Account:
    found = directory.account(name)
    assert found is not None
    return found


def test_every_account_has_keys_of_every_type_and_supports_what_the_scenario_says() -> None:
    directory = build_accounts(SCENARIO, seeded(1)).directory
    assert {found.name for found in directory.accounts} == {"krbtgt", "EX1$", "EX2$", "alice", "DC1$"}
    for found in directory.accounts:
        assert set(found.newest().keys) == set(EncryptionType)
    alice = account(directory, "alice")
    assert (alice.etypes, alice.ticket_padding, alice.newest().kvno) == ((17,), 9, 3)


def test_a_users_keys_are_those_of_its_password_with_the_salt_of_ms_kile() -> None:
    accounts = build_accounts(SCENARIO, seeded(1))
    alice = account(accounts.directory, "alice")
    expected = string_to_key(18, accounts.passwords["alice"], b"CONTOSO.LABalice")
    assert alice.newest().keys[18] == expected
    assert set(accounts.passwords) == {"alice"}
    assert accounts.passwords["alice"] not in repr(accounts)


def test_a_computer_that_logs_on_by_password_has_the_keys_of_one() -> None:
    typed = parse(TEXT + '[probe]\ncredentials = "password"\nuser = "EX2$"\n', name="x", file="x.toml")
    accounts = build_accounts(typed, seeded(1))
    assert set(accounts.passwords) == {"EX2$", "alice"}
    # MS-KILE section 3.1.1.2.
    expected = string_to_key(18, accounts.passwords["EX2$"], b"CONTOSO.LABhostex2.contoso.lab")
    assert account(accounts.directory, "EX2$").newest().keys[18] == expected


def test_the_salt_of_a_computer_is_that_of_ms_kile() -> None:
    directory = build_accounts(SCENARIO, seeded(1)).directory
    # MS-KILE section 3.1.1.2: the realm, "host", and the lower-case name with its domain.
    assert account(directory, "EX1$").salt == "CONTOSO.LABhostex1.contoso.lab"


def test_the_seed_decides_the_keys() -> None:
    one, same, other = (build_accounts(SCENARIO, seeded(seed)).directory for seed in (1, 1, 2))
    assert one == same
    assert account(one, "EX1$").newest() != account(other, "EX1$").newest()
