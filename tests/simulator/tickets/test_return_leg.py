"""How a lab server reaches its KDCs: which transport, which KDC, and for how long."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

import pytest

from simulator.directory.store import Account
from simulator.kerberos import MAXIMUM_BYTES
from simulator.net.actions import Action, Listen, Send, Silence
from simulator.net.udp_tcp_server import Framing, RequestServer
from simulator.tickets.client import TicketError
from simulator.tickets.return_leg import KdcClient, ReturnLeg
from tests.support.lab_machine import SPN, kdc, machine
from tests.support.scripted_kdc import NOW, ScriptedKdc

Handler = Callable[[bytes, Literal["udp", "tcp"]], Action]
FRAMING = Framing(length_octets=4, maximum=MAXIMUM_BYTES)
SHORT_S = 0.05
"""How long silence is waited for."""
LONG_S = 30.0
"""Longer than any test takes: whoever waits so long hangs."""


class Peer:
    """A scripted KDC behind both transports, and what came over which."""

    def __init__(self, peer: ScriptedKdc | None = None, *, udp_limit: int = 65_535) -> None:
        self.kdc = peer or kdc()
        self.udp_limit = udp_limit
        self.silent: set[str] = set()
        self.asked: list[str] = []
        self.port = 0

    def __call__(self, request: bytes, transport: Literal["udp", "tcp"]) -> Action:
        self.asked.append(transport)
        if transport in self.silent:
            return Silence()
        answer = self.kdc(request)
        if transport == "udp" and len(answer) > self.udp_limit:
            answer = self.kdc.error(52)
        return Send(data=answer)


@contextlib.asynccontextmanager
async def listening(
    peer: Peer, *, udp: Listen = Listen.SERVE, tcp: Listen = Listen.SERVE
) -> AsyncIterator[tuple[str, int]]:
    server = RequestServer(peer, FRAMING, udp=udp, tcp=tcp)
    await server.start()
    try:
        yield "127.0.0.1", server.port
    finally:
        await server.stop()


def leg(*addresses: tuple[str, int], **changes: Any) -> ReturnLeg:
    waits: dict[str, Any] = {"udp_timeout_s": LONG_S, "tcp_timeout_s": LONG_S} | {
        name: changes.pop(name) for name in ("udp_timeout_s", "tcp_timeout_s", "reach") if name in changes
    }
    account: Account = machine().account
    fields: dict[str, Any] = {"account": lambda: account, "clock": lambda: NOW, "randomness": os.urandom}
    return ReturnLeg(
        kdcs=KdcClient(lambda: addresses, **waits), **({"deadline_s": LONG_S} | fields | changes)
    )


async def test_udp_is_enough_for_short_answers() -> None:
    peer = Peer()
    async with listening(peer) as address:
        assert (await leg(address).initiate(SPN)).token
    assert peer.asked == ["udp"] * 3
    assert peer.kdc.seen == ["as EX1$", "preauth EX1$", f"tgs {SPN}"]


async def test_the_ticket_granting_ticket_is_kept_and_the_service_ticket_asked_for_again() -> None:
    peer, now = Peer(), NOW
    async with listening(peer) as address:
        found = leg(address, clock=lambda: now)
        first, second = await found.initiate(SPN), await found.initiate(SPN)
        assert peer.kdc.seen[3:] == [f"tgs {SPN}"]
        assert first.token != second.token
        peer.kdc.clock = now = NOW + 36_000 - 299  # nearly at its end
        await found.initiate(SPN)
        assert peer.kdc.seen[4:] == ["as EX1$", "preauth EX1$", f"tgs {SPN}"]


async def test_an_answer_too_long_for_a_datagram_comes_over_tcp() -> None:
    peer = Peer(kdc(padding=60_000), udp_limit=1_400)
    async with listening(peer) as address:
        assert len((await leg(address).initiate(SPN)).token) > 60_000
    assert peer.asked == ["udp", "udp", "tcp", "udp", "tcp"]


async def test_udp_that_is_closed_is_passed_over_at_once() -> None:
    peer = Peer()
    async with listening(peer, udp=Listen.REFUSE) as address:
        await leg(address).initiate(SPN)
    assert peer.asked == ["tcp"] * 3


async def test_udp_that_is_silent_is_waited_for_once() -> None:
    peer = Peer()
    peer.silent = {"udp"}
    async with listening(peer) as address:
        await leg(address, udp_timeout_s=SHORT_S).initiate(SPN)
    assert sorted(peer.asked) == ["tcp", "tcp", "tcp", "udp"]


async def test_the_next_kdc_is_asked_when_one_does_not_answer() -> None:
    deaf, peer = Peer(), Peer()
    deaf.silent = {"udp", "tcp"}
    async with listening(deaf) as first, listening(peer) as second:
        # The one that does answer has to be given the time for it.
        await leg(first, second, udp_timeout_s=SHORT_S, tcp_timeout_s=0.5).initiate(SPN)
    assert "udp" in deaf.asked
    assert peer.kdc.seen[-1] == f"tgs {SPN}"


@pytest.mark.parametrize("met", [Listen.REFUSE, Listen.DROP])
async def test_where_the_servers_own_way_is_shut_nothing_leaves_and_the_next_kdc_is_asked(
    met: Listen,
) -> None:
    unreached, peer = Peer(), Peer()
    tries: list[tuple[tuple[str, int], str]] = []
    async with listening(unreached) as first, listening(peer) as second:

        def reach(address: tuple[str, int], transport: str) -> Listen:
            tries.append((address, transport))
            return met if address == first else Listen.SERVE

        await leg(first, second, reach=reach, udp_timeout_s=SHORT_S, tcp_timeout_s=0.5).initiate(SPN)
    assert unreached.asked == []
    assert peer.kdc.seen[-1] == f"tgs {SPN}"
    # As with a port that is silent: its UDP is not waited for a second time.
    assert [transport for address, transport in tries if address == first] == (
        ["udp", "tcp"] * 3 if met is Listen.REFUSE else ["udp", "tcp", "tcp", "tcp"]
    )


async def test_a_way_that_refuses_takes_no_time_and_one_that_drops_takes_the_deadline() -> None:
    async with listening(Peer()) as address:
        with pytest.raises(TicketError, match="no domain controller answers"):
            await leg(address, reach=lambda _, __: Listen.REFUSE).initiate(SPN)
        with pytest.raises(TicketError, match=r"no ticket within 0\.05 s") as caught:
            await leg(address, reach=lambda _, __: Listen.DROP, deadline_s=SHORT_S).initiate(SPN)
    assert caught.value.status == "NoAuthenticatingAuthority"


async def test_a_referral_is_followed_to_the_other_realms_kdc() -> None:
    here, there = Peer(kdc(referrals={SPN: "FABRIKAM.LAB"})), Peer(kdc(realm="FABRIKAM.LAB"))
    async with listening(here) as first, listening(there) as second:
        others = {"FABRIKAM.LAB": KdcClient(lambda: [second]), "CONTOSO.LAB": KdcClient(lambda: [first])}
        assert (await leg(first, others=others).initiate(SPN)).token
    assert here.kdc.seen == ["as EX1$", "preauth EX1$", f"tgs {SPN}"]
    assert there.kdc.seen == [f"tgs {SPN}"]


async def test_a_referral_to_nowhere_and_one_in_a_circle_end() -> None:
    lost = Peer(kdc(referrals={SPN: "THIRD.LAB"}))
    here = Peer(kdc(referrals={SPN: "FABRIKAM.LAB"}))
    back = Peer(kdc(realm="FABRIKAM.LAB", referrals={SPN: "CONTOSO.LAB"}))
    async with listening(lost) as nowhere, listening(here) as first, listening(back) as second:
        others = {"FABRIKAM.LAB": KdcClient(lambda: [second]), "CONTOSO.LAB": KdcClient(lambda: [first])}
        for address in (nowhere, first):
            with pytest.raises(TicketError) as caught:
                await leg(address, others=others).initiate(SPN)
            assert caught.value.status == "NoAuthenticatingAuthority"
    assert back.kdc.seen == [f"tgs {SPN}"]


async def test_a_kdc_that_refuses_has_the_last_word() -> None:
    ignorant, peer = Peer(kdc(services={})), Peer()
    async with listening(ignorant) as first, listening(peer) as second:
        with pytest.raises(TicketError) as caught:
            await leg(first, second).initiate(SPN)
    assert caught.value.status == "TargetUnknown"
    assert peer.asked == []


async def test_no_kdc_at_all() -> None:
    with pytest.raises(TicketError, match="no domain controller answers") as caught:
        await leg().initiate(SPN)
    assert caught.value.status == "NoAuthenticatingAuthority"


async def test_a_stopped_kdc() -> None:
    async with listening(Peer(), udp=Listen.REFUSE, tcp=Listen.REFUSE) as address:
        with pytest.raises(TicketError, match="no domain controller answers"):
            await leg(address).initiate(SPN)


async def test_the_deadline_is_for_everything() -> None:
    peer = Peer()
    peer.silent = {"udp", "tcp"}
    async with listening(peer) as address:
        with pytest.raises(TicketError, match=r"no ticket within 0\.05 s") as caught:
            await leg(address, deadline_s=SHORT_S).initiate(SPN)
    assert caught.value.status == "NoAuthenticatingAuthority"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x7f\xff\xff\xff",  # 2 GiB announced
        b"\x00\x00\x00\x08\x6b",  # eight announced, one comes
        b"\x00\x00\x00\x00",
    ],
)
async def test_a_kdc_that_does_not_keep_to_the_framing(answer: bytes) -> None:
    async def answer_so(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(4)
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer_so, "127.0.0.1", 0)
    async with server:
        address = server.sockets[0].getsockname()
        with pytest.raises(TicketError, match="no domain controller answers"):
            await leg(address, udp_timeout_s=SHORT_S).initiate(SPN)


@pytest.mark.parametrize("answer", [b"\x7e", b"\x7e\x03abc", b"x" * 2_000])
async def test_garbage_in_a_datagram(answer: bytes) -> None:
    server = RequestServer(lambda _, __: Send(data=answer), FRAMING)
    await server.start()
    try:
        with pytest.raises(TicketError) as caught:
            await leg(("127.0.0.1", server.port)).initiate(SPN)
    finally:
        await server.stop()
    assert caught.value.status == "InvalidToken"
