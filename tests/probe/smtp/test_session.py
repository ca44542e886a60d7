"""Scripted servers on loopback; their lines are those of Exchange's protocol logs, TLS is the standard library's."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from probe.net.connection import Address, Connection
from probe.smtp.session import MAXIMUM_LINES, MAXIMUM_TEXT, Exchange, SmtpSession
from probe.trace import Recorder, Step
from probe.trace.facts import Ehlo, Facts, Greeting, Outcome, Quit, Tls
from probe.trace.jsonable import to_json
from probe.wire.sasl.gssapi import BareNegotiation
from probe.wire.smtp.capabilities import Capabilities
from probe.wire.smtp.dialogue import MAXIMUM_UNSOLICITED
from tests.support.certificates import write_certificate
from tests.support.hostile import BANNER, CLEAR_OFFER, OFFER, Behaviour, Peer, hostile_server
from tests.support.mit_receiver import (
    ACCEPTED,
    BYE,
    SUPPORTED,
    TEMPORARY,
    UNSUCCESSFUL,
    negotiated,
    script,
)

READY_AT = 1470439481.0  # the banner's date: `date -d '2016-08-05 16:24:41 -0700' +%s`, GNU coreutils
PATIENCE_S = 5.0
"""More than any of these servers needs; only tests about time-outs have less."""


class Probe:
    """A session and what it recorded. The clock shows the banner's second, and half of it more."""

    def __init__(self, connection: Connection) -> None:
        self.recorder = Recorder(lambda: 0.0)
        self.session = SmtpSession(connection, self.recorder, clock=lambda: READY_AT + 10.5)

    def step(self, kind: type[Facts]) -> Step[Any]:
        (step,) = [step for step in self.recorder.steps() if isinstance(step.facts, kind)]
        return step

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(step.kind, step.outcome.value) for step in self.recorder.steps()]

    async def introduce(self) -> bool:
        return await self.session.greeting("ex1") and await self.session.ehlo("ex2.contoso.lab")

    async def ask(self, *, initial_response: bool = False) -> Exchange:
        """A log-on without a ticket: it cancels whatever challenge comes back."""
        mechanism = BareNegotiation("X-EXPS", octets=0)
        return await self.session.authenticate(mechanism, initial_response=initial_response)


@asynccontextmanager
async def probing(behaviour: Behaviour, *, timeout_s: float = PATIENCE_S) -> AsyncIterator[Probe]:
    async with hostile_server(behaviour) as port:
        connection = await Connection.open(Address(host="127.0.0.1", port=port), timeout_s=timeout_s)
        probe = Probe(connection)
        try:
            yield probe
        finally:
            await probe.session.quit()
            assert connection._writer.transport.is_closing()


# --- A good session -------------------------------------------------------------------------------------------


async def test_banner_offer_and_goodbye() -> None:
    heard: list[bytes] = []
    async with probing(script((CLEAR_OFFER, BYE), heard=heard)) as probe:
        assert await probe.introduce()
        assert probe.session.ready
    assert heard == [b"EHLO ex2.contoso.lab\r\n", b"QUIT\r\n"]
    greeting, ehlo, quitting = probe.step(Greeting), probe.step(Ehlo), probe.step(Quit)
    assert (greeting.facts.name, greeting.facts.software) == ("ex1.contoso.lab", "exchange")
    # Cut to a second, so half a second is added: the receiver is ten seconds slow.
    assert (greeting.facts.clock.who, greeting.facts.clock.offset_s) == ("ex1", -10.0)
    assert greeting.facts.clock.uncertainty_s == 0.5
    assert (ehlo.facts.exps, ehlo.facts.name_sent, ehlo.facts.tls) == (
        ("GSSAPI", "NTLM"),
        "ex2.contoso.lab",
        "none",
    )
    assert ehlo.sent == ("EHLO ex2.contoso.lab",)
    assert ehlo.received[0] == "250 ex1.contoso.lab Hello [127.0.0.1]"
    assert (quitting.facts.reply.code, quitting.outcome) == (221, Outcome.OK)


async def test_the_banners_time_is_that_of_the_connection() -> None:
    async with hostile_server(script(())) as port:
        connection = await Connection.open(Address(host="127.0.0.1", port=port), timeout_s=PATIENCE_S)
        recorder = Recorder(lambda: 0.0)
        # Another address kept us for ten seconds before the banner was read.
        session = SmtpSession(connection, recorder, clock=lambda: READY_AT + 10.5, opened_at=READY_AT + 0.5)
        await session.greeting("ex1")
        session.abort()
    (step,) = recorder.steps()
    assert isinstance(step.facts, Greeting)
    assert step.facts.clock is not None
    assert abs(step.facts.clock.offset_s) <= step.facts.clock.uncertainty_s == 5.5


@pytest.mark.parametrize(("mode", "verb"), [("starttls", b"STARTTLS"), ("x-anonymoustls", b"X-ANONYMOUSTLS")])
async def test_tls(tmp_path: Path, mode: str, verb: bytes) -> None:
    certificate, key = write_certificate(tmp_path, "ex1.contoso.lab", kind="rsa")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    heard: list[bytes] = []

    async def behaviour(peer: Peer) -> None:
        await peer.greet(OFFER)
        heard.append(await peer.line())
        await peer.say(b"220 2.0.0 SMTP server ready\r\n")
        await peer.writer.start_tls(context)
        heard.append(await peer.line())
        await peer.say(b"250-ex1.contoso.lab\r\n250 X-EXPS EXCHANGEAUTH GSSAPI\r\n")
        heard.append(await peer.line())
        await peer.say(BYE)

    async with probing(behaviour) as probe:
        assert await probe.introduce()
        assert await probe.session.start_tls(mode, "ex1.contoso.lab")
        assert not probe.session.ready
        before: Capabilities | None = probe.session.capabilities
        assert before is None, "what was offered in clear counts no more"
        assert await probe.session.ehlo("ex2")
        offer: Capabilities | None = probe.session.capabilities
        assert offer is not None
        assert offer.exps == ("EXCHANGEAUTH", "GSSAPI")
    assert heard == [verb + b"\r\n", b"EHLO ex2\r\n", b"QUIT\r\n"]
    tls = probe.step(Tls).facts
    assert (tls.verb, tls.version, tls.error) == (verb.decode(), "TLSv1.3", "")
    assert (tls.certificate.key_type, tls.certificate.key_bits) == ("rsa", 2048)
    ehlos = [step.facts.tls for step in probe.recorder.steps() if isinstance(step.facts, Ehlo)]
    assert ehlos == ["none", mode]


async def test_helo_when_ehlo_is_refused() -> None:
    heard: list[bytes] = []
    replies = (
        b"500 5.3.3 Unrecognized command\r\n",
        b"250 mail1.fabrikam.com Hello [172.16.0.5]\r\n",
        BYE,
    )
    async with probing(script(replies, heard=heard)) as probe:
        assert await probe.introduce()
        assert probe.session.ready
        assert probe.session.capabilities is not None
        assert probe.session.capabilities.exps == ()
    assert heard[:2] == [b"EHLO ex2.contoso.lab\r\n", b"HELO ex2.contoso.lab\r\n"]
    assert probe.outcomes == [("greeting", "ok"), ("ehlo", "refused"), ("ehlo", "ok"), ("quit", "ok")]


async def test_an_eight_bit_banner_is_kept_as_it_came() -> None:
    banner = b"220 Postst\xfcck \x00 der M\xfcnchner\x9b31m\n"
    async with probing(script((), banner=banner), timeout_s=0.5) as probe:
        assert await probe.session.greeting("ex1")
    facts = probe.step(Greeting).facts
    assert facts.reply.problems == ("bare-lf", "nul", "8-bit")
    saved = json.loads(json.dumps(to_json(facts)))
    assert saved["reply"]["lines"] == [banner[4:-1].decode("latin-1")]


# --- Replies that are out of place ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("banner", "outcome"),
    [
        (b"554 5.7.1 No SMTP service here\r\n", "refused"),
        (
            b"421 4.3.2 The maximum number of concurrent server connections has exceeded a limit\r\n",
            "refused",
        ),
        (b"354 go on\r\n", "malformed"),
        (b"150 wait\r\n", "malformed"),
        (b"020 ready\r\n", "malformed"),
        (b"999 ready\r\n", "malformed"),
        (b"HTTP/1.1 400 Bad Request\r\n", "malformed"),
    ],
)
async def test_a_greeting_that_is_none(banner: bytes, outcome: str) -> None:
    async with probing(script((), banner=banner)) as probe:
        assert not await probe.session.greeting("ex1")
        assert not probe.session.ready
    assert probe.outcomes == [("greeting", outcome)], "a session that never began needs no QUIT"


@pytest.mark.parametrize("reply", [b"354 go on\r\n", b"334 \r\n", b"199 wait\r\n", b"600 what\r\n"])
async def test_an_odd_answer_to_ehlo_is_the_peers_fault_and_ends_the_session(reply: bytes) -> None:
    async with probing(script((reply,))) as probe:
        assert not await probe.introduce()
        assert not probe.session.ready
        assert probe.session.capabilities is None
    assert probe.outcomes == [("greeting", "ok"), ("ehlo", "malformed")]


@pytest.mark.parametrize("reply", [b"354 go on\r\n", b"334 \r\n", b"199 wait\r\n"])
async def test_an_odd_answer_to_the_tls_command(reply: bytes) -> None:
    async with probing(script((OFFER, reply))) as probe:
        assert await probe.introduce()
        assert not await probe.session.start_tls("starttls", "ex1")
    assert probe.outcomes[-1] == ("tls", "malformed")


async def test_a_refused_tls_command_leaves_the_session_in_clear() -> None:
    replies = (OFFER, b"454 4.7.0 Cannot accept TLS as maximum TLS rate exceeded for server\r\n", BYE)
    async with probing(script(replies)) as probe:
        assert await probe.introduce()
        assert not await probe.session.start_tls("x-anonymoustls", "ex1")
        assert probe.session.ready
        assert probe.session.tls == "none"
    assert probe.outcomes[-2:] == [("tls", "refused"), ("quit", "ok")]


async def test_octets_in_clear_behind_the_220_end_the_session() -> None:
    late = b"250 injected\r\n25"
    async with probing(script((OFFER, b"220 2.0.0 SMTP server ready\r\n" + late))) as probe:
        assert await probe.introduce()
        assert not await probe.session.start_tls("starttls", "ex1")
        assert not probe.session.ready
    assert probe.step(Tls).facts.early_octets == len(late)
    assert probe.outcomes[-1] == ("tls", "early-data")


async def test_something_else_than_tls() -> None:
    async def behaviour(peer: Peer) -> None:
        await peer.greet(OFFER)
        await peer.line()
        await peer.say(b"220 2.0.0 SMTP server ready\r\n")
        await peer.reader.read(1)
        await peer.say(b"250 and now?\r\n")
        await peer.stay()

    async with probing(behaviour) as probe:
        assert await probe.introduce()
        assert not await probe.session.start_tls("starttls", "ex1")
    step = probe.step(Tls)
    assert (step.outcome, step.facts.error) == (Outcome.REFUSED, "wrong version number")
    assert step.facts.reply.code == 220
    assert probe.outcomes[-1] == ("tls", "refused"), "nothing can be said on a channel that is neither"


# --- Authentications ------------------------------------------------------------------------------------------


async def test_a_refusal_with_a_hang_up_needs_no_goodbye() -> None:
    heard: list[bytes] = []
    async with probing(script((CLEAR_OFFER, TEMPORARY), heard=heard, ends=True)) as probe:
        assert await probe.introduce()
        exchange = await probe.ask(initial_response=True)
        assert (exchange.outcome, exchange.disconnected) == (Outcome.REFUSED, True)
        assert exchange.reply is not None
        assert exchange.reply.code == 454
        assert not probe.session.ready
    assert probe.outcomes == [("greeting", "ok"), ("ehlo", "ok")]


async def test_after_a_535_the_session_goes_on() -> None:
    heard: list[bytes] = []
    async with probing(script((CLEAR_OFFER, UNSUCCESSFUL, BYE), heard=heard)) as probe:
        assert await probe.introduce()
        exchange = await probe.ask(initial_response=True)
        assert (exchange.outcome, exchange.disconnected) == (Outcome.REFUSED, False)
        assert probe.session.ready
    assert heard[-1] == b"QUIT\r\n"


async def test_421_is_a_refusal_and_the_end() -> None:
    closing = b"421 4.7.0 Too many errors on this connection, closing transmission channel\r\n"
    heard: list[bytes] = []
    async with probing(script((CLEAR_OFFER, closing), heard=heard)) as probe:
        assert await probe.introduce()
        assert (await probe.ask()).outcome is Outcome.REFUSED
    assert heard == [b"EHLO ex2.contoso.lab\r\n", b"X-EXPS GSSAPI\r\n"]


@pytest.mark.parametrize("answer", [b"334 \r\n", b"334 again\r\n", ACCEPTED])
async def test_an_exchange_is_cancelled_once(answer: bytes) -> None:
    heard: list[bytes] = []
    replies = (CLEAR_OFFER, SUPPORTED, *[answer] * 50)
    if answer == ACCEPTED:
        replies = (CLEAR_OFFER, SUPPORTED, negotiated(None), ACCEPTED, BYE)
    async with probing(script(replies, heard=heard)) as probe:
        assert await probe.introduce()
        exchange = await probe.ask()
        assert exchange.outcome is Outcome.MALFORMED
    assert heard.count(b"*\r\n") == 1


async def test_tokens_are_not_in_what_is_kept() -> None:
    heard: list[bytes] = []
    replies = (CLEAR_OFFER, SUPPORTED, negotiated(b"x" * 90), b"501 5.5.4 Authentication cancelled\r\n", BYE)
    async with probing(script(replies, heard=heard)) as probe:
        assert await probe.introduce()
        exchange = await probe.ask()
    token = heard[2].strip().decode()
    assert exchange.sent == ("X-EXPS GSSAPI", f"<{len(token)} octets>", "*")
    kept = [line for reply in exchange.replies for line in reply.lines]
    assert len(kept) == 3
    probe.session.record(Quit(), exchange)
    received = probe.recorder.steps()[-1].received
    assert received[0] == "334 GSSAPI supported"
    assert received[1].startswith("334 <")
    assert kept[1] not in " ".join(received)


# --- The end at every place -----------------------------------------------------------------------------------

WHOLE = (CLEAR_OFFER, SUPPORTED, negotiated(None), b"501 5.5.4 Authentication cancelled\r\n")


@pytest.mark.parametrize("half", [b"", b"2", b"250-half\r\n", b"250 no line end"])
@pytest.mark.parametrize("replies", range(len(WHOLE)))
async def test_the_connection_ends_before_a_reply(replies: int, half: bytes) -> None:
    async with probing(script((*WHOLE[:replies], half), ends=True)) as probe:
        asked = (await probe.ask()).outcome if await probe.introduce() else None
        assert not probe.session.ready
    assert (asked or probe.recorder.steps()[-1].outcome) is Outcome.CLOSED
    assert "quit" not in dict(probe.outcomes)


# --- Time and amounts -----------------------------------------------------------------------------------------


async def test_octets_that_trickle_in_get_no_more_time_than_silence() -> None:
    async def behaviour(peer: Peer) -> None:
        await peer.trickle(b"220-still there\r\n")

    loop = asyncio.get_running_loop()
    async with probing(behaviour, timeout_s=0.15) as probe:
        before = loop.time()
        assert not await probe.session.greeting("ex1")
        assert loop.time() - before < 5.0
    assert probe.outcomes == [("greeting", "timeout")]


async def test_a_goodbye_that_nobody_answers() -> None:
    async with probing(script((CLEAR_OFFER,)), timeout_s=0.5) as probe:
        assert await probe.introduce()
    assert probe.outcomes[-1] == ("quit", "timeout")


async def test_unasked_replies_are_kept_up_to_a_bound() -> None:
    flood = b"250 again\r\n" * 1000
    async with probing(script((CLEAR_OFFER + flood,), banner=BANNER)) as probe:
        await probe.introduce()
        if probe.session.ready:  # the flood came in a packet of its own
            assert not await probe.session.ehlo("again")
        assert not probe.session.ready
    step = probe.recorder.steps()[-1]
    assert step.outcome is Outcome.MALFORMED
    assert len(step.received) <= MAXIMUM_UNSOLICITED + CLEAR_OFFER.count(b"\n")


async def test_what_a_trace_keeps_of_a_large_offer_is_bounded() -> None:
    large = b"250-ex1\r\n" + b"250-" + b"x y " * 20_000 + b"\r\n" + b"250-X\r\n" * 500 + b"250 XRDST\r\n"
    async with probing(script((large, BYE))) as probe:
        assert await probe.introduce()
        assert probe.session.capabilities is not None
        assert probe.session.capabilities.is_exchange
    step = probe.step(Ehlo)
    assert len(step.received) == len(step.facts.keywords) == len(step.facts.reply.lines) == MAXIMUM_LINES
    assert len(json.dumps(to_json(step.facts))) < 3 * (MAXIMUM_TEXT + 100) + MAXIMUM_LINES * 50


async def test_an_exception_ends_the_session_without_a_word() -> None:
    heard: list[bytes] = []

    async def behaviour(peer: Peer) -> None:
        await peer.say(BANNER)
        while line := await peer.reader.readline():
            heard.append(line)
            await peer.say(CLEAR_OFFER)
        ended.set()

    ended = asyncio.Event()
    async with hostile_server(behaviour) as port:
        connection = await Connection.open(Address(host="127.0.0.1", port=port), timeout_s=PATIENCE_S)
        probe = Probe(connection)
        with contextlib.suppress(ZeroDivisionError):
            async with probe.session:
                await probe.introduce()
                raise ZeroDivisionError
        async with asyncio.timeout(PATIENCE_S):
            await ended.wait()
    assert heard == [b"EHLO ex2.contoso.lab\r\n"]
