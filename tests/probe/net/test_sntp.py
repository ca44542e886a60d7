"""SNTP over loopback; the answers are chronyd's, with our originate timestamp in them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import cast

import pytest

from probe.net.endpoint import Endpoint
from probe.net.sntp import MAXIMUM_BOGUS, TimeAnswer, ask_time
from probe.wire.sntp import parse_reply
from tests.probe.wire.test_sntp import (
    AHEAD,
    AHEAD_RECEIVED,
    AHEAD_SENT,
    GOOD,
    GOOD_RECEIVED,
    GOOD_SENT,
    ORIGINATE,
    REQUEST,
    with_field,
)

PATIENT, HASTY = 5.0, 0.05
Answers = Callable[[bytes], Sequence[bytes]]


class Server(asyncio.DatagramProtocol):
    transport: asyncio.DatagramTransport

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked.append(data)
        for answer in self.answers(data):
            self.transport.sendto(answer, addr)


@asynccontextmanager
async def time_server(answers: Answers) -> AsyncIterator[tuple[Endpoint, Server]]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: Server(answers), local_addr=("127.0.0.1", 0)
    )
    try:
        yield Endpoint("127.0.0.1", transport.get_extra_info("sockname")[1]), server
    finally:
        transport.close()


async def ask(answers: Answers, timeout_s: float = PATIENT) -> tuple[TimeAnswer, list[bytes]]:
    times = iter((GOOD_SENT, GOOD_RECEIVED))
    async with time_server(answers) as (endpoint, server):
        answer = await ask_time(
            endpoint, clock=lambda: next(times), randomness=lambda _: ORIGINATE, timeout_s=timeout_s
        )
    return answer, server.asked


async def test_one_question_and_its_answer() -> None:
    answer, asked = await ask(lambda _: [GOOD])
    assert asked == [REQUEST]
    assert answer.reply is not None
    assert (answer.error, answer.sent_at, answer.received_at) == ("", GOOD_SENT, GOOD_RECEIVED)
    assert answer.reply.stratum == 3
    reading = answer.clock_reading("dc1")
    assert reading is not None
    assert (reading.who, reading.source) == ("dc1", "sntp")
    # The server held the packet for 5.147 ms of the 5.253 ms: those make nothing uncertain.
    assert abs(reading.offset_s) < 0.0001
    assert reading.uncertainty_s == pytest.approx(0.000053, abs=2e-6)


def test_a_server_that_is_ten_minutes_ahead() -> None:
    answer = TimeAnswer(reply=parse_reply(AHEAD, ORIGINATE), sent_at=AHEAD_SENT, received_at=AHEAD_RECEIVED)
    reading, doubted = answer.clock_reading("dc1"), answer.clock_reading("dc1", doubt_s=2.0)
    assert reading is not None
    assert 0 < reading.uncertainty_s < 0.0106 / 2
    assert abs(reading.offset_s - 600.0) <= reading.uncertainty_s
    assert doubted is not None
    assert doubted.uncertainty_s == pytest.approx(reading.uncertainty_s + 2.0, abs=2e-6)


def test_no_answer_shows_no_clock() -> None:
    assert TimeAnswer(error="timed-out").clock_reading("dc1") is None


async def test_a_forged_answer_is_passed_over() -> None:
    """Who is not on the path cannot know what we sent as our time."""
    forged = with_field(AHEAD, 24, bytes(8))
    answer, _ = await ask(lambda _: [forged, b"x", forged, GOOD])
    reading = answer.clock_reading("dc1")
    assert reading is not None
    assert abs(reading.offset_s) < 1.0


async def test_nothing_but_forgeries() -> None:
    answer, _ = await ask(lambda _: [with_field(AHEAD, 24, bytes(8))], HASTY)
    assert answer == TimeAnswer(error="not-ours")


async def test_a_flood_is_not_read_for_ever() -> None:
    forged = with_field(GOOD, 24, bytes(8))
    answer, _ = await ask(lambda _: [*([forged] * MAXIMUM_BOGUS), GOOD], HASTY)
    assert answer == TimeAnswer(error="not-ours")


async def test_nobody_answers() -> None:
    answer, asked = await ask(lambda _: [], HASTY)
    assert answer == TimeAnswer(error="timed-out")
    assert len(asked) == 1


@pytest.mark.parametrize(("host", "error"), [("127.0.0.1", "refused"), ("name.invalid", "unreachable")])
async def test_nobody_is_there(host: str, error: str) -> None:
    async with time_server(lambda _: []) as (endpoint, _):
        port = endpoint.port
    answer = await ask_time(
        Endpoint(host, port), clock=lambda: 0.0, randomness=lambda _: ORIGINATE, timeout_s=PATIENT
    )
    assert answer == TimeAnswer(error=error)
