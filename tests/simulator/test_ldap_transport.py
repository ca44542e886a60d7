import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from simulator import ldap_transport
from simulator.faults import Fault, Faults
from simulator.faults.ldap_down import LdapDown
from simulator.ldap_transport import LdapServer
from simulator.ledger import Ledger
from tests.support.ldap_sessions import SESSIONS, kinds, lab

ROOT = b"".join(bytes.fromhex(part) for part in SESSIONS["anonymous rootDSE"]["client"])


@asynccontextmanager
async def running(*faults: Fault, **settings: Any) -> AsyncIterator[LdapServer]:
    ledger = Ledger(clock=lambda: 0.0)
    catalog = settings.pop("catalog", False)
    controller = lab(faults=Faults(faults, ledger), catalog=catalog).controller
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
