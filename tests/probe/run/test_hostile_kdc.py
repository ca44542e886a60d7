"""KDCs that mean ill, before an honest receiver: whatever they send, a run ends in time and in bounded memory."""

import pytest

from probe.settings.options import Credentials
from probe.tickets.secret import Password
from probe.trace.facts import Handshake, KdcExchange, Outcome
from probe.wire.kerberos import PrincipalName
from tests.support.hostile import Behaviour, Peer, hostile_kdc, reset_at_once
from tests.support.hostile_run import bounded_memory, examine


async def announces_four_gigabytes(peer: Peer) -> None:
    await peer.say(b"\xff\xff\xff\xff")
    await peer.flood(bytes(65536))


async def announces_two_gigabytes(peer: Peer) -> None:
    await peer.say(b"\x7f\xff\xff\xff")
    await peer.flood(bytes(65536))


async def answers_nothing_of_size(peer: Peer) -> None:
    await peer.flood(bytes(65536))


async def trickled_answer(peer: Peer) -> None:
    await peer.say(b"\x00\x00\xff\xff")
    await peer.trickle(b"\x7e")


@pytest.mark.parametrize(
    "datagrams",
    [(), (b"",), (b"\x7e\x84\xff\xff\xff\xff",) * 50, (b"\x6b\x80" * 700,), (bytes(60_000),) * 20],
)
@pytest.mark.parametrize(
    "behaviour",
    [
        announces_four_gigabytes,
        announces_two_gigabytes,
        answers_nothing_of_size,
        trickled_answer,
        reset_at_once,
    ],
)
async def test_a_hostile_kdc(datagrams: tuple[bytes, ...], behaviour: Behaviour) -> None:
    async def receiver(peer: Peer) -> None:
        await peer.greet()
        await peer.stay()

    password = Credentials(
        source="password", principal=PrincipalName.parse("alice"), secret=Password("alice-password")
    )
    with bounded_memory():
        async with hostile_kdc(datagrams, behaviour) as port:
            # No KDC here ever gives what is waited for, so no wait is too short.
            trace = await examine(receiver, port, credentials=password, timeout_s=0.3)
    asked = trace.of(KdcExchange)
    assert {step.facts.transport for step in asked} == {"udp", "tcp"}
    assert not [step for step in asked if step.facts.purpose != "clock" and step.outcome is Outcome.OK]
    assert all(step.facts.ticket_octets is None for step in asked)
    assert not trace.of(Handshake)
    assert len(asked) < 20
