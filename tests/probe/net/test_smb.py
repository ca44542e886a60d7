"""One SMB2 connection against peers that are not what they should be; the good ones are in tests/interop."""

import asyncio

import pytest

from probe.net.connection import Address, ConnectionFailure
from probe.net.smb import MAXIMUM_INTERIM, Answer, SmbConnection
from probe.wire import smb2
from probe.wire.smb2 import Smb2Error
from tests.support.foreign_smb import GUID, NEGOTIATED_21, NEGOTIATED_311, SALT
from tests.support.hostile import Behaviour, Peer, hostile_server
from tests.support.mit import free_port

PENDING = bytearray(NEGOTIATED_21[:73])
PENDING[8:12], PENDING[16:20] = (0x103).to_bytes(4, "little"), (3).to_bytes(4, "little")


def framed(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


def says(*pieces: bytes, then_close: bool = True) -> Behaviour:
    """Waits for the request, then sends the pieces one after the other."""

    async def talk(peer: Peer) -> None:
        await peer.reader.readexactly(4)
        for piece in pieces:
            await peer.say(piece)
            await asyncio.sleep(0)
        if not then_close:
            await peer.stay()

    return talk


async def negotiated(talk: Behaviour, *, timeout_s: float = 5.0) -> tuple[Answer, smb2.Negotiated]:
    async with (
        hostile_server(talk) as port,
        await SmbConnection.open(
            Address(host="127.0.0.1", port=port), timeout_s=timeout_s, clock=iter((10.0, 12.0)).__next__
        ) as smb,
    ):
        answer = await smb.negotiate(client_guid=GUID, salt=SALT)
        return answer, smb.accept(answer)


async def test_an_answer_octet_by_octet() -> None:
    whole = framed(NEGOTIATED_311)
    answer, read = await negotiated(says(*(whole[n : n + 1] for n in range(len(whole)))))
    assert read.dialect == "3.1.1"
    assert (answer.sent_at, answer.received_at) == (10.0, 12.0)


async def test_an_answer_that_takes_longer() -> None:
    pending = framed(bytes(PENDING))
    _, read = await negotiated(says(pending, pending, framed(NEGOTIATED_21)))
    assert read.dialect == "2.1"


async def test_an_answer_that_never_stops_taking_longer() -> None:
    with pytest.raises(Smb2Error, match="interim"):
        await negotiated(says(framed(bytes(PENDING)) * (MAXIMUM_INTERIM + 1), then_close=False))


@pytest.mark.parametrize(
    "octets",
    [
        b"220 ex1.contoso.lab Microsoft ESMTP MAIL Service ready\r\n",
        b"\x00\xff\xff\xff" + bytes(1000),
        framed(NEGOTIATED_21[:24] + b"\x07" + NEGOTIATED_21[25:]),
        framed(bytes(64)),
    ],
)
async def test_what_is_no_answer(octets: bytes) -> None:
    with pytest.raises(Smb2Error):
        await negotiated(says(octets, then_close=False))


@pytest.mark.parametrize("octets", [b"", framed(NEGOTIATED_21)[:-1]])
async def test_a_connection_that_ends_early(octets: bytes) -> None:
    with pytest.raises(ConnectionFailure) as caught:
        await negotiated(says(octets))
    assert caught.value.reason == "closed"


@pytest.mark.parametrize("octets", [b"", framed(NEGOTIATED_21)[:-1]])
async def test_a_peer_that_falls_silent(octets: bytes) -> None:
    with pytest.raises(ConnectionFailure) as caught:
        await negotiated(says(octets, then_close=False), timeout_s=0.2)
    assert caught.value.reason == "timed-out"


async def test_a_peer_that_sends_an_octet_now_and_then_gets_no_more_time() -> None:
    async def drip(peer: Peer) -> None:
        await peer.reader.readexactly(4)
        for octet in framed(NEGOTIATED_21):
            await peer.say(bytes((octet,)))
            await asyncio.sleep(0.05)

    with pytest.raises(ConnectionFailure) as caught:
        await negotiated(drip, timeout_s=0.3)
    assert caught.value.reason == "timed-out"


async def test_nobody_listens() -> None:
    address = Address(host="127.0.0.1", port=free_port())
    with pytest.raises(ConnectionFailure) as caught:
        await SmbConnection.open(address, timeout_s=5.0, clock=lambda: 0.0)
    assert caught.value.reason == "refused"
