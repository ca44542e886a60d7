"""What READY says of a running lab: where everything is, for programs that use it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.lab import Lab


def describe(lab: "Lab") -> Mapping[str, object]:
    """Ports, names and files, as one JSON object."""
    passwords = lab.accounts.passwords
    return {
        "scenario": lab.scenario.name,
        "state": str(lab.state.path),
        "realm": lab.scenario.realm,
        "connectors": _connectors(lab),
        "kdcs": _kdcs(lab),
        "dns": {"host": lab.dns.host, "port": lab.dns.port} if lab.dns else None,
        "principals": [
            lab.state.principal(account, password=account.name in passwords)
            for account in lab.accounts.accounts
        ],
        "krb5_conf": str(lab.state.krb5_conf),
        "events": str(lab.logs.entries),
        "protocol_log": str(lab.logs.receive.path),
        "windows_events": str(lab.logs.windows_events),
        "windows_events_xml": str(lab.logs.windows_events_xml),
    }


def _kdcs(lab: "Lab") -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    for name, server in lab.kdcs.items():
        servers = lab.directories[name]
        kdc: dict[str, object] = {
            "name": name,
            "realm": lab.scenario.realm_of(name),
            "host": server.host,
            "port": server.port,
            "ldap": servers.ldap.port,
            "global_catalog": servers.catalog.port,
        }
        found.append(kdc if servers.ldaps is None else kdc | {"ldaps": servers.ldaps.port})
    return found


def _connectors(lab: "Lab") -> list[Mapping[str, object]]:
    return [
        {
            "name": settings.name,
            "fqdn": settings.fqdn,
            "host": port.host,
            "port": port.port,
            "smb": lab.smb[settings.server].port,
            "remote_ip_ranges": [str(each) for each in settings.remote_ip_ranges],
        }
        for port in dict.fromkeys(lab.connectors.values())
        for settings in port.connectors
    ]
