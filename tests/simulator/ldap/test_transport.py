import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from OpenSSL import SSL

from simulator.faults import Fault
from simulator.faults.engine import Faults
from simulator.faults.ldap_down import LdapDown
from simulator.faults.values import TlsSettings
from simulator.ldap import transport as ldap_transport
from simulator.ldap.transport import LdapServer
from simulator.ledger import Ledger
from simulator.tls.transport import server_context
from tests.support.ldap_sessions import SESSIONS, kinds, lab

START_TLS = bytes.fromhex(SESSIONS["StartTLS"]["client"][0])
ROOT = b"".join(bytes.fromhex(part) for part in SESSIONS["anonymous rootDSE"]["client"])


@asynccontextmanager
async def running(*faults: Fault, **settings: Any) -> AsyncIterator[LdapServer]:
    ledger = Ledger(clock=lambda: 0.0)
    catalog, tls = settings.pop("catalog", False), settings.get("tls")
    changes: dict[str, Any] = {"tls": "none" if tls is None else "offered"}
    controller = lab(faults=Faults(faults, ledger), catalog=catalog, **changes).controller
    server = LdapServer(controller, **settings)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def talk(server: LdapServer, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(data)
    received = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return received


async def test_a_client_is_answered_and_its_farewell_ends_the_connection() -> None:
    async with running() as server:
        assert kinds(await talk(server, ROOT)) == ["bindResponse", "searchResEntry", "searchResDone"]


async def test_an_idle_client_is_dropped() -> None:
    async with running(idle_s=0.05) as server:
        assert await talk(server, ROOT[:5]) == b""


async def test_hostile_octets_end_the_connection() -> None:
    async with running() as server:
        assert kinds(await talk(server, b"EHLO jump\r\n")) == ["extendedResp"]


async def test_connections_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ldap_transport, "MAXIMUM_CONNECTIONS", 1)
    async with running() as server:
        _, kept = await asyncio.open_connection(server.host, server.port)
        await asyncio.sleep(0.05)
        assert await talk(server, b"") == b""
        kept.close()


async def test_a_stop_ends_what_is_connected() -> None:
    async with running() as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        await asyncio.sleep(0.05)
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def refused(server: LdapServer) -> bool:
    try:
        await talk(server, ROOT)
    except ConnectionRefusedError:
        return True
    return False


async def silent(server: LdapServer) -> bool:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(ROOT)
    try:
        await asyncio.wait_for(reader.read(1), 0.3)
    except TimeoutError:
        return True
    finally:
        writer.close()
    return False


@pytest.mark.parametrize(("mode", "shows"), [("refuse", refused), ("drop", silent)])
@pytest.mark.parametrize("catalog", [False, True])
async def test_a_port_can_be_closed(mode: Any, shows: Callable[[LdapServer], Any], catalog: bool) -> None:
    service: Any = "global-catalog" if catalog else "ldap"
    other: Any = "ldap" if catalog else "global-catalog"
    async with running(LdapDown(on="DC1", mode=mode, service=service), catalog=catalog) as server:
        assert await shows(server)
    for fault in (LdapDown(on="DC1", mode=mode, service=other), LdapDown(on="DC2", mode=mode)):
        async with running(fault, catalog=catalog) as server:
            assert kinds(await talk(server, ROOT))[-1] == "searchResDone"


def context() -> SSL.Context:
    settings = TlsSettings(maximum="TLSv1.3", key_type="ec-p256")
    return server_context(settings, fqdn="dc1.contoso.lab", now=time.time())


def trusting() -> ssl.SSLContext:
    """The standard library's TLS, which asks for no proof."""
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


async def test_tls_from_the_start() -> None:
    async with running(tls=context(), implicit_tls=True) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port, ssl=trusting())
        writer.write(ROOT)
        received = await asyncio.wait_for(reader.read(), 5)
        assert kinds(received) == ["bindResponse", "searchResEntry", "searchResDone"]
        writer.close()


async def test_tls_on_request() -> None:
    async with running(tls=context()) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(START_TLS)
        assert kinds(await asyncio.wait_for(reader.read(1000), 5)) == ["extendedResp"]
        await asyncio.wait_for(writer.start_tls(trusting()), 5)
        writer.write(ROOT)
        received = await asyncio.wait_for(reader.read(), 5)
        assert kinds(received) == ["bindResponse", "searchResEntry", "searchResDone"]
        writer.close()


@pytest.mark.parametrize("implicit_tls", [True, False])
async def test_garbage_in_place_of_a_handshake_ends_the_connection(implicit_tls: bool) -> None:
    async with running(tls=context(), implicit_tls=implicit_tls) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        if not implicit_tls:
            writer.write(START_TLS)
            await asyncio.wait_for(reader.read(1000), 5)
        writer.write(ROOT)
        with contextlib.suppress(ConnectionResetError):
            assert b"dc1.contoso.lab" not in await asyncio.wait_for(reader.read(), 5)
        writer.close()


async def test_a_handshake_that_stalls_is_ended() -> None:
    async with running(tls=context(), implicit_tls=True, idle_s=0.05) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
