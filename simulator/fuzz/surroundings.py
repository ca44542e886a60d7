"""What the faults of a scenario have to know of it to say what they make true (PURE)."""

from simulator.faults.surroundings import PROBE, Surroundings
from simulator.net.actions import Listen
from simulator.scenario.values import ProbeSettings, Scenario

SENDER = ProbeSettings()
"""Whose log-on is meant where the probe itself logs on as nobody: the sending server's."""


def logs_on(settings: ProbeSettings) -> bool:
    """The probe logs on as somebody."""
    return settings.mechanism != "none" and settings.credentials != "none"


def surroundings_of(scenario: Scenario) -> Surroundings:
    """The lab as the log-on sees it that is examined."""
    settings, receiver = scenario.probe, scenario.connectors[0].server
    advertised = scenario.fqdn(receiver)
    for fault in scenario.faults:
        advertised = fault.advertised_name(receiver, advertised)
    sender = settings.principal if logs_on(settings) else SENDER.principal
    everybody = (PROBE, *scenario.servers, *(kdc.name for kdc in scenario.kdcs))
    return Surroundings(
        sender=sender,
        receiver=receiver,
        sender_realm=scenario.realm_of(sender),
        receiver_realm=scenario.realm_of(receiver),
        kdcs={
            realm: tuple(kdc.name for kdc in scenario.kdcs if scenario.realm_of(kdc.name) == realm)
            for realm in scenario.realms
        },
        spns=frozenset({settings.spn.lower() or f"smtpsvc/{advertised.lower()}"}),
        own_name=f"smtpsvc/{scenario.fqdn(receiver).lower()}",
        return_spn=_return_spn(scenario, sender),
        owners=_owners(scenario),
        homes={account.name: scenario.realm_of(account.name) for account in scenario.accounts},
        offsets={party: sum(fault.clock_offset(party) for fault in scenario.faults) for party in everybody},
        closed=frozenset(kdc.name for kdc in scenario.kdcs if _is_closed(scenario, kdc.name)),
        cached=settings.credentials == "ccache",
        by_name=not settings.connect,
        kdcs_by_name=settings.discover_kdcs,
    )


def _is_closed(scenario: Scenario, kdc: str) -> bool:
    return all(
        any(fault.kdc_port(kdc, transport) is not Listen.SERVE for fault in scenario.faults)
        for transport in ("udp", "tcp")
    )


def _return_spn(scenario: Scenario, sender: str) -> str:
    """Only EXCHANGEAUTH has a return leg, and a user has no name that it could be to."""
    settings = scenario.probe
    if settings.mechanism not in ("auto", "exchangeauth", "none") or not sender.endswith("$"):
        return ""
    return f"smtpsvc/{(settings.ehlo or scenario.fqdn(sender.rstrip('$'))).lower()}"


def _owners(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for account in scenario.accounts:
        for spn in account.spns:
            found[spn.lower()] = (*found.get(spn.lower(), ()), account.name)
    return found
