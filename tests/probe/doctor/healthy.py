"""Facts of a host that has nothing wrong, to be changed one at a time."""

from dataclasses import replace
from typing import Any

from probe.doctor.values import (
    Cache,
    CachedTicket,
    Dns,
    HostFacts,
    Installed,
    Kdcs,
    KdcWay,
    KeytabFile,
    KeytabRow,
    Names,
    PortKnock,
    TimeService,
)
from probe.tickets.files.includes import ConfigFile, Configuration
from probe.tickets.files.krb5conf import parse
from probe.trace.facts import ClockReading

NOW = 1_800_000_000.0
REALM = "CONTOSO.LAB"
KRB5_CONF = (
    "[libdefaults]\ndefault_realm = CONTOSO.LAB\n[realms]\nCONTOSO.LAB = {\nkdc = dc1.contoso.lab\n}\n"
)


def clock(offset_s: float = 0.1, who: str = "dc1.contoso.lab:88", source: str = "kdc-stime") -> ClockReading:
    return ClockReading(who=who, source=source, offset_s=offset_s, uncertainty_s=0.01)


def way(kdc: str = "dc1.contoso.lab:88", transport: str = "udp", **changes: Any) -> KdcWay:
    values: dict[str, Any] = {"milliseconds": 3.0, "code": 6, "clock": clock(who=kdc)}
    if changes.get("error"):
        values |= {"code": None, "clock": None}
    return KdcWay(kdc=kdc, transport=transport, **(values | changes))


def ticket(server: str = "krbtgt/CONTOSO.LAB@CONTOSO.LAB", *, left_s: float = 36000.0) -> CachedTicket:
    return CachedTicket(
        server=server, start_time=NOW - 60, end_time=NOW + left_s, etype=18, kvno=2, session_etype=18
    )


HEALTHY = HostFacts(
    host="jump.contoso.lab",
    platform="linux",
    realm=REALM,
    realm_from="krb5.conf",
    now=NOW,
    configuration=Configuration(files=(ConfigFile(path="/etc/krb5.conf"),), config=parse(KRB5_CONF)),
    cache=Cache(
        name="FILE:/tmp/krb5cc_1000",
        named_by="default",
        found=True,
        principal="alice@CONTOSO.LAB",
        realm=REALM,
        tickets=(ticket(), ticket("SMTPSVC/ex1.contoso.lab@CONTOSO.LAB")),
    ),
    keytab=KeytabFile(
        name="FILE:/etc/krb5.keytab",
        named_by="default",
        found=True,
        rows=(KeytabRow(principal="JUMP$@CONTOSO.LAB", kvno=3, etype=18),),
    ),
    time_service=TimeService(running=("chronyd",), configured=("server dc1.contoso.lab",)),
    names=Names(
        host="jump",
        full="jump.contoso.lab",
        system_addresses=("192.0.2.9",),
        dns_addresses=("192.0.2.9",),
        reverse={"192.0.2.9": "jump.contoso.lab"},
        hosts_file="/etc/hosts",
    ),
    dns=Dns(
        nameservers=("192.0.2.1",),
        udp_kdcs=("dc1.contoso.lab:88",),
        tcp_kdcs=("dc1.contoso.lab:88",),
        asked=True,
    ),
    kdcs=Kdcs(
        source="dns-srv",
        ways=(way(transport="udp"), way(transport="tcp")),
        knocks=tuple(PortKnock(host="dc1.contoso.lab", port=port, milliseconds=1.0) for port in (464, 389)),
    ),
    installed=Installed(
        python="3.11.7", openssl="OpenSSL 3", packages={"exps": "0.1.0", "impacket": ""}, native=True
    ),
)


def changed(part: str, **changes: Any) -> HostFacts:
    """HEALTHY with one part's fields changed."""
    return replace(HEALTHY, **{part: replace(getattr(HEALTHY, part), **changes)})


def with_config(text: str) -> HostFacts:
    """HEALTHY with this in [libdefaults]."""
    return changed("configuration", config=parse(f"[libdefaults]\n{text}\n{KRB5_CONF}"))
