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

from simulator.faults.engine import Faults
from simulator.faults.values import Record

MAXIMUM_UDP_BYTES = 512
"""Without EDNS (RFC 1035 section 4.2.1)."""

MAXIMUM_QUERY_BYTES = 4096
MAXIMUM_ALIASES = 8
"""CNAMEs that are followed from one name: a chain may be a circle (RFC 1034 section 3.6.2)."""


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


def answer(
    zones: Sequence[Zone],
    query: bytes,
    *,
    transport: Literal["udp", "tcp"],
    faults: Faults | None = None,
    number: int = 1,
) -> bytes:
    """The reply to a query from the zone nearest to its name; empty for octets that are no query.

    REFUSED outside the zones, NXDOMAIN for a name that it does not have, no data for another type; truncated
    over UDP when it does not fit. ``faults`` have their way with what is known of each name; ``number`` is the query's.
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
        _Answer(reply, zones, faults, number).fill(message.question[0])
    return _wire(reply, message, transport)


class _Answer:
    """A reply that is being filled; whatever a name stands for, its aliases are followed as far as the zones go."""

    def __init__(
        self, reply: dns.message.Message, zones: Sequence[Zone], faults: Faults | None, number: int
    ) -> None:
        self._reply, self._zones, self._faults, self._number = reply, zones, faults, number

    def fill(self, question: dns.rrset.RRset) -> None:
        """Answer, authority and result code."""
        code = self._faults.dns_failure(_text(question.name)) if self._faults else ""
        if question.rdclass != dns.rdataclass.IN or self._zone(question.name) is None:
            code = code or "REFUSED"
        if code:
            self._reply.set_rcode(dns.rcode.from_text(code))
            return
        self._reply.flags |= dns.flags.AA
        name: dns.name.Name | None = question.name
        for _ in range(MAXIMUM_ALIASES):
            if name is not None:
                name = self._follow(name, question.rdtype)

    def _zone(self, name: dns.name.Name) -> Zone | None:
        around = [zone for zone in self._zones if name.is_subdomain(_name(zone.origin))]
        return max(around, key=lambda zone: len(zone.origin), default=None)

    def _follow(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> dns.name.Name | None:
        """Add what there is under a name; where it is an alias, the name that it stands for."""
        zone, text = self._zone(name), _text(name)
        if zone is None:
            return None  # an alias that leads out of the zones: whose name it is answers for itself
        known = tuple(record for record in zone.records if record.name.lower() == text)
        if self._faults:
            known = self._faults.dns_records(text, self._number, known)
        matching = [r for r in known if dns.rdatatype.from_text(r.kind) in (kind, dns.rdatatype.CNAME)]
        for each in dict.fromkeys(r.kind for r in matching):
            group = [r for r in matching if r.kind == each]
            self._reply.answer.append(
                dns.rrset.from_text(name, group[0].ttl_s, "IN", each, *(r.data for r in group))
            )
        if not known and not _has_children(zone, text):
            self._reply.set_rcode(dns.rcode.NXDOMAIN)
        if not matching:
            self._reply.authority.append(_start_of_authority(zone))
        aliases = [r.data for r in matching if r.kind == "CNAME" and kind != dns.rdatatype.CNAME]
        return _name(aliases[0]) if aliases else None


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


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
        # In the order of the zone: dnspython would shuffle, and a fault says which address comes first.
        return reply.to_wire(max_size=limit, want_shuffle=False)
    except dns.exception.TooBig:
        reply.flags |= dns.flags.TC
        reply.answer.clear()
        reply.authority.clear()
        return reply.to_wire(max_size=limit, want_shuffle=False)
