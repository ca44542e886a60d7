"""The lab's DNS: replies to queries that are written by hand from RFC 1035 section 4, and by dnspython's resolver."""

from collections.abc import AsyncIterator
from typing import Literal

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dns.transport import DnsServer
from simulator.dns.zone import MAXIMUM_ALIASES, Zone, answer, lab_zone
from simulator.faults import Fault
from simulator.faults.dns_address import DnsAddress
from simulator.faults.dns_down import DnsDown
from simulator.faults.dns_srv import DnsSrv
from simulator.faults.engine import Faults
from simulator.faults.values import Record
from simulator.ledger import Ledger

ZONE = lab_zone(
    "contoso.lab",
    hosts={"ex1.contoso.lab": "127.0.0.1", "dc1.contoso.lab": "127.0.0.1", "v6.contoso.lab": "::1"},
    kdcs=[("dc1.contoso.lab", 1088), ("dc2.contoso.lab", 1089)],
)

CHILD = lab_zone(
    "eu.contoso.lab", hosts={"ex9.eu.contoso.lab": "127.0.0.9"}, kdcs=[("dc9.eu.contoso.lab", 88)]
)

# Header: id, RD, one question. Question: labels, type A, class IN.
QUESTION = "03 657831 07 636f6e746f736f 03 6c6162 00 0001 0001".replace(" ", "")
QUERY = bytes.fromhex("1234 0100 0001 0000 0000 0000".replace(" ", "") + QUESTION)


def ask(
    name: str, kind: str, zone: Zone = ZONE, transport: Literal["udp", "tcp"] = "tcp"
) -> dns.message.Message:
    query = dns.message.make_query(name, kind)
    return dns.message.from_wire(answer([zone], query.to_wire(), transport=transport))


def test_an_address_octet_by_octet() -> None:
    # QR, AA and RD set; the answer's name points at octet 12; TTL 60, four octets.
    expected = "1234 8500 0001 0001 0000 0000" + QUESTION + "c00c 0001 0001 0000003c 0004 7f000001"
    assert answer([ZONE], QUERY, transport="udp").hex() == expected.replace(" ", "")


@pytest.mark.parametrize("zones", [(ZONE, CHILD), (CHILD, ZONE)])
def test_the_nearest_zone_answers(zones: tuple[Zone, ...]) -> None:
    def code_of(name: str) -> tuple[dns.rcode.Rcode, int]:
        query = dns.message.make_query(name, "A")
        reply = dns.message.from_wire(answer(zones, query.to_wire(), transport="udp"))
        return reply.rcode(), len(reply.answer)

    assert code_of("ex1.contoso.lab") == (dns.rcode.NOERROR, 1)
    assert code_of("ex9.eu.contoso.lab") == (dns.rcode.NOERROR, 1)
    assert code_of("ex1.eu.contoso.lab") == (dns.rcode.NXDOMAIN, 0)
    assert code_of("ex1.fabrikam.lab") == (dns.rcode.REFUSED, 0)


@pytest.mark.parametrize(
    "name",
    [
        "_kerberos._udp.contoso.lab",
        "_kerberos._tcp.CONTOSO.LAB",
        "_kerberos._tcp.dc._msdcs.contoso.lab",
    ],
)
def test_the_services_of_a_realm(name: str) -> None:
    (group,) = ask(name, "SRV").answer
    assert sorted(record.to_text() for record in group) == [
        "0 100 1088 dc1.contoso.lab.",
        "0 100 1089 dc2.contoso.lab.",
    ]


@pytest.mark.parametrize(
    ("name", "kind", "code", "answers"),
    [
        ("EX1.contoso.LAB", "A", dns.rcode.NOERROR, 1),
        ("v6.contoso.lab", "AAAA", dns.rcode.NOERROR, 1),
        ("ex1.contoso.lab", "AAAA", dns.rcode.NOERROR, 0),
        ("ex9.contoso.lab", "A", dns.rcode.NXDOMAIN, 0),
        ("_tcp.contoso.lab", "SRV", dns.rcode.NOERROR, 0),
        ("contoso.lab", "A", dns.rcode.NOERROR, 0),
        ("example.org", "A", dns.rcode.REFUSED, 0),
        ("xcontoso.lab", "A", dns.rcode.REFUSED, 0),
    ],
)
def test_names_that_exist_and_do_not(name: str, kind: str, code: dns.rcode.Rcode, answers: int) -> None:
    reply = ask(name, kind)
    assert (reply.rcode(), len(reply.answer)) == (code, answers)
    negative = code is not dns.rcode.REFUSED and not answers
    assert [group.rdtype.name for group in reply.authority] == ["SOA"] * negative


def with_aliases(*pairs: tuple[str, str]) -> Zone:
    aliases = tuple(Record(name=name, kind="CNAME", data=f"{target}.") for name, target in pairs)
    return Zone(origin=ZONE.origin, records=ZONE.records + aliases)


@pytest.mark.parametrize(
    ("kind", "found"),
    [("A", ["CNAME", "CNAME", "A"]), ("AAAA", ["CNAME", "CNAME"]), ("CNAME", ["CNAME"])],
)
def test_aliases_are_followed_to_what_they_stand_for(kind: str, found: list[str]) -> None:
    zone = with_aliases(("mail.contoso.lab", "relay.contoso.lab"), ("relay.contoso.lab", "EX1.contoso.lab"))
    reply = ask("mail.contoso.lab", kind, zone)
    assert [group.rdtype.name for group in reply.answer] == found
    assert reply.rcode() == dns.rcode.NOERROR
    assert bool(reply.authority) is (kind == "AAAA")


@pytest.mark.parametrize(
    ("target", "code"),
    [("gone.contoso.lab", dns.rcode.NXDOMAIN), ("mail.example.org", dns.rcode.NOERROR)],
)
def test_an_alias_of_nothing_and_one_that_leads_out(target: str, code: dns.rcode.Rcode) -> None:
    reply = ask("mail.contoso.lab", "A", with_aliases(("mail.contoso.lab", target)))
    # RFC 6604 section 3: the code is that of the last name of the chain.
    assert (reply.rcode(), len(reply.answer)) == (code, 1)


def test_aliases_in_a_circle_come_to_an_end() -> None:
    circle = with_aliases(("a.contoso.lab", "b.contoso.lab"), ("b.contoso.lab", "a.contoso.lab"))
    assert 2 <= len(ask("a.contoso.lab", "A", circle).answer) <= MAXIMUM_ALIASES


def ask_with(fault: Fault, name: str, kind: str = "A", number: int = 1) -> dns.message.Message:
    faults, query = Faults([fault], Ledger(clock=lambda: 0.0)), dns.message.make_query(name, kind)
    octets = answer([ZONE], query.to_wire(), transport="tcp", faults=faults, number=number)
    return dns.message.from_wire(octets)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ex1.contoso.lab", dns.rcode.SERVFAIL),
        ("nobody.contoso.lab", dns.rcode.SERVFAIL),
        ("ex1.fabrikam.lab", dns.rcode.REFUSED),
    ],
)
def test_a_server_that_is_not_able_to_answer(name: str, code: dns.rcode.Rcode) -> None:
    reply = ask_with(DnsDown(mode="SERVFAIL", under="contoso.lab"), name)
    assert (reply.rcode(), reply.answer, reply.authority) == (code, [], [])


def test_records_are_what_the_faults_leave_of_them() -> None:
    fault = DnsAddress(name="ex1.contoso.lab", address="127.0.0.9", every=2)
    found = [ask_with(fault, "EX1.contoso.lab", number=number).answer[0][0].to_text() for number in (1, 2, 3)]
    assert found == ["127.0.0.9", "127.0.0.1", "127.0.0.9"]
    assert ask_with(fault, "dc1.contoso.lab").answer[0][0].to_text() == "127.0.0.1"


@pytest.mark.parametrize(("place", "first"), [("before", "127.0.0.9"), ("behind", "127.0.0.1")])
def test_addresses_come_in_their_order_each_time(place: Literal["before", "behind"], first: str) -> None:
    fault = DnsAddress(name="ex1.contoso.lab", address="127.0.0.9", place=place)
    # A shuffle would give each of them in turn: 1 of 2^20 times it would not be seen.
    assert {ask_with(fault, "ex1.contoso.lab").answer[0][0].to_text() for _ in range(20)} == {first}


def test_service_records_that_are_missing_are_no_names_any_more() -> None:
    assert ask_with(DnsSrv(), "_kerberos._udp.contoso.lab", "SRV").rcode() == dns.rcode.NXDOMAIN
    assert ask_with(DnsSrv(service="ldap"), "_kerberos._udp.contoso.lab", "SRV").rcode() == dns.rcode.NOERROR


@pytest.mark.parametrize("listen", ["refuse", "drop"])
async def test_a_server_that_is_not_there(listen: Literal["refuse", "drop"]) -> None:
    ledger = Ledger(clock=lambda: 0.0)
    server = DnsServer(ZONE, faults=Faults([DnsDown(mode=listen)], ledger))
    await server.start()
    try:
        query = dns.message.make_query("ex1.contoso.lab", "A")
        with pytest.raises((OSError, dns.exception.Timeout)):
            await dns.asyncquery.udp(query, server.host, port=server.port, timeout=0.1)
    finally:
        await server.stop()
    assert [(entry.party, entry.detail["hook"]) for entry in ledger.of("fault")] == [("DNS", "dns_port")]


def test_a_name_that_is_withheld() -> None:
    assert ask("ex1.contoso.lab", "A", ZONE.without("EX1.contoso.lab")).rcode() == dns.rcode.NXDOMAIN
    assert ask("dc1.contoso.lab", "A", ZONE.without("ex1.contoso.lab")).rcode() == dns.rcode.NOERROR


def test_what_does_not_fit_a_datagram() -> None:
    zone = Zone(
        origin="big.lab",
        records=tuple(Record(name="x.big.lab", kind="TXT", data=f'"{n:0200}"') for n in range(9)),
    )
    cut = ask("x.big.lab", "TXT", zone, "udp")
    assert cut.flags & dns.flags.TC
    assert not cut.answer
    assert len(ask("x.big.lab", "TXT", zone, "tcp").answer[0]) == 9


@pytest.mark.parametrize(
    ("header", "code"),
    [
        # Opcode 4 (NOTIFY) and a response: not implemented, no answer.
        ("1234 2000 0001 0000 0000 0000", dns.rcode.NOTIMP),
        ("1234 8100 0001 0000 0000 0000", None),
    ],
)
def test_messages_that_are_no_query(header: str, code: dns.rcode.Rcode | None) -> None:
    reply = answer([ZONE], bytes.fromhex(header.replace(" ", "") + QUESTION), transport="udp")
    if code is None:
        assert reply == b""
    else:
        assert reply[3] & 0x0F == code


@given(st.binary(max_size=100))
def test_garbage(octets: bytes) -> None:
    reply = answer([ZONE], octets, transport="udp")
    assert reply == b"" or reply[:2] == octets[:2]


@given(st.data())
def test_damaged_queries(data: st.DataObject) -> None:
    damaged = bytearray(QUERY)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(QUERY) - 1))] = data.draw(st.integers(0, 255))
    reply = answer([ZONE], bytes(damaged), transport="udp")
    assert reply == b"" or reply[:2] == damaged[:2]


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    running = DnsServer(ZONE)
    await running.start()
    yield running
    await running.stop()


async def test_udp_and_tcp_on_one_port(server: DnsServer) -> None:
    query = dns.message.make_query("ex1.contoso.lab", "A")
    by_udp = await dns.asyncquery.udp(query, server.host, timeout=10, port=server.port)
    by_tcp = await dns.asyncquery.tcp(query, server.host, timeout=10, port=server.port)
    assert by_udp.answer == by_tcp.answer
    assert by_udp.answer[0][0].to_text() == "127.0.0.1"
