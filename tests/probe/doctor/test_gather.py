"""A doctor's run against KDCs of a script, and against loopback."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from probe.diagnosis.verdict import Overall
from probe.doctor import gather as module
from probe.doctor import host as own
from probe.doctor.examine import examine
from probe.doctor.gather import DoctorOptions, gather
from probe.doctor.show import document
from probe.doctor.values import HostFacts, Installed
from probe.net.dns import Lookup
from probe.settings.environment import Environment
from probe.settings.host import Host
from probe.tickets.client.locator import SrvAnswer
from probe.tickets.client.transport import Answer, FailureReason, KdcEndpoint, Transport, TransportFailure
from tests.support.scripted_kdc import NOW, ScriptedKdc, counting


class Network:
    """Reaches scripted KDCs by ``HOST:PORT``; all others refuse."""

    def __init__(self, **kdcs: ScriptedKdc) -> None:
        self.kdcs = {f"{name}.contoso.lab:88": kdc for name, kdc in kdcs.items()}
        self.dead: set[tuple[str, Transport]] = set()

    async def exchange(
        self, endpoint: KdcEndpoint, transport: Transport, request: bytes, *, timeout_s: float
    ) -> Answer | TransportFailure:
        kdc = self.kdcs.get(str(endpoint))
        if kdc is None or (str(endpoint), transport) in self.dead:
            return TransportFailure(reason=FailureReason.TIMED_OUT)
        return Answer(data=kdc(request), sent_at=NOW, received_at=NOW + 0.02)


class World:
    """A host whose names, DNS and libraries are ours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, root: Path, network: Network) -> None:
        self.network = network
        self.host = Host(environ={"KRB5CCNAME": f"{root}/none"}, root=root, platform="linux")
        self.srv = SrvAnswer(error="no-such-name")
        self.asked: list[str] = []
        monkeypatch.setattr(own, "own_names", lambda: ("jump", "jump.contoso.lab"))
        monkeypatch.setattr(own, "name_servers", lambda: ("192.0.2.53",))
        monkeypatch.setattr(own, "read_installed", lambda _: Installed(native=True))
        monkeypatch.setattr(module, "srv_kdcs", self._srv)
        monkeypatch.setattr(module, "system_addresses", self._addresses)
        monkeypatch.setattr(module, "dns_addresses", self._addresses)
        monkeypatch.setattr(module, "PORTS", {})
        monkeypatch.setattr(module, "SNTP_PORT", 1)  # tcpmux: nobody answers

    async def _srv(self, realm: str, **_: Any) -> SrvAnswer:
        self.asked.append(realm)
        return self.srv

    async def _addresses(self, name: str, **_: Any) -> Lookup:
        return Lookup(addresses=("127.0.0.1",))

    async def facts(self, **options: Any) -> HostFacts:
        environment = Environment(
            clock=lambda: NOW, monotonic=lambda: 0.0, randomness=counting, kdc_transport=self.network
        )
        return await gather(DoctorOptions(**options), environment, self.host)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    return World(monkeypatch, tmp_path, Network(dc1=ScriptedKdc(), dc2=ScriptedKdc(clock=NOW + 600)))


DC1, DC2 = KdcEndpoint("dc1.contoso.lab"), KdcEndpoint("dc2.contoso.lab")


async def test_kdcs_by_dns_each_over_both_transports(world: World) -> None:
    world.srv = SrvAnswer(kdcs=(DC1, replace(DC2, only=Transport.TCP)))
    world.network.dead = {("dc1.contoso.lab:88", Transport.UDP)}
    facts = await world.facts()
    assert (facts.realm, facts.realm_from, facts.kdcs.source) == ("CONTOSO.LAB", "domain", "dns-srv")
    assert (facts.dns.udp_kdcs, facts.dns.tcp_kdcs) == (
        ("dc1.contoso.lab:88",),
        ("dc1.contoso.lab:88", "dc2.contoso.lab:88"),
    )
    assert [(way.kdc, way.transport, way.error, way.code) for way in facts.kdcs.ways] == [
        ("dc1.contoso.lab:88", "udp", "timed-out", None),
        ("dc1.contoso.lab:88", "tcp", "", 6),
        ("dc2.contoso.lab:88", "tcp", "", 6),
    ]
    assert world.asked == ["CONTOSO.LAB"], "once"


async def test_a_skewed_kdc_is_named(world: World) -> None:
    world.srv = SrvAnswer(kdcs=(DC1, DC2))
    facts = await world.facts()
    (found,) = (item for item in examine(facts) if item.code == "clock-kdc")
    assert "dc2.contoso.lab" in found.says
    assert "dc1" not in found.says


async def test_options_come_before_everything(world: World) -> None:
    facts = await world.facts(realm="OTHER.LAB", kdcs=(DC1,), nameserver=KdcEndpoint("127.0.0.1", 5353))
    assert (facts.realm, facts.realm_from, facts.kdcs.source) == ("OTHER.LAB", "option", "option")
    assert facts.dns.nameservers == ("127.0.0.1:5353",)
    assert [way.kdc for way in facts.kdcs.ways] == ["dc1.contoso.lab:88"] * 2


async def test_krb5_conf(world: World) -> None:
    path = world.host.root / "etc" / "krb5.conf"
    path.parent.mkdir()
    path.write_text(
        "[libdefaults]\ndefault_realm = CONTOSO.LAB\ndns_lookup_kdc = no\n"
        "[realms]\nCONTOSO.LAB = {\nkdc = dc2.contoso.lab\n}\n"
    )
    facts = await world.facts()
    assert (facts.realm_from, facts.kdcs.source) == ("krb5.conf", "krb5.conf")
    assert {way.kdc for way in facts.kdcs.ways} == {"dc2.contoso.lab:88"}


async def test_no_realm_asks_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "own_names", lambda: ("jump", "jump"))
    facts = await world.facts()
    assert (facts.realm, facts.kdcs.ways, facts.dns.asked, world.asked) == ("", (), False, [])


async def test_a_windows_user_has_a_domain(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "own_names", lambda: ("jump", "jump"))
    monkeypatch.setattr(own, "read_time_service", lambda _: HostFacts(host="", platform="").time_service)
    world.host = replace(world.host, platform="win32", environ={"USERDNSDOMAIN": "contoso.lab"})
    facts = await world.facts()
    assert (facts.realm, facts.realm_from) == ("CONTOSO.LAB", "domain")


async def test_a_resolver_that_hangs_is_not_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang() -> tuple[str, str]:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result()
        return "late", "late.contoso.lab"

    monkeypatch.setattr(own, "own_names", hang)
    facts = await world.facts(timeout_s=0.05, realm="CONTOSO.LAB")
    release.set()
    assert "late" not in facts.host
    assert facts.realm == "CONTOSO.LAB"


async def test_ports_are_knocked_at_only_beside_port_88(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setattr(module, "PORTS", {port: "ours", 1: "nobody's"})
    facts = await world.facts(kdcs=(KdcEndpoint("127.0.0.1"), KdcEndpoint("127.0.0.1", 8888)))
    server.close()
    assert {knock.port: knock.error for knock in facts.kdcs.knocks} == {port: "", 1: "refused"}
    facts = await world.facts(kdcs=(KdcEndpoint("127.0.0.1", 8888),))
    assert facts.kdcs.knocks == ()


# RFC 5905 figure 8, by hand: leap 0, version 4, server; stratum 3; precision 2**-20; 192.0.2.1; then our own octets
# copied, and twice 2026-08-01T00:10:00Z, which is NOW less its quarter of a second and plus 600 s, in NTP's era 0.
SNTP_HEAD = bytes.fromhex("24 03 00 ec 00000000 00000000 c0000201 0000000000000000")
TEN_MINUTES_ON = (2208988800 + 1785542400 + 600).to_bytes(4, "big") + bytes(4)


class TimeService(asyncio.DatagramProtocol):
    """Answers a client's question as a synchronized server whose clock stands."""

    transport: asyncio.DatagramTransport

    def __init__(self, head: bytes) -> None:
        self._head = head

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(self._head + data[40:48] + TEN_MINUTES_ON * 2, addr)


@pytest.mark.parametrize(
    ("head", "synchronized", "error"),
    [
        (SNTP_HEAD, True, ""),
        (bytes([0xE4]) + SNTP_HEAD[1:], False, ""),
        (bytes([0xE4, 0]) + SNTP_HEAD[2:12] + b"RATE" + SNTP_HEAD[16:], None, "kiss-of-death RATE"),
    ],
)
async def test_the_time_service_of_a_kdcs_host(
    world: World, monkeypatch: pytest.MonkeyPatch, head: bytes, synchronized: bool | None, error: str
) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: TimeService(head), local_addr=("127.0.0.1", 0))
    monkeypatch.setattr(module, "SNTP_PORT", transport.get_extra_info("sockname")[1])
    facts = await world.facts(
        kdcs=(KdcEndpoint("127.0.0.1"), KdcEndpoint("127.0.0.1", 8888)), realm="CONTOSO.LAB"
    )
    transport.close()
    (server,) = facts.kdcs.time_servers
    assert (server.synchronized, server.error) == (synchronized, error)
    if not error:
        assert server.clock is not None
        assert (server.clock.who, server.clock.source) == ("127.0.0.1:88", "sntp")
        assert server.clock.offset_s == pytest.approx(600 - 0.25)


async def test_the_document_of_a_run_is_json(world: World) -> None:
    world.srv = SrvAnswer(kdcs=(DC1,))
    facts = await world.facts()
    content = document(facts, examine(facts), Overall.OK, tool={}, duration_ms=0.0)
    assert json.loads(json.dumps(content, allow_nan=False))["facts"]["realm"] == "CONTOSO.LAB"
