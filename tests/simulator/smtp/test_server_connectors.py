"""Several connectors on one port: who is served by which, and how long a refusal takes."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import pytest

from simulator.acceptors.acceptor import Acceptor
from simulator.faults import Fault
from simulator.faults.engine import Faults
from simulator.faults.pooled_connection import PooledConnection
from simulator.ledger import Ledger
from simulator.smtp.connector import AuthMechanism, ConnectorSettings
from simulator.smtp.ip_ranges import parse_range
from simulator.smtp.server import ReceiveServer
from simulator.smtp.session import ServerContext
from tests.support.impacket_initiator import NOW
from tests.support.raw_smtp import RawClient, raw_client
from tests.support.receive_server import receive_server

TEMPORARY = b"454 4.7.0 Temporary authentication failure\r\n"
TOO_MANY = b"421 4.7.0 Too many errors on this connection, closing transmission channel\r\n"
UNSUCCESSFUL = b"535 5.7.3 Authentication unsuccessful\r\n"

needs_127_0_0_2 = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has 127.0.0.1 alone")


def settings(name: str, *ranges: str, auth: str = "ExchangeServer") -> ConnectorSettings:
    return ConnectorSettings(
        name=name,
        server="EX1",
        fqdn="ex1.contoso.lab",
        auth=frozenset({AuthMechanism(auth)}),
        remote_ip_ranges=tuple(map(parse_range, ranges)),
    )


def nobody() -> Acceptor:
    raise AssertionError("nobody logs on here")


@contextlib.asynccontextmanager
async def port_of(*connectors: ConnectorSettings) -> AsyncIterator[tuple[ReceiveServer, Ledger]]:
    ledger = Ledger(clock=lambda: NOW)
    lab = ServerContext(acceptor=nobody, faults=Faults((), ledger), ledger=ledger, clock=lambda: NOW)
    server = ReceiveServer(connectors[0], lab, others=connectors[1:])
    await server.start()
    try:
        yield server, ledger
    finally:
        await server.stop()
        assert server.connections == 0


@contextlib.asynccontextmanager
async def client_from(address: str, port: int) -> AsyncIterator[RawClient]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        yield RawClient(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@needs_127_0_0_2
async def test_the_clients_address_decides_and_the_ledger_says_which() -> None:
    default, relay = settings("Default", "0.0.0.0/0"), settings("Relay", "127.0.0.2", auth="Tls")
    async with port_of(default, relay) as (server, ledger):
        offers = {}
        for address in ("127.0.0.1", "127.0.0.2"):
            async with client_from(address, server.port) as client:
                await client.reply()
                offers[address] = b"X-EXPS" in await client.ehlo()
        assert offers == {"127.0.0.1": True, "127.0.0.2": False}
        connects = [entry.detail for entry in ledger.of("smtp-connect")]
        assert [(detail["connector"], detail["address"]) for detail in connects] == [
            ("Default", "127.0.0.1"),
            ("Relay", "127.0.0.2"),
        ]
        assert [str(detail["remote"]).rpartition(":")[0] for detail in connects] == ["127.0.0.1", "127.0.0.2"]
        assert {detail["local"] for detail in connects} == {f"127.0.0.1:{server.port}"}
        assert len({detail["session"] for detail in connects}) == 2


async def test_a_client_that_no_range_holds_gets_no_banner() -> None:
    async with port_of(settings("Elsewhere", "192.0.2.0/24")) as (server, ledger):
        async with raw_client(server.port, greeting=False) as client:
            assert await client.rest() == b"421 4.3.2 Service not available\r\n"
        assert ledger.of("smtp-connect") == []


async def test_who_ended_the_connection_is_known() -> None:
    async with receive_server() as lab:
        async with raw_client(lab.port) as client:
            await client.ask(b"QUIT")
            await client.rest()
        gone = asyncio.Event()
        lab.ledger.subscribe(lambda entry: gone.set() if entry.kind == "smtp-close" else None)
        async with raw_client(lab.port) as client:
            await client.ask(b"NOOP")
        async with asyncio.timeout(10):
            await gone.wait()
        assert [entry.detail["by"] for entry in lab.ledger.of("smtp-close")] == ["local", "remote"]


@pytest.mark.parametrize(("tarpit_s", "waits"), [(30.0, True), (0.0, False)])
async def test_a_refusal_waits_in_the_tarpit(tarpit_s: float, waits: bool) -> None:
    async with receive_server(tarpit_s=tarpit_s) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        client.writer.write(b"X-EXPS GSSAPI !\r\n")
        if waits:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.reply()
            noted = lab.ledger.of("tarpit")[0].detail
            assert (noted["seconds"], noted["reply"]) == (30.0, TEMPORARY.strip().decode())
        else:
            assert await client.reply() == TEMPORARY
            assert lab.ledger.of("tarpit") == []


async def test_a_success_does_not_wait() -> None:
    async with receive_server(tarpit_s=30.0) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        answer = await client.ask_token(lab.initiator().token(), b"X-EXPS GSSAPI")
        assert answer == b"235 2.7.0 Authentication successful\r\n"


@pytest.mark.parametrize(
    ("failures", "maximum", "reply"),
    [(2, 3, UNSUCCESSFUL), (3, 3, TOO_MANY), (1, 1, TOO_MANY), (9, 0, UNSUCCESSFUL)],
)
async def test_failures_of_others_on_the_connection_count(failures: int, maximum: int, reply: bytes) -> None:
    fault: Fault = PooledConnection(on="EX1", failures=failures)
    async with receive_server(fault, max_logon_failures=maximum) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(b"AUTH GSSAPI !") == reply
