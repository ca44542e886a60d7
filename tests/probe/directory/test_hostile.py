"""Controllers that mean ill, before and behind the bind: every visit ends in time and in bounded memory."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from probe.trace.facts import Outcome
from probe.wire.ldap.messages import MAXIMUM_MESSAGE_BYTES
from tests.support import foreign_ldap
from tests.support.directory_run import OneTicket, examine
from tests.support.hostile import Peer, hostile_server, reset_at_once
from tests.support.hostile_run import MEGABYTE, bounded_memory
from tests.support.ldap_controller import FIRST_NUMBER, ROOT, Controller, read_clear, read_sealed, seal
from tests.support.mit_receiver import credential

Hostile = Callable[[Peer], Awaitable[None]]
ENTRY = foreign_ldap.entry(1, "", ROOT)


def _long(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x83]) + len(content).to_bytes(3, "big") + content


async def silent(peer: Peer) -> None:
    await peer.stay()


async def closed(peer: Peer) -> None:
    await read_clear(peer)
    peer.writer.close()


async def half_an_entry(peer: Peer) -> None:
    await read_clear(peer)
    await peer.say(ENTRY[:50])
    peer.writer.close()


async def smtp(peer: Peer) -> None:
    await peer.say(b"220 ex1.contoso.lab ESMTP\r\n")
    await peer.stay()


async def tls_alert(peer: Peer) -> None:
    await peer.flood(b"\x15\x03\x01\x00\x02\x02\x28" * 1000)


async def endless_zeros(peer: Peer) -> None:
    await peer.flood(bytes(65536))


async def endless_entries(peer: Peer) -> None:
    await read_clear(peer)
    await peer.flood(foreign_ldap.entry(1, "CN=a", {"cn": ("x" * 500,)}) * 100)


async def endless_answers_to_others(peer: Peer) -> None:
    await peer.flood(foreign_ldap.done(77) * 1000)


async def endless_references(peer: Peer) -> None:
    await read_clear(peer)
    await peer.flood(foreign_ldap.reference(1, "ldap://dc1.contoso.lab/DC=contoso,DC=lab") * 500)


async def endless_unknown_operations(peer: Peer) -> None:
    await read_clear(peer)
    await peer.flood(bytes.fromhex("30050201017900") * 5000)


async def ten_megabytes(peer: Peer) -> None:
    await read_clear(peer)
    await peer.say(b"\x30\x84" + (10 * MEGABYTE).to_bytes(4, "big"))
    await peer.flood(bytes(65536))


async def just_too_much(peer: Peer) -> None:
    await read_clear(peer)
    await peer.flood(b"\x30\x83" + MAXIMUM_MESSAGE_BYTES.to_bytes(3, "big") + bytes(65536))


async def the_most_values(peer: Peer) -> None:
    """As many as fit into the longest message: two octets of value in four."""
    await read_clear(peer)
    values = _long(0x31, b"\x04\x00" * 260_000)
    attribute = _long(0x30, b"\x04\x08memberOf" + values)
    entry = _long(0x64, b"\x04\x00" + _long(0x30, attribute))
    await peer.say(_long(0x30, b"\x02\x01\x01" + entry) + foreign_ldap.done(1, 1))
    await peer.stay()


async def an_octet_at_a_time(peer: Peer) -> None:
    await read_clear(peer)
    await peer.trickle(ENTRY)


async def nested(peer: Peer) -> None:
    await read_clear(peer)
    inner = b""
    for _ in range(2000):
        inner = b"\x30\x83" + len(inner).to_bytes(3, "big") + inner
    await peer.say(b"\x30\x83" + (len(inner) + 3).to_bytes(3, "big") + b"\x02\x01\x01" + inner)
    await peer.stay()


@pytest.mark.parametrize(
    ("behaviour", "error", "outcome"),
    [
        (silent, "timed-out", Outcome.TIMEOUT),
        (closed, "closed", Outcome.CLOSED),
        (reset_at_once, "closed", Outcome.CLOSED),
        (half_an_entry, "closed", Outcome.CLOSED),
        (smtp, "malformed", Outcome.MALFORMED),
        (tls_alert, "malformed", Outcome.MALFORMED),
        (endless_zeros, "malformed", Outcome.MALFORMED),
        (endless_entries, "malformed", Outcome.MALFORMED),
        (endless_answers_to_others, "malformed", Outcome.MALFORMED),
        (endless_references, "malformed", Outcome.MALFORMED),
        (endless_unknown_operations, "malformed", Outcome.MALFORMED),
        (ten_megabytes, "malformed", Outcome.MALFORMED),
        (just_too_much, "malformed", Outcome.MALFORMED),
        (the_most_values, "refused", Outcome.REFUSED),
        (an_octet_at_a_time, "timed-out", Outcome.TIMEOUT),
        (nested, "malformed", Outcome.MALFORMED),
    ],
)
async def test_before_the_bind(behaviour: Hostile, error: str, outcome: Outcome) -> None:
    with bounded_memory():
        async with asyncio.timeout(20):
            (step,) = await examine(behaviour, timeout_s=5.0 if outcome is not Outcome.TIMEOUT else 0.5)
    assert (step.facts.question, step.facts.error, step.outcome) == ("root", error, outcome)


class BehindTheBind:
    """Behaves as far as the bind, and then as it likes."""

    def __init__(self, worst: Callable[[Peer, Callable[[bytes], bytes]], Awaitable[None]]) -> None:
        self._worst = worst

    async def __call__(self, peer: Peer) -> None:
        good = Controller()
        for _ in range(2):
            request = foreign_ldap.read(await read_clear(peer))
            await peer.say(good._reply(request["protocolOp"].getName(), int(request["messageID"]), request))
        number = FIRST_NUMBER - 1

        def sealed(message: bytes) -> bytes:
            nonlocal number
            number += 1
            return seal(message, number)

        await read_sealed(peer)
        await self._worst(peer, sealed)


Seal = Callable[[bytes], bytes]


async def sealed_garbage(peer: Peer, sealed: Seal) -> None:
    await peer.say(sealed(b"\xff" * 100))
    await peer.stay()


async def sealed_flood(peer: Peer, sealed: Seal) -> None:
    while True:
        await peer.say(sealed(foreign_ldap.entry(3, "CN=a", {"cn": ("x" * 900,)}) * 60))


async def huge_buffer(peer: Peer, sealed: Seal) -> None:
    await peer.say((10 * MEGABYTE).to_bytes(4, "big"))
    await peer.flood(bytes(65536))


async def the_same_again(peer: Peer, sealed: Seal) -> None:
    once = sealed(foreign_ldap.done(3))
    await peer.say(once + once)
    await peer.stay()


async def altered(peer: Peer, sealed: Seal) -> None:
    whole = sealed(foreign_ldap.done(3))
    await peer.say(whole[:-1] + bytes([whole[-1] ^ 1]))
    await peer.stay()


async def our_own_back(peer: Peer, sealed: Seal) -> None:
    await peer.flood(((32).to_bytes(4, "big") + b"\x05\x04\x06\xff" + bytes(28)) * 1000)


async def hangs_up(peer: Peer, sealed: Seal) -> None:
    await peer.say(sealed(foreign_ldap.done(3))[:20])
    peer.writer.close()


async def says_nothing_more(peer: Peer, sealed: Seal) -> None:
    await peer.stay()


@pytest.mark.parametrize(
    ("worst", "error"),
    [
        (sealed_garbage, "malformed"),
        (sealed_flood, "malformed"),
        (huge_buffer, "malformed"),
        (the_same_again, "malformed"),
        (altered, "malformed"),
        (our_own_back, "malformed"),
        (hangs_up, "closed"),
        (says_nothing_more, "timed-out"),
    ],
)
async def test_behind_the_bind(worst: Any, error: str) -> None:
    with bounded_memory():
        async with asyncio.timeout(20):
            steps = await examine(BehindTheBind(worst), timeout_s=5.0 if error != "timed-out" else 1.0)
    assert [step.facts.error for step in steps] == ["", error]
    assert steps[1].facts.accounts == ()


async def test_a_referral_is_never_followed() -> None:
    visits = 0

    async def elsewhere(peer: Peer) -> None:
        nonlocal visits
        visits += 1

    async with hostile_server(elsewhere) as port:

        def answer(number: int, request: Any) -> bytes:
            return foreign_ldap.reference(number, f"ldap://127.0.0.1:{port}/DC=x") + foreign_ldap.done(
                number, 10
            )

        ticket_service = OneTicket(credential())
        steps = await examine(Controller(answer=answer), ticket_service=ticket_service)
    assert visits == 0
    assert {step.facts.error for step in steps[1:]} == {"refused"}
    assert len(ticket_service.asked) == 1
