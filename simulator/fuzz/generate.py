"""A lab by chance: the same numbers give the same scenario (PURE).

Kinds of faults come first, then a lab that has a place for them, then their parameters. What does not load, or fits
nowhere, is drawn again with the numbers that follow. The lab alone, without its faults, lets the log-on pass.
"""

from dataclasses import replace
from typing import Literal

from simulator.faults import Fault
from simulator.faults.values import Seconds
from simulator.fuzz.dice import Dice
from simulator.fuzz.draws import OTHER, STRANGER, draw_fault, weights
from simulator.scenario import DEFAULT_ACCOUNTS, ScenarioError, parse
from simulator.scenario.values import (
    AccountSetup,
    ConnectorSetup,
    Expect,
    KdcSetup,
    Lesson,
    ProbeSettings,
    Profile,
    Scenario,
    TrustSetup,
)
from simulator.scenario.write import fault_line, to_toml

Mechanism = Literal["auto", "exchangeauth", "exps-gssapi", "auth-gssapi", "ntlm", "none"]
Tls = Literal["auto", "x-anonymoustls", "starttls", "none"]
Source = Literal["password", "keytab", "ccache", "none"]

NUMBER_OF_FAULTS = {0: 10.0, 1: 40.0, 2: 30.0, 3: 14.0, 4: 6.0}
NUMBER_OF_KDCS = {1: 25.0, 2: 35.0, 3: 22.0, 4: 10.0, 5: 8.0}
PROFILES: dict[Profile, float] = {
    "2003": 0.4,
    "2007": 0.6,
    "2010": 1.0,
    "2013": 2.0,
    "2016": 6.0,
    "2019": 3.0,
    "se": 2.0,
}
MECHANISMS: dict[Mechanism, float] = {
    "auto": 60.0,
    "exchangeauth": 12.0,
    "exps-gssapi": 12.0,
    "auth-gssapi": 7.0,
    "ntlm": 3.0,
    "none": 3.0,
}
TLS: dict[Tls, float] = {"auto": 5.0, "x-anonymoustls": 1.0, "starttls": 1.0, "none": 1.0}
CREDENTIALS: dict[tuple[Source, str], float] = {
    ("keytab", "EX2$"): 65.0,
    ("password", "alice"): 13.0,
    ("ccache", "EX2$"): 12.0,
    ("ccache", "alice"): 6.0,
    ("none", ""): 4.0,
}
LDAP_TLS: dict[Literal["none", "offered", "required"], float] = {"none": 6.0, "offered": 3.0, "required": 1.0}
LDAP_BINDING: dict[Literal["none", "allow", "require"], float] = {"allow": 7.0, "none": 2.0, "require": 1.0}
PROTECTION: dict[Literal["none", "allow", "require"], float] = {"none": 7.0, "allow": 2.0, "require": 1.0}
FAILURE: dict[Literal["454", "535"], float] = {"454": 4.0, "535": 1.0}
FOREIGN = "FABRIKAM.LAB"
RELAYED = "127.0.0.2"
WRONG_PASSWORD = "not the password"  # noqa: S105 - and it is none
OTHER_NAME = "outbound.contoso.lab"
"""What a sender may call itself that nobody has an SPN for."""
LESSON = Lesson(explain="Drawn by chance: nothing is taught here.")


def generate(dice: Dice, name: str) -> Scenario:
    """A scenario that loads."""
    while True:
        kinds = _kinds(dice)
        lab = _lab(dice, kinds, name)
        faults = [draw_fault(kind, dice, lab) for kind in kinds]
        found = tuple(fault for fault in faults if fault is not None)
        if len(found) < len(faults):
            continue
        drawn = replace(lab, faults=found, story=_story(found))
        try:
            return parse(to_toml(drawn), name=name, file=name)
        except ScenarioError:
            continue


def _story(faults: tuple[Fault, ...]) -> str:
    return "; ".join(map(fault_line, faults)) or "Nothing is broken."


def _kinds(dice: Dice) -> list[str]:
    among = weights()
    return [dice.weighted(among) for _ in range(dice.weighted(NUMBER_OF_FAULTS))]


def _lab(dice: Dice, kinds: list[str], name: str) -> Scenario:
    two_realms = dice.chance(0.18) or bool({"missing-trust", "trust-key"} & set(kinds))
    lab = Scenario(
        name=name,
        title="A lab by chance",
        story="",
        lesson=LESSON,
        expect=Expect(cause="undetermined"),
        probe=_probe(dice, kinds),
        kdcs=_kdcs(dice, two_realms=two_realms),
        trusts=(TrustSetup(realm=FOREIGN, same_forest=dice.chance(0.4)),) if two_realms else (),
    )
    return _with_servers(dice, kinds, lab)


def _probe(dice: Dice, kinds: list[str]) -> ProbeSettings:
    credentials, user = dice.weighted(CREDENTIALS)
    mechanism = dice.weighted(MECHANISMS)
    if "ticket-before-key" in kinds:
        credentials, user = "ccache", dice.pick(("EX2$", "alice"))
    if "ntlm-denied" in kinds and dice.chance(0.7):
        mechanism = "ntlm"
    if mechanism == "ntlm":
        credentials, user = "password", "alice"
    if mechanism == "exchangeauth" and user != "EX2$":
        mechanism = "auto"
    connect = not ("missing-name" in kinds or dice.chance(0.1))
    return ProbeSettings(
        credentials=credentials,
        user=user if user != ProbeSettings(credentials=credentials).principal else "",
        password=WRONG_PASSWORD if credentials == "password" and dice.chance(0.12) else "",
        mechanism=mechanism,
        tls=dice.weighted(TLS) if mechanism in ("exps-gssapi", "auth-gssapi") else "auto",
        connect=connect,
        discover_kdcs=dice.chance(0.12),
        ehlo=OTHER_NAME if user == "EX2$" and dice.chance(0.04) else "",
        ask_ntlm=not dice.chance(0.12),
    )


def _kdcs(dice: Dice, *, two_realms: bool) -> tuple[KdcSetup, ...]:
    number = dice.weighted(NUMBER_OF_KDCS)
    foreign = dice.whole(1, max(1, number - 1)) if two_realms else 0
    own = max(1, number - foreign)
    names = [
        *((f"DC{n}", "") for n in range(1, own + 1)),
        *((f"FDC{n}", FOREIGN) for n in range(1, foreign + 1)),
    ]
    return tuple(_kdc(dice, name, realm) for name, realm in names)


def _kdc(dice: Dice, name: str, realm: str) -> KdcSetup:
    return KdcSetup(
        name=name,
        realm=realm,
        ldap_signing=not dice.chance(0.2),
        ldap_tls=dice.weighted(LDAP_TLS),
        ldap_channel_binding=dice.weighted(LDAP_BINDING),
    )


def _with_servers(dice: Dice, kinds: list[str], lab: Scenario) -> Scenario:
    # By NTLM a server asks its own realm alone (the lab has no pass-through), and a cache is of one realm.
    at_home = lab.probe.mechanism == "ntlm" or "ticket-before-key" in kinds
    abroad = FOREIGN if lab.trusts and not at_home and dice.chance(0.85) else ""
    other = "balanced" in kinds or dice.chance(0.12)
    first = _connector(dice, lab.probe)
    connectors = [first]
    if other:
        connectors.append(replace(first, name=f"Default {OTHER}", server=OTHER))
    probe = lab.probe
    if dice.chance(0.03):
        # It takes what comes from our own address, and is not meant for servers.
        relay = ConnectorSetup(
            name="Relay EX1", auth=("Tls",), profile=first.profile, remote_ip_ranges=(RELAYED,)
        )
        connectors.append(relay)
        probe = replace(probe, source=RELAYED)
    if lab.trusts and dice.chance(0.5):
        lab = replace(lab, trusts=(replace(lab.trusts[0], kvno=dice.whole(1, 40)),))
    return replace(
        lab,
        accounts=_accounts(dice, abroad, other=other),
        connectors=tuple(connectors),
        probe=probe,
    )


def _accounts(dice: Dice, abroad: str, *, other: bool) -> tuple[AccountSetup, ...]:
    padding = dice.weighted({0: 7.0, 1200: 1.0, 4000: 1.0, 12000: 1.0})
    receiver, *senders = DEFAULT_ACCOUNTS
    accounts = [
        replace(receiver, realm=abroad, kvno=dice.whole(1, 60)),
        *(replace(sender, ticket_padding=padding, kvno=dice.whole(1, 60)) for sender in senders),
    ]
    if dice.chance(0.5):
        accounts.append(AccountSetup(name=STRANGER, realm=abroad))
    if other:
        accounts.append(AccountSetup(name=f"{OTHER}$", realm=abroad))
    return tuple(accounts)


def _connector(dice: Dice, probe: ProbeSettings) -> ConnectorSetup:
    profile = dice.weighted(PROFILES)
    bound = probe.mechanism == "exchangeauth"
    if bound and profile == "2003":
        profile = "2016"
    suppressed = not bound and probe.tls != "x-anonymoustls" and dice.chance(0.04)
    modern = profile in ("2019", "se") and dice.chance(0.5)
    return ConnectorSetup(
        profile=profile,
        enable_auth_gssapi=probe.mechanism == "auth-gssapi" or dice.chance(0.2),
        extended_protection=dice.weighted(PROTECTION),
        exps_failure=dice.weighted(FAILURE),
        suppress_x_anonymous_tls=suppressed,
        tarpit=Seconds(dice.weighted({0.0: 8.0, 0.25: 1.0, 5.0: 1.0})),
        max_logon_failures=dice.weighted({3: 8.0, 0: 1.0, 1: 1.0}),
        tls_maximum="TLSv1.3" if modern else "TLSv1.2",
        tls_key="ec-p256" if dice.chance(0.15) else "rsa-2048",
    )
