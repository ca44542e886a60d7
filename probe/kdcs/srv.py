"""The KDCs of a realm by its SRV records in DNS."""

import asyncio
from dataclasses import dataclass

from probe.net.dns import MAXIMUM_RECORDS, query, worst_error
from probe.net.endpoint import Endpoint
from probe.tickets.client.locator import SrvAnswer
from probe.tickets.client.transport import KdcEndpoint, Transport

PLAIN = "dns-srv"
_SERVICES = {Transport.UDP: "_kerberos._udp", Transport.TCP: "_kerberos._tcp"}


async def srv_kdcs(
    realm: str, *, timeout_s: float, nameserver: Endpoint | None = None, site: str = ""
) -> SrvAnswer:
    """The KDCs of a realm by its SRV records: of the site, of Active Directory, of any Kerberos; in this order.

    All are asked for side by side (MS-ADTS section 6.3.2.3; RFC 4120 section 7.2.3.2). Within a source the best
    priority comes first; weights are not thrown dice for: a diagnosis should do the same twice, so that the greater
    weight comes first. A KDC that the plain records name for one transport only is tried over that one only.
    """
    names = _srv_names(realm, site)
    asked = [(source, name, transport) for source, found in names.items() for name, transport in found]
    results = await asyncio.gather(*(query(name, "SRV", timeout_s, nameserver) for _, name, _ in asked))
    records: dict[str, list[_Named]] = {source: [] for source in names}
    for (source, _, transport), result in zip(asked, results, strict=True):
        for record in () if isinstance(result, str) else result:
            host = record.target.to_text(omit_final_dot=True)
            # RFC 2782: a target of "." says that there is decidedly no such service.
            if host not in {"", "."} and record.port:
                rank = (record.priority, -record.weight)
                records[source].append(_Named(rank=rank, host=host, port=record.port, transport=transport))
    plain = [(found.host.casefold(), found.port, found.transport) for found in records[PLAIN]]
    sources = {source: _endpoints(found, plain) for source, found in records.items()}
    merged: dict[tuple[str, int], KdcEndpoint] = {}
    for found in sources.values():
        for kdc in found:
            merged.setdefault((kdc.host.casefold(), kdc.port), kdc)
    kdcs = tuple(merged.values())
    # Only Active Directory has the other names.
    errors = [
        result
        for (source, *_), result in zip(asked, results, strict=True)
        if isinstance(result, str) and source == PLAIN
    ]
    return SrvAnswer(
        kdcs=kdcs[:MAXIMUM_RECORDS],
        error="" if kdcs else worst_error(errors),
        sources=tuple((source, found) for source, found in sources.items() if found),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    rank: tuple[int, int]
    host: str
    port: int
    transport: Transport | None


def _srv_names(realm: str, site: str) -> dict[str, list[tuple[str, Transport | None]]]:
    """The names of each source. A domain controller registers ``_tcp`` below ``_msdcs`` and listens on both."""
    controllers: list[tuple[str, Transport | None]] = [(f"_kerberos._tcp.dc._msdcs.{realm}", None)]
    near: list[tuple[str, Transport | None]] = [(f"_kerberos._tcp.{site}._sites.dc._msdcs.{realm}", None)]
    return {
        **({"dns-srv-site": near} if site else {}),
        "dns-srv-dc": controllers,
        PLAIN: [(f"{service}.{realm}", transport) for transport, service in _SERVICES.items()],
    }


def _endpoints(
    found: list[_Named], plain: list[tuple[str, int, Transport | None]]
) -> tuple[KdcEndpoint, ...]:
    """Each KDC once, best first; both transports unless the plain records name one alone."""
    # Name servers turn records of the same rank round; the name makes it the same every time.
    ordered = sorted(found, key=lambda named: (named.rank, named.host.casefold()))
    first = {(named.host.casefold(), named.port): named for named in reversed(ordered)}
    kept: list[KdcEndpoint] = []
    for named in dict.fromkeys(first[named.host.casefold(), named.port] for named in ordered):
        known = {
            transport
            for host, port, transport in plain
            if (host, port) == (named.host.casefold(), named.port)
        }
        kept.append(KdcEndpoint(named.host, named.port, known.pop() if len(known) == 1 else None))
    return tuple(kept[:MAXIMUM_RECORDS])
