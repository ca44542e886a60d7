"""A scenario's accounts with fresh keys: the directory that every KDC of the lab starts from (PURE)."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.kdc.store import DEFAULT_ETYPES, Account, Directory, password_keys, random_keys
from simulator.scenario_values import AccountSetup, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The directory, and the passwords that its users' keys were made of."""

    directory: Directory
    passwords: Mapping[str, str] = field(repr=False)


def populate(scenario: Scenario, randomness: Callable[[int], bytes]) -> Population:
    """Random keys for computers and for krbtgt, a random password for each user."""
    passwords = {
        setup.name: urlsafe_b64encode(randomness(12)).decode()
        for setup in scenario.accounts
        if not setup.is_computer
    }
    krbtgt = Account(name="krbtgt", realm=scenario.realm, key_sets=(random_keys(randomness, kvno=2),))
    accounts = (
        _account(setup, scenario.realm, passwords.get(setup.name), randomness) for setup in scenario.accounts
    )
    return Population(
        directory=Directory(realm=scenario.realm, accounts=(krbtgt, *accounts)), passwords=passwords
    )


def _account(
    setup: AccountSetup, realm: str, password: str | None, randomness: Callable[[int], bytes]
) -> Account:
    """An account with keys of every type.

    ``etypes`` says what it *supports*: as in Active Directory the two are different things.
    """
    salt = _salt(setup, realm)
    keys = (
        random_keys(randomness, kvno=setup.kvno, etypes=DEFAULT_ETYPES)
        if password is None
        else password_keys(password, salt=salt, kvno=setup.kvno)
    )
    return Account(
        name=setup.name,
        realm=realm,
        spns=setup.spns,
        key_sets=(keys,),
        etypes=setup.etypes,
        salt=salt,
        disabled=setup.disabled,
        requires_preauthentication=setup.requires_preauthentication,
        ticket_padding=setup.ticket_padding,
    )


def _salt(setup: AccountSetup, realm: str) -> str:
    """MS-KILE section 3.1.1.2: REALM and name; REALM, ``host`` and the full name for computers."""
    if setup.is_computer:
        return f"{realm}host{setup.host}.{realm.lower()}"
    return realm + setup.name
