"""A scenario's accounts with fresh keys: the directories that the KDCs of the lab start from (PURE)."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from simulator.directory.store import (
    DEFAULT_ETYPES,
    Account,
    Directory,
    KeySet,
    Trust,
    password_keys,
    random_keys,
)
from simulator.scenario.values import AccountSetup, Scenario

Randomness = Callable[[int], bytes]

EXCHANGE_GROUPS = ("Exchange Servers", "Exchange Trusted Subsystem")
"""What Exchange's set-up makes the computer account of each of its servers a member of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The directories, and the passwords that the users' keys were made of."""

    directory: Directory
    """Of the first realm."""
    others: tuple[Directory, ...] = ()
    """Of the others."""
    passwords: Mapping[str, str] = field(repr=False)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Users and computers of every realm, without those that belong to its domain controllers."""
        found = (account for view in (self.directory, *self.others) for account in view.accounts)
        return tuple(each for each in found if each.name != "krbtgt" and not each.is_controller)

    def of(self, realm: str) -> Directory:
        """The directory of a realm. Raises KeyError."""
        for view in (self.directory, *self.others):
            if view.realm == realm:
                return view
        raise KeyError(realm)


def build_accounts(scenario: Scenario, randomness: Randomness) -> Accounts:
    """Random keys for computers, krbtgt and trusts, a random password for whoever logs on with one."""
    typed = scenario.probe.principal if scenario.probe.credentials == "password" else ""
    passwords = {
        setup.name: _password(setup.name, randomness)
        for setup in scenario.accounts
        if not setup.is_computer or setup.name == typed
    }
    shared = {trust.realm: _trust_keys(trust.kvno, randomness) for trust in scenario.trusts}
    views = [
        Directory(
            realm=realm,
            accounts=(
                Account(name="krbtgt", realm=realm, key_sets=(random_keys(randomness, kvno=2),)),
                *(
                    _account(setup, realm, passwords.get(setup.name), randomness)
                    for setup in scenario.accounts
                    if (setup.realm or scenario.realm) == realm
                ),
            ),
            trusts=_trusts(scenario, realm, shared),
        )
        for realm in scenario.realms
    ]
    first, *others = (_with_controllers(view, scenario, randomness) for view in views)
    return Accounts(directory=first, others=tuple(others), passwords=passwords)


@lru_cache(maxsize=64)
def _password(name: str, randomness: Randomness) -> str:
    """A user's random password, the same in every lab of a process, so that its keys are derived once."""
    del name
    return urlsafe_b64encode(randomness(12)).decode()


def _with_controllers(directory: Directory, scenario: Scenario, randomness: Randomness) -> Directory:
    """The view with an account for each domain controller of its realm."""
    for kdc in scenario.kdcs:
        if scenario.realm_of(kdc.name) != directory.realm:
            continue
        name, spns = f"{kdc.name}$", controller_spns(kdc.name.lower(), directory.realm.lower())
        account = directory.account(name) or Account(
            name=name, realm=directory.realm, key_sets=(random_keys(randomness, kvno=2),)
        )
        directory = directory.with_account(replace(account, spns=(*account.spns, *spns)))
    return directory


def controller_spns(host: str, domain: str) -> tuple[str, ...]:
    """The SPNs of a domain controller that the lab's services need (MS-ADTS section 3.1.1.3.2.20)."""
    fqdn = f"{host}.{domain}"
    return (
        *(f"{service}/{name}" for service in ("ldap", "HOST") for name in (fqdn, host, f"{fqdn}/{domain}")),
        f"GC/{fqdn}/{domain}",
    )


_Pair = tuple[KeySet, KeySet]
"""The keys of a trust: for referrals from the first realm, and for referrals to it."""


def _trust_keys(kvno: int, randomness: Randomness) -> _Pair:
    return random_keys(randomness, kvno=kvno), random_keys(randomness, kvno=kvno)


def _trusts(scenario: Scenario, realm: str, shared: Mapping[str, _Pair]) -> tuple[Trust, ...]:
    """The realm's own: with the one that it was added to, and with those that were added to it."""
    found = []
    for setup in scenario.trusts:
        outgoing, incoming = shared[setup.realm]
        nearer = setup.to or scenario.realm
        if realm == nearer:
            found.append(_trust(scenario, realm, setup.realm, outgoing, incoming))
        elif realm == setup.realm:
            found.append(_trust(scenario, realm, nearer, incoming, outgoing))
    return tuple(found)


def _trust(scenario: Scenario, realm: str, other: str, outgoing: KeySet, incoming: KeySet) -> Trust:
    return Trust(
        realm=other,
        outgoing=Account(name=f"krbtgt/{other}", realm=realm, key_sets=(outgoing,)),
        incoming=Account(name=f"krbtgt/{realm}", realm=other, key_sets=(incoming,)),
        reaches=_behind(scenario, other, seen=(realm, other)),
    )


def _behind(scenario: Scenario, realm: str, *, seen: tuple[str, ...]) -> tuple[str, ...]:
    """The realms that one gets to from ``realm`` without going back: trusts are a tree, as each adds a realm."""
    ways = [(trust.to or scenario.realm, trust.realm) for trust in scenario.trusts]
    near = [other for way in ways for other in way if realm in way and other not in seen]
    return tuple(each for other in near for each in (other, *_behind(scenario, other, seen=(*seen, other))))


def _account(setup: AccountSetup, realm: str, password: str | None, randomness: Randomness) -> Account:
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
        groups=EXCHANGE_GROUPS if setup.is_computer else (),
    )


def _salt(setup: AccountSetup, realm: str) -> str:
    """MS-KILE section 3.1.1.2: REALM and name; REALM, ``host`` and the full name for computers."""
    if setup.is_computer:
        return f"{realm}host{setup.host}.{realm.lower()}"
    return realm + setup.name
