"""A lab by chance: the same numbers give the same scenario (PURE).

Kinds of faults come first, then a lab that has a place for them, then their parameters. What does not load, or fits
nowhere, is drawn again with the numbers that follow. The lab alone, without its faults, lets the log-on pass.
"""

from dataclasses import replace
from typing import Literal

from simulator.faults import Fault
from simulator.fuzz.dice import Dice
from simulator.fuzz.draws import DRAWS, OTHER, STRANGER
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
FOREIGN = "FABRIKAM.LAB"
LESSON = Lesson(explain="Drawn by chance: nothing is taught here.")


def generate(dice: Dice, name: str) -> Scenario:
    """A scenario that loads."""
    while True:
        kinds = _kinds(dice)
        lab = _lab(dice, kinds, name)
        faults = [DRAWS[kind][1](dice, lab) for kind in kinds]
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
    weights = {kind: weight for kind, (weight, _) in DRAWS.items()}
    return [dice.weighted(weights) for _ in range(dice.weighted(NUMBER_OF_FAULTS))]


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
    tls: Tls = dice.weighted(TLS) if mechanism in ("exps-gssapi", "auth-gssapi") else "auto"
    connect = not ("missing-name" in kinds or dice.chance(0.1))
    return ProbeSettings(
        credentials=credentials,
        user=user if user != ProbeSettings(credentials=credentials).principal else "",
        mechanism=mechanism,
        tls=tls,
        connect=connect,
        discover_kdcs=dice.chance(0.12),
        ask_ntlm=not dice.chance(0.12),
    )


def _kdcs(dice: Dice, *, two_realms: bool) -> tuple[KdcSetup, ...]:
    number = dice.weighted(NUMBER_OF_KDCS)
    foreign = dice.whole(1, max(1, number - 1)) if two_realms else 0
    own = max(1, number - foreign)
    return (
        *(KdcSetup(name=f"DC{n}") for n in range(1, own + 1)),
        *(KdcSetup(name=f"FDC{n}", realm=FOREIGN) for n in range(1, foreign + 1)),
    )


def _with_servers(dice: Dice, kinds: list[str], lab: Scenario) -> Scenario:
    mechanism = lab.probe.mechanism
    # By NTLM a server asks its own realm alone: the lab has no pass-through to another.
    abroad = (
        FOREIGN
        if lab.trusts and mechanism != "ntlm" and "ticket-before-key" not in kinds and dice.chance(0.85)
        else ""
    )
    padding = dice.weighted({0: 7.0, 1200: 1.0, 4000: 1.0, 12000: 1.0})
    other = "balanced" in kinds or dice.chance(0.12)
    profile = dice.weighted(PROFILES)
    if mechanism == "exchangeauth" and profile == "2003":
        profile = "2016"
    accounts = [
        replace(each, ticket_padding=padding if each.name != "EX1$" else 0) for each in DEFAULT_ACCOUNTS
    ]
    accounts[0] = replace(accounts[0], realm=abroad)
    if dice.chance(0.5):
        accounts.append(AccountSetup(name=STRANGER, realm=abroad))
    if other:
        accounts.append(AccountSetup(name=f"{OTHER}$", realm=abroad))
    connector = ConnectorSetup(
        profile=profile,
        enable_auth_gssapi=mechanism == "auth-gssapi" or dice.chance(0.2),
        extended_protection=dice.weighted({"none": 7.0, "allow": 2.0, "require": 1.0}),
        exps_failure=dice.weighted({"454": 4.0, "535": 1.0}),
        suppress_x_anonymous_tls=mechanism != "exchangeauth"
        and lab.probe.tls != "x-anonymoustls"
        and dice.chance(0.04),
        max_logon_failures=dice.weighted({3: 8.0, 0: 1.0, 1: 1.0}),
    )
    second = ConnectorSetup(
        name=f"Default {OTHER}",
        server=OTHER,
        profile=profile,
        enable_auth_gssapi=connector.enable_auth_gssapi,
    )
    return replace(
        lab,
        accounts=tuple(accounts),
        connectors=(connector, *((second,) if other else ())),
    )
