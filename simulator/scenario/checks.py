"""What has to hold among a scenario's connectors (PURE)."""

from collections import Counter

from simulator.net.addresses import is_loopback
from simulator.scenario.toml import Mismatch, nearest
from simulator.scenario.values import Scenario
from simulator.smtp.ip_ranges import EVERYBODY, AddressRange, parse_range


def check_connectors(scenario: Scenario) -> None:
    """Ports, ranges, times, and what the probe's settings say of them. Raises Mismatch."""
    taken: Counter[tuple[str, int, AddressRange]] = Counter()
    for n, connector in enumerate(scenario.connectors):
        if not 1 <= connector.port <= 65_535:
            raise Mismatch(f"connector[{n}].port", "a number from 1 to 65535 is due")
        if not 0 <= connector.tarpit <= 600:
            raise Mismatch(f"connector[{n}].tarpit", "0 to 10 minutes are due, as in Exchange")
        if not 0 <= connector.max_logon_failures <= 10:
            raise Mismatch(f"connector[{n}].max_logon_failures", "0 to 10 are due, as in Exchange")
        if not -720 <= connector.utc_offset_minutes <= 840:
            raise Mismatch(
                f"connector[{n}].utc_offset_minutes", "-720 to 840 are due: there are no other zones"
            )
        for found in _ranges(connector.remote_ip_ranges, f"connector[{n}].remote_ip_ranges"):
            # Exchange refuses to create such a connector: nobody could say which of the two is meant.
            key = connector.server, connector.port, found
            taken[key] += 1
            if taken[key] > 1:
                place = f"connector[{n}].remote_ip_ranges"
                raise Mismatch(place, f"another connector of {connector.server}'s port has {found} already")
    _check_probe(scenario)


def _ranges(texts: tuple[str, ...], place: str) -> tuple[AddressRange, ...]:
    try:
        return tuple(dict.fromkeys(map(parse_range, texts))) or EVERYBODY
    except ValueError as error:
        raise Mismatch(place, str(error)) from None


def _check_probe(scenario: Scenario) -> None:
    names = [connector.name for connector in scenario.connectors]
    wanted, source = scenario.probe.connector, scenario.probe.source
    if wanted and wanted not in names:
        raise Mismatch("probe.connector", f'unknown connector "{wanted}"' + nearest(wanted, names))
    if source and not is_loopback(source):
        raise Mismatch("probe.source", f'"{source}" is no address of the loopback interface')


def check_realms(scenario: Scenario) -> None:
    """Every realm is there once, has a domain controller, and is one that somebody declared. Raises Mismatch."""
    seen = {scenario.realm.lower()}
    for n, trust in enumerate(scenario.trusts):
        if trust.realm.lower() in seen:
            raise Mismatch(f"trust[{n}].realm", f'"{trust.realm}" is there twice')
        if trust.to and trust.to.lower() not in seen:
            known = (scenario.realm, *(earlier.realm for earlier in scenario.trusts[:n]))
            raise Mismatch(f"trust[{n}].to", f'unknown realm "{trust.to}"' + nearest(trust.to, known))
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
