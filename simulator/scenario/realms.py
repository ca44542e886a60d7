"""What has to hold among a scenario's realms (PURE)."""

from simulator.scenario.toml import Mismatch, nearest
from simulator.scenario.values import Scenario


def check_realms(scenario: Scenario) -> None:
    """Every realm is there once, has a domain controller, and is one that somebody declared. Raises Mismatch."""
    seen = {scenario.realm.lower()}
    for n, trust in enumerate(scenario.trusts):
        if trust.realm.lower() in seen:
            raise Mismatch(f"trust[{n}].realm", f'"{trust.realm}" is there twice')
        if not 1 <= trust.kvno < 2**31:
            raise Mismatch(f"trust[{n}].kvno", "a number from 1 to 2147483647 is due")
        seen.add(trust.realm.lower())
    given = [(f"account[{n}].realm", found.realm) for n, found in enumerate(scenario.accounts)]
    given += [(f"kdc[{n}].realm", found.realm) for n, found in enumerate(scenario.kdcs)]
    for place, realm in given:
        if realm and realm not in scenario.realms:
            raise Mismatch(place, f'unknown realm "{realm}"' + nearest(realm, scenario.realms))
    served = {scenario.realm_of(kdc.name) for kdc in scenario.kdcs}
    for n, realm in enumerate(scenario.realms):
        if realm not in served:
            place = f"trust[{n - 1}].realm" if n else "realm.name"
            raise Mismatch(place, f"{realm} has no domain controller: a [[kdc]] with realm is due")
