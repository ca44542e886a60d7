"""Receivers that mean ill: whatever they send, a run ends in time, in bounded memory, and says what came."""

import asyncio
import base64
import socket
import ssl
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probe.trace.facts import Ehlo, Greeting, Handshake, Outcome, Tls
from tests.support.certificates import write_certificate
from tests.support.hostile import BANNER, CLEAR_OFFER, OFFER, Behaviour, Peer, reset_at_once
from tests.support.hostile_run import MEGABYTE, bounded_memory, credentials, examine


@pytest.fixture(scope="module")
def closed_port() -> Iterator[int]:
    """A port that is bound and does not listen: connections are refused, and nobody else can take it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


# -- Before anything was agreed -------------------------------------------------------------------------------


async def endless_banner_line(peer: Peer) -> None:
    await peer.flood(b"220 " + b"x" * 65536)


async def endless_banner_lines(peer: Peer) -> None:
    await peer.flood(b"220-ex1.contoso.lab\r\n" * 4096)


async def endless_empty_lines(peer: Peer) -> None:
    await peer.flood(b"\r\n" * 32768)


async def endless_nuls(peer: Peer) -> None:
    await peer.flood(bytes(65536))


async def trickled_banner(peer: Peer) -> None:
    await peer.trickle(b"220-ex1.contoso.lab\r\n")


async def silence(peer: Peer) -> None:
    await peer.stay()


async def closed_at_once(peer: Peer) -> None:
    peer.writer.close()


async def half_a_banner(peer: Peer) -> None:
    await peer.say(BANNER[:20])


async def tls_from_the_start(peer: Peer) -> None:
    await peer.say(bytes.fromhex("1503010002020a"))  # an alert: unexpected_message (RFC 8446 section 6)
    await peer.stay()


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (endless_banner_line, Outcome.MALFORMED),
        (endless_banner_lines, Outcome.MALFORMED),
        (endless_empty_lines, Outcome.MALFORMED),
        (endless_nuls, Outcome.MALFORMED),
        (trickled_banner, Outcome.TIMEOUT),
        (silence, Outcome.TIMEOUT),
        (reset_at_once, Outcome.CLOSED),
        (closed_at_once, Outcome.CLOSED),
        (half_a_banner, Outcome.CLOSED),
        (tls_from_the_start, Outcome.MALFORMED),
    ],
)
async def test_instead_of_a_banner(behaviour: Behaviour, outcome: Outcome, closed_port: int) -> None:
    with bounded_memory():
        trace = await examine(behaviour, closed_port)
    assert [step.outcome for step in trace.of(Greeting)] == [outcome]
    assert not trace.of(Ehlo)


# -- EHLO -----------------------------------------------------------------------------------------------------


async def megabyte_line(peer: Peer) -> None:
    await peer.say(BANNER)
    await peer.line()
    await peer.say(b"250 " + b"x" * MEGABYTE + b"\r\n")
    await peer.stay()


async def megabyte_reply(peer: Peer) -> None:
    await peer.say(BANNER)
    await peer.line()
    await peer.say(b"250-X\r\n" * (MEGABYTE // 7) + b"250 X\r\n")
    await peer.stay()


async def trickled_offer(peer: Peer) -> None:
    await peer.say(BANNER)
    await peer.line()
    await peer.trickle(b"250-ex1.contoso.lab\r\n")


async def deaf_after_the_banner(peer: Peer) -> None:
    await peer.say(BANNER)
    await asyncio.Event().wait()


async def half_closed(peer: Peer) -> None:
    await peer.say(BANNER)
    peer.writer.write_eof()
    await peer.stay()


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (megabyte_line, Outcome.MALFORMED),
        (megabyte_reply, Outcome.MALFORMED),
        (trickled_offer, Outcome.TIMEOUT),
        (deaf_after_the_banner, Outcome.TIMEOUT),
        (half_closed, Outcome.CLOSED),
    ],
)
async def test_instead_of_an_offer(behaviour: Behaviour, outcome: Outcome, closed_port: int) -> None:
    with bounded_memory():
        trace = await examine(behaviour, closed_port)
    assert trace.of(Ehlo)[0].outcome is outcome
    assert not trace.of(Handshake)


async def test_nuls_in_an_offer_are_kept_and_reported(closed_port: int) -> None:
    async def behaviour(peer: Peer) -> None:
        await peer.greet(b"250-ex1.contoso.lab\r\n250-SI\0ZE \xff\r\n250 X-EXPS GSSAPI\r\n")
        await peer.stay()

    trace = await examine(behaviour, closed_port)
    offer = trace.of(Ehlo)[0]
    assert offer.facts.exps == ("GSSAPI",)
    assert offer.facts.reply is not None
    assert offer.facts.reply.problems


async def test_ten_thousand_replies_that_nobody_asked_for(closed_port: int) -> None:
    async def behaviour(peer: Peer) -> None:
        await peer.greet()
        await peer.say(b"250 2.0.0 and another one\r\n" * 10_000)
        await peer.stay()

    with bounded_memory():
        trace = await examine(behaviour, closed_port)
    assert len(trace.steps) < 50
    assert sum(len(step.received) for step in trace.steps) < 500


# -- TLS ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server_context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    certificate, key = write_certificate(tmp_path_factory.mktemp("hostile"), "ex1.contoso.lab")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


async def agree_to_tls(peer: Peer) -> None:
    await peer.greet(OFFER)
    await peer.line()
    await peer.say(b"220 2.0.0 SMTP server ready\r\n")
    await peer.reader.read(1)  # the client's hello has begun: what is sent now is no early data


async def garbage_for_a_hello(peer: Peer) -> None:
    await agree_to_tls(peer)
    await peer.flood(b"\x07garbage" * 8192)


async def endless_records(peer: Peer) -> None:
    await agree_to_tls(peer)
    # Handshake records of the largest size that announce a hello of 16 MB (RFC 8446 sections 4 and 5.1).
    await peer.say(bytes.fromhex("1603034000 02ffffff") + bytes(0x4000 - 4))
    await peer.flood(bytes.fromhex("1603034000") + bytes(0x4000))


async def trickled_hello(peer: Peer) -> None:
    await agree_to_tls(peer)
    await peer.trickle(bytes.fromhex("1603034000 02003f00") + bytes(200))


async def silence_for_a_hello(peer: Peer) -> None:
    await agree_to_tls(peer)
    await peer.stay()


async def end_for_a_hello(peer: Peer) -> None:
    await agree_to_tls(peer)


@pytest.mark.parametrize(
    ("behaviour", "outcomes"),
    [
        (garbage_for_a_hello, {Outcome.REFUSED}),
        (endless_records, {Outcome.REFUSED}),
        (trickled_hello, {Outcome.TIMEOUT}),
        (silence_for_a_hello, {Outcome.TIMEOUT}),
        # It ends with FIN or RST, which depends on what it has read.
        (end_for_a_hello, {Outcome.REFUSED, Outcome.CLOSED}),
    ],
)
async def test_instead_of_a_tls_handshake(
    behaviour: Behaviour, outcomes: set[Outcome], closed_port: int
) -> None:
    with bounded_memory():
        trace = await examine(behaviour, closed_port)
    [step] = trace.of(Tls)
    assert step.outcome in outcomes
    assert not trace.of(Handshake)


async def test_what_comes_in_clear_behind_the_tls_command_is_never_used(closed_port: int) -> None:
    async def behaviour(peer: Peer) -> None:
        await peer.greet(OFFER)
        await peer.line()
        await peer.say(b"220 2.0.0 SMTP server ready\r\n" + CLEAR_OFFER)
        await peer.stay()

    trace = await examine(behaviour, closed_port)
    [step] = trace.of(Tls)
    assert step.outcome is Outcome.EARLY_DATA
    assert step.facts.early_octets == len(CLEAR_OFFER)
    assert len(trace.of(Ehlo)) == 1


async def test_a_flood_inside_tls(closed_port: int, server_context: ssl.SSLContext) -> None:
    async def behaviour(peer: Peer) -> None:
        await peer.start_tls(server_context)
        await peer.line()
        await peer.flood(b"334 " + b"A" * 65536)

    with bounded_memory():
        trace = await examine(behaviour, closed_port)
    [step] = trace.of(Handshake)
    assert (step.facts.tls, step.outcome) == ("x-anonymoustls", Outcome.MALFORMED)


# -- The log-on -----------------------------------------------------------------------------------------------


async def always(peer: Peer, reply: bytes) -> None:
    """Greet, and say the same to everything else."""
    await peer.greet()
    while True:
        await peer.line()
        await peer.say(reply)


@pytest.mark.parametrize(
    "reply",
    [
        b"334 \r\n",
        b"334 GSSAPI supported\r\n",
        b"334 "
        + base64.b64encode(b"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x01")
        + b"\r\n",  # accept-incomplete, empty
        b"334 " + base64.b64encode(bytes(90_000)) + b"\r\n",
        b"334 " + b"A" * 300_000 + b"\r\n",
        b"334-more\r\n334 \r\n",
        b"999 what\r\n",
        b"250-\r\n350 \r\n",
        b"235 2.7.0 Authentication successful\r\n",
        b"454 4.7.0 Temporary authentication failure\r\n" * 3,
        b"\r\n",
        b"\x00" * 1000 + b"\r\n",
    ],
    ids=lambda reply: reply[:24].decode("latin-1").strip() + f" {len(reply)}",
)
async def test_the_same_answer_for_ever(reply: bytes, closed_port: int) -> None:
    """Even 235: without the receiver's AP-REP nobody has proved anything, and no verdict says `healthy`."""
    with bounded_memory():
        trace = await examine(lambda peer: always(peer, reply), closed_port)
    assert trace.of(Handshake)
    assert not any(step.facts.ap_rep_verified for step in trace.of(Handshake))
    assert sum(len(step.facts.rounds) for step in trace.of(Handshake)) < 100


@pytest.mark.parametrize("behaviour", ["stay", "reset", "flood", "trickle"])
async def test_the_end_of_a_log_on_that_never_ends(behaviour: str, closed_port: int) -> None:
    async def hostile(peer: Peer) -> None:
        await peer.greet()
        await peer.line()
        await peer.say(b"334 GSSAPI supported\r\n")
        await peer.line()
        match behaviour:
            case "stay":
                await peer.stay()
            case "reset":
                peer.reset()
            case "flood":
                await peer.flood(b"454-4.7.0 Temporary authentication failure\r\n" * 1000)
            case _:
                await peer.trickle(b"454-4.7.0 \r\n")

    with bounded_memory():
        trace = await examine(hostile, closed_port)
    expected = {"stay": Outcome.TIMEOUT, "reset": Outcome.CLOSED, "flood": Outcome.MALFORMED}
    assert trace.of(Handshake)[0].outcome is expected.get(behaviour, Outcome.TIMEOUT)


async def test_a_receiver_that_reads_no_further(closed_port: int) -> None:
    """The log-on is longer than what the two kernels hold between them."""

    async def behaviour(peer: Peer) -> None:
        peer.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await peer.greet()
        await peer.line()
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await peer.say(b"334 GSSAPI supported\r\n")
        await asyncio.Event().wait()

    large = credentials(ticket_octets=8 * MEGABYTE)
    trace = await examine(behaviour, closed_port, credentials=large)
    assert trace.of(Handshake)[0].outcome is Outcome.TIMEOUT


# -- Anything -------------------------------------------------------------------------------------------------

smtp_like = st.lists(
    st.one_of(
        st.sampled_from([BANNER, OFFER, CLEAR_OFFER, b"334 \r\n", b"235 2.7.0 ok\r\n", b"454 4.7.0 no\r\n"]),
        st.binary(max_size=64),
        st.binary(max_size=48).map(lambda data: b"334 " + base64.b64encode(data) + b"\r\n"),
        st.from_regex(rb"[0-9]{3}[ -][ -~]{0,20}\r?\n", fullmatch=True),
    ),
    max_size=8,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(replies=smtp_like)
def test_any_answers_at_all(replies: list[bytes], closed_port: int) -> None:
    """An answer for each line, then the end."""

    async def behaviour(peer: Peer) -> None:
        for position, reply in enumerate(replies):
            if position:
                await peer.line()
            await peer.say(reply)

    asyncio.run(examine(behaviour, closed_port))
