import asyncio

import pytest

from simulator.faults import Fault
from simulator.faults.engine import Faults
from simulator.faults.smb_down import SmbDown
from simulator.ledger import Ledger
from simulator.smb.transport import SmbServer
from tests.simulator.smb.test_session import answers, negotiate, session


def server(*faults: Fault, **settings: float) -> SmbServer:
    service = session()._service
    return SmbServer(service, Faults(faults, Ledger(clock=lambda: 0.0)), **settings)  # type: ignore[arg-type]


async def test_a_client_is_answered() -> None:
    smb = server()
    await smb.start()
    try:
        reader, writer = await asyncio.open_connection(smb.host, smb.port)
        writer.write(negotiate(0x0210))
        head = await asyncio.wait_for(reader.readexactly(4), 5)
        (answer,) = answers(head + await reader.readexactly(int.from_bytes(head, "big")))
        assert answer["Status"] == 0
        writer.close()
    finally:
        await smb.stop()


async def test_a_silent_client_is_dropped() -> None:
    smb = server(idle_s=0.05)
    await smb.start()
    try:
        reader, writer = await asyncio.open_connection(smb.host, smb.port)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    finally:
        await smb.stop()


async def test_a_port_that_is_down() -> None:
    smb = server(SmbDown(on="EX1"))
    await smb.start()
    try:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(smb.host, smb.port)
    finally:
        await smb.stop()
