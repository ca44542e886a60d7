"""The lab's DNS zone as a value, and the answer to a query (PURE; RFC 1035, RFC 2782, RFC 2308)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

MAXIMUM_UDP_BYTES = 512
"""Without EDNS (RFC 1035 section 4.2.1)."""

MAXIMUM_QUERY_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One resource record. `data` is written as in a zone file."""

    name: str
    """Absolute, without the dot at its end."""
    kind: Literal["A", "AAAA", "SRV", "CNAME", "PTR", "TXT"]
    data: str
    ttl_s: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone and all its records."""

    origin: str
    records: tuple[Record, ...]

    def without(self, name: str) -> "Zone":
        """The zone that does not know `name`."""
        return replace(self, records=tuple(r for r in self.records if r.name.lower() != name.lower()))


def lab_zone(
    domain: str,
    *,
    hosts: Mapping[str, str],
    kdcs: Sequence[tuple[str, int]],
    directories: Sequence[tuple[str, int, int]] = (),
    realm: str | None = None,
) -> Zone:
    """The zone of a lab: an address for every host, and the SRV records by which clients find KDCs and LDAP.

    `hosts` maps full names to IPv4 or IPv6 addresses; `kdcs` are (full name, port), `directories` (full name,
    port of LDAP, port of the global catalog). The SRV names are those of RFC 4120 section 7.2.3.2 and, below
    `_msdcs`, of a Windows domain (MS-ADTS section 6.3.2.3).
    """
    zone = (realm or domain).lower()
    addresses = tuple(
        Record(name=name, kind="AAAA" if ":" in address else "A", data=address)
        for name, address in hosts.items()
    )
    found = dict.fromkeys(("_kerberos._udp", "_kerberos._tcp", "_kerberos._tcp.dc._msdcs"), kdcs)
    ldap = [(target, port) for target, port, _ in directories]
    catalogs = [(target, port) for target, _, port in directories]
    found |= {"_ldap._tcp": ldap, "_ldap._tcp.dc._msdcs": ldap}
    found |= {"_gc._tcp": catalogs, "_ldap._tcp.gc._msdcs": catalogs}
    services = tuple(
        Record(name=f"{service}.{zone}", kind="SRV", data=f"0 100 {port} {target}.")
        for service, targets in found.items()
        for target, port in targets
    )
    return Zone(origin=domain, records=addresses + services)


def answer(zones: Sequence[Zone], query: bytes, *, transport: Literal["udp", "tcp"]) -> bytes:
    """The reply to a query from the zone nearest to its name; empty for octets that are no query.

    REFUSED outside the zones, NXDOMAIN for a name that it does not have, no data for another type; truncated
    over UDP when it does not fit.
    """
    try:
        message = dns.message.from_wire(query[:MAXIMUM_QUERY_BYTES])
    except (dns.exception.DNSException, ValueError):
        # ValueError: dnspython on impossible addresses and lengths inside of records.
        return b""
    if message.flags & dns.flags.QR:
        return b""
    reply = dns.message.make_response(message)
    if message.opcode() != dns.opcode.QUERY or len(message.question) != 1:
        reply.set_rcode(dns.rcode.NOTIMP)
    else:
        _fill(reply, zones, message.question[0])
    return _wire(reply, message, transport)


def _fill(reply: dns.message.Message, zones: Sequence[Zone], question: dns.rrset.RRset) -> None:
    around = [zone for zone in zones if question.name.is_subdomain(_name(zone.origin))]
    zone = max(around, key=lambda zone: len(zone.origin), default=None)
    if question.rdclass != dns.rdataclass.IN or zone is None:
        reply.set_rcode(dns.rcode.REFUSED)
        return
    reply.flags |= dns.flags.AA
    name = question.name.to_text(omit_final_dot=True).lower()
    known = [r for r in zone.records if r.name.lower() == name]
    matching = [r for r in known if dns.rdatatype.from_text(r.kind) in (question.rdtype, dns.rdatatype.CNAME)]
    for kind in dict.fromkeys(r.kind for r in matching):
        group = [r for r in matching if r.kind == kind]
        reply.answer.append(
            dns.rrset.from_text(question.name, group[0].ttl_s, "IN", kind, *(r.data for r in group))
        )
    if not known and not _has_children(zone, name):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    if not matching:
        reply.authority.append(_start_of_authority(zone))


def _has_children(zone: Zone, name: str) -> bool:
    """An empty non-terminal exists (RFC 8020), and so does the origin."""
    return name == zone.origin.lower() or any(r.name.lower().endswith(f".{name}") for r in zone.records)


def _start_of_authority(zone: Zone) -> dns.rrset.RRset:
    """What a negative answer carries (RFC 2308); its last number lets nobody remember it."""
    data = f"ns.{zone.origin}. hostmaster.{zone.origin}. 1 3600 600 86400 0"
    return dns.rrset.from_text(_name(zone.origin), 0, "IN", "SOA", data)


def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(text)


def _wire(reply: dns.message.Message, query: dns.message.Message, transport: Literal["udp", "tcp"]) -> bytes:
    limit = 65_535 if transport == "tcp" else max(MAXIMUM_UDP_BYTES, query.payload)
    try:
        return reply.to_wire(max_size=limit)
    except dns.exception.TooBig:
        reply.flags |= dns.flags.TC
        reply.answer.clear()
        reply.authority.clear()
        return reply.to_wire(max_size=limit)
