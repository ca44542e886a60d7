"""The lab's name server: a zone for each realm, made of what runs."""

from typing import TYPE_CHECKING

from simulator.dns.transport import DnsServer
from simulator.dns.zone import Zone, lab_zone

if TYPE_CHECKING:
    from simulator.lab import Lab


def name_server(lab: "Lab", *, host: str) -> DnsServer:
    """A server that is still to be started, on any free port."""
    addresses = _addresses(lab)
    zones = (_zone(lab, realm, addresses) for realm in lab.scenario.realms)
    return DnsServer(*zones, host=host, faults=lab.faults)


def _addresses(lab: "Lab") -> dict[str, str]:
    """Of every host that has one. A server's name leads to its first connector."""
    scenario = lab.scenario
    hosts = {scenario.fqdn(name): kdc.host for name, kdc in lab.kdcs.items()}
    for setup in reversed(scenario.connectors):
        hosts[scenario.fqdn(setup.server)] = lab.connectors[setup.name].host
    found = {name: lab.faults.resolvable(name, address) for name, address in hosts.items()}
    return {name: address for name, address in found.items() if address}


def _zone(lab: "Lab", realm: str, addresses: dict[str, str]) -> Zone:
    scenario = lab.scenario
    kdcs = ((name, kdc) for name, kdc in lab.kdcs.items() if scenario.realm_of(name) == realm)
    directories = ((name, each) for name, each in lab.directories.items() if scenario.realm_of(name) == realm)
    return lab_zone(
        realm.lower(),
        hosts=addresses,
        kdcs=[(scenario.fqdn(name), kdc.port) for name, kdc in kdcs],
        directories=[
            (scenario.fqdn(name), servers.ldap.port, servers.catalog.port) for name, servers in directories
        ],
    )
