"""The probe's connection against servers made of the standard library's asyncio and ssl: a foreign TLS."""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from probe.net.connection import Address, Connection, ConnectionFailure
from probe.net.tls import HandshakeFailure
from tests.support.certificates import write_certificate

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Address]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    try:
        yield Address(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    finally:
        server.close()


def server_context(
    folder: Path, *, kind: str = "ec", version: ssl.TLSVersion | None = None
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*write_certificate(folder, "ex1.contoso.lab", kind=kind))
    if version is not None:
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1000):
        writer.write(data)
    writer.close()


async def test_octets_go_both_ways_and_the_end_is_empty() -> None:
    async with serving(echo) as address:
        connection = await Connection.open(address, timeout_s=5)
        await connection.write(b"EHLO probe\r\n")
        assert await connection.read() == b"EHLO probe\r\n"
        assert connection.local_address == "127.0.0.1"
        await connection.close()


async def test_a_closed_port_is_refused() -> None:
    async with serving(echo) as address:
        pass
    with pytest.raises(ConnectionFailure) as caught:
        await Connection.open(address, timeout_s=5)
    assert caught.value.reason == "refused"


async def test_silence_ends_at_the_time_out() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with serving(silent) as address:
        connection = await Connection.open(address, timeout_s=0.05)
        with pytest.raises(ConnectionFailure) as caught:
            await connection.read()
        assert caught.value.reason == "timed-out"
        await connection.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # that is the point: servers of 2008 speak TLS 1.0
async def test_tls_of_every_age(tmp_path: Path, version: ssl.TLSVersion) -> None:
    context = server_context(tmp_path, version=version)

    async def upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.start_tls(context)
        writer.write(b"220 inside\r\n" + await reader.readline())
        await writer.drain()
        writer.close()

    async with serving(upgrade) as address:
        connection = await Connection.open(address, timeout_s=5)
        session = await connection.start_tls("ex1.contoso.lab")
        await connection.write(b"EHLO probe\r\n")
        received = b""
        while data := await connection.read():
            received += data
        await connection.close()
    assert received == b"220 inside\r\nEHLO probe\r\n"
    assert session.version == {"TLSv1": "TLSv1"}.get(version.name, version.name.replace("_", "."))
    assert session.certificate is not None
    assert session.certificate.names == ("ex1.contoso.lab", "EX1")


async def test_garbage_in_place_of_tls_is_a_handshake_failure() -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)
        await writer.drain()
        await reader.read()
        writer.close()

    async with serving(garbage) as address:
        connection = await Connection.open(address, timeout_s=5)
        with pytest.raises(HandshakeFailure) as caught:
            await connection.start_tls("ex1.contoso.lab")
        await connection.close()
    assert "wrong version number" in caught.value.reason


async def test_a_peer_that_hangs_up_in_the_handshake() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10_000)
        writer.close()

    async with serving(hang_up) as address:
        connection = await Connection.open(address, timeout_s=5)
        with pytest.raises(HandshakeFailure, match="closed the connection"):
            await connection.start_tls("127.0.0.1")
        await connection.close()


async def test_a_handshake_that_trickles_ends_at_the_time_out() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB that never becomes whole
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b"\x00")
                await writer.drain()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1000), 0.02)
        writer.close()

    async with serving(trickle) as address:
        connection = await Connection.open(address, timeout_s=0.1)
        with pytest.raises(ConnectionFailure) as caught:
            await connection.start_tls("ex1.contoso.lab")
        assert caught.value.reason == "timed-out"
        await connection.close()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has 127.0.0.1 alone")
async def test_our_own_address_can_be_chosen() -> None:
    peers: list[str] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername")[0])
        await echo(reader, writer)

    async with serving(note) as address:
        connection = await Connection.open(address, timeout_s=5, source="127.0.0.2")
        await connection.write(b"x")
        assert await connection.read() == b"x"
        assert (peers, connection.local_address) == (["127.0.0.2"], "127.0.0.2")
        await connection.close()


# 192.0.2.1 is nobody's (RFC 5737); ::1 cannot reach an IPv4 address.
@pytest.mark.parametrize("source", ["192.0.2.1", "::1"])
async def test_an_address_that_cannot_be_ours_is_a_failure_and_no_exception_of_the_loops(source: str) -> None:
    async with serving(echo) as address:
        with pytest.raises(ConnectionFailure) as caught:
            await Connection.open(address, timeout_s=5, source=source)
        assert caught.value.reason == "unreachable"
