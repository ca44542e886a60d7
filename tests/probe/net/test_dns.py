"""Look-ups against a nameserver on loopback. Its records are text, its messages dnspython's, its faults ours."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import dns.message
import dns.rcode
import dns.rrset
import pytest

from probe.kdcs.srv import srv_kdcs
from probe.net.dns import Names, dns_addresses, dns_aliases, dns_reverse, system_addresses
from probe.net.endpoint import Endpoint
from probe.tickets.client.transport import KdcEndpoint, Transport

PATIENT, HASTY = 5.0, 0.05

ZONE = {
    ("_kerberos._udp.contoso.lab.", "SRV"): [
        "20 100 88 dc3.contoso.lab.",
        "10 10 88 dc2.contoso.lab.",
        "10 90 8888 dc1.contoso.lab.",
    ],
    ("_kerberos._tcp.contoso.lab.", "SRV"): ["10 90 8888 dc1.contoso.lab.", "10 50 88 tcp.contoso.lab."],
    ("_kerberos._udp.none.lab.", "SRV"): ["0 0 0 ."],
    ("_kerberos._tcp.none.lab.", "SRV"): ["0 0 0 ."],
    # As the Netlogon service of a domain controller registers them (MS-ADTS section 6.3.2.3).
    ("_kerberos._tcp.Branch._sites.dc._msdcs.ad.lab.", "SRV"): ["0 100 88 DC3.ad.lab."],
    ("_kerberos._tcp.dc._msdcs.ad.lab.", "SRV"): ["0 100 88 dc1.ad.lab.", "0 100 88 dc3.ad.lab."],
    ("_kerberos._udp.ad.lab.", "SRV"): ["0 100 88 dc1.ad.lab.", "0 100 88 mit.ad.lab."],
    ("_kerberos._tcp.ad.lab.", "SRV"): ["0 100 88 dc1.ad.lab."],
    ("ex1.contoso.lab.", "A"): ["192.0.2.1", "192.0.2.2"],
    ("ex1.contoso.lab.", "AAAA"): ["2001:db8::1"],
    ("v4.contoso.lab.", "A"): ["192.0.2.4"],
    ("text.contoso.lab.", "TXT"): ['"only text"'],
    ("mail.contoso.lab.", "CNAME"): ["relay.contoso.lab."],
    ("relay.contoso.lab.", "CNAME"): ["ex1.contoso.lab."],
    ("round.contoso.lab.", "CNAME"): ["about.contoso.lab."],
    ("about.contoso.lab.", "CNAME"): ["round.contoso.lab."],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["ex1.contoso.lab.", "mail.contoso.lab."],
    (
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
        "PTR",
    ): ["ex1.contoso.lab."],
}


class Nameserver(asyncio.DatagramProtocol):
    transport: asyncio.DatagramTransport

    def __init__(self, answer: Callable[[dns.message.Message], bytes | None]) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._answer(dns.message.from_wire(data))
        if reply is not None:
            self.transport.sendto(reply, addr)


def from_zone(query: dns.message.Message) -> bytes:
    question = query.question[0]
    name, kind = question.name.to_text().lower(), question.rdtype.name
    reply = dns.message.make_response(query)
    zone = {(known.lower(), of): records for (known, of), records in ZONE.items()}
    if records := zone.get((name, kind)):
        reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
    elif not any(known == name for known, _ in zone):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return bytes(reply.to_wire())


def server_failure(query: dns.message.Message) -> bytes:
    reply = dns.message.make_response(query)
    reply.set_rcode(dns.rcode.SERVFAIL)
    return bytes(reply.to_wire())


@asynccontextmanager
async def nameserver(
    answer: Callable[[dns.message.Message], bytes | None] = from_zone,
) -> AsyncIterator[Endpoint]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Nameserver(answer), local_addr=("127.0.0.1", 0)
    )
    try:
        yield Endpoint("127.0.0.1", transport.get_extra_info("sockname")[1])
    finally:
        transport.close()


async def test_kdcs_by_priority_then_weight() -> None:
    async with nameserver() as server:
        answer = await srv_kdcs("CONTOSO.LAB", nameserver=server, timeout_s=PATIENT)
    assert answer.error == ""
    assert answer.kdcs == (
        KdcEndpoint("dc1.contoso.lab", 8888),
        KdcEndpoint("tcp.contoso.lab", 88, Transport.TCP),
        KdcEndpoint("dc2.contoso.lab", 88, Transport.UDP),
        KdcEndpoint("dc3.contoso.lab", 88, Transport.UDP),
    )


async def test_the_site_comes_first_then_active_directory_then_any_kerberos() -> None:
    async with nameserver() as server:
        here = await srv_kdcs("AD.LAB", nameserver=server, timeout_s=PATIENT, site="Branch")
        anywhere = await srv_kdcs("AD.LAB", nameserver=server, timeout_s=PATIENT)
        elsewhere = await srv_kdcs("AD.LAB", nameserver=server, timeout_s=PATIENT, site="Nowhere")
    dc1, dc3 = KdcEndpoint("dc1.ad.lab"), KdcEndpoint("DC3.ad.lab")
    mit = KdcEndpoint("mit.ad.lab", 88, Transport.UDP)
    assert here.kdcs == (dc3, dc1, mit)
    assert here.sources == (
        ("dns-srv-site", (dc3,)),
        ("dns-srv-dc", (dc1, KdcEndpoint("dc3.ad.lab"))),
        ("dns-srv", (dc1, mit)),
    )
    assert [kdc.host for kdc in anywhere.kdcs] == ["dc1.ad.lab", "dc3.ad.lab", "mit.ad.lab"]
    assert elsewhere == anywhere


async def test_decidedly_no_kdc() -> None:
    """RFC 2782: a target of "." says so."""
    async with nameserver() as server:
        answer = await srv_kdcs("none.lab", nameserver=server, timeout_s=PATIENT)
    assert (answer.kdcs, answer.error) == ((), "")


@pytest.mark.parametrize(
    ("script", "timeout_s", "error"),
    [
        (from_zone, PATIENT, "no-such-name"),
        (server_failure, PATIENT, "server-failure"),
        (lambda _: None, HASTY, "timed-out"),
    ],
)
async def test_no_answer_in_our_words(
    script: Callable[[dns.message.Message], bytes | None], timeout_s: float, error: str
) -> None:
    async with nameserver(script) as server:
        srv = await srv_kdcs("unknown.lab", nameserver=server, timeout_s=timeout_s)
        name = await dns_addresses("unknown.lab", nameserver=server, timeout_s=timeout_s)
    assert (srv.kdcs, srv.error) == ((), error)
    assert (name.addresses, name.error) == ((), error)


async def test_addresses_of_both_families() -> None:
    async with nameserver() as server:
        both = await dns_addresses("ex1.contoso.lab", nameserver=server, timeout_s=PATIENT)
        one = await dns_addresses("v4.contoso.lab.", nameserver=server, timeout_s=PATIENT)
        none = await dns_addresses("text.contoso.lab", nameserver=server, timeout_s=PATIENT)
    assert sorted(both.addresses) == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]  # dnspython shuffles
    assert (one.addresses, one.error) == (("192.0.2.4",), "")
    assert (none.addresses, none.error) == ((), "no-records")


@pytest.mark.parametrize("name", ["a" * 64 + ".lab", "a..b"])
async def test_names_that_cannot_be(name: str) -> None:
    async with nameserver() as server:
        found = await dns_addresses(name, nameserver=server, timeout_s=PATIENT)
    assert found.error in {"LabelTooLong", "EmptyLabel"}
    system = await system_addresses(name, timeout_s=PATIENT)
    assert (system.addresses, system.error) == ((), "no-such-name")


async def test_system() -> None:
    found = await system_addresses("localhost", timeout_s=PATIENT)
    assert {"127.0.0.1", "::1"} & set(found.addresses)
    assert (await system_addresses("192.0.2.1", timeout_s=PATIENT)).addresses == ("192.0.2.1",)


async def test_a_chain_of_aliases_to_its_end() -> None:
    async with nameserver() as server:
        chain = await dns_aliases("mail.contoso.lab", nameserver=server, timeout_s=PATIENT)
        none = await dns_aliases("v4.contoso.lab", nameserver=server, timeout_s=PATIENT)
        circle = await dns_aliases("round.contoso.lab", nameserver=server, timeout_s=PATIENT)
    assert chain == Names(names=("relay.contoso.lab", "ex1.contoso.lab"))
    assert none == Names(error="no-records")
    assert circle == Names(names=("about.contoso.lab",))


async def test_an_endless_chain_is_followed_so_far() -> None:
    def another(query: dns.message.Message) -> bytes:
        question = query.question[0]
        reply = dns.message.make_response(query)
        target = f"a{question.name.to_text()}"
        reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "CNAME", target))
        return bytes(reply.to_wire())

    async with nameserver(another) as server:
        chain = await dns_aliases("x.contoso.lab", nameserver=server, timeout_s=PATIENT)
    assert chain.names[-1] == "aaaaaaaax.contoso.lab"


async def test_the_names_of_an_address() -> None:
    async with nameserver() as server:
        v4 = await dns_reverse("192.0.2.1", nameserver=server, timeout_s=PATIENT)
        v6 = await dns_reverse("2001:db8::1", nameserver=server, timeout_s=PATIENT)
        none = await dns_reverse("192.0.2.9", nameserver=server, timeout_s=PATIENT)
    assert sorted(v4.names) == ["ex1.contoso.lab", "mail.contoso.lab"]
    assert v6.names == ("ex1.contoso.lab",)
    assert none == Names(error="no-such-name")
