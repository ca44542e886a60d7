"""Receivers that read, or do not read, a NegTokenInit without a ticket; pyspnego packs and reads the tokens."""

from base64 import b64decode
from collections.abc import Sequence
from typing import Any, cast

import pytest
from spnego._spnego import NegState as ForeignState
from spnego._spnego import NegTokenInit as ForeignInit
from spnego._spnego import unpack_token

from probe.kdcs.ticket_service import TicketService
from probe.measurements import MeasurementContext, lengths
from probe.settings.options import ProbeOptions
from probe.smtp.gssapi import Attempt, DamagedInitiator
from probe.trace import Recorder, Step
from probe.trace.facts import Handshake, Negotiation, Outcome
from tests.support.hostile import CLEAR_OFFER, Peer, hostile_server
from tests.support.mit_receiver import BYE, SUPPORTED, TEMPORARY, environment, negotiated, script
from tests.support.traces import trace as empty_trace

READS = (
    CLEAR_OFFER,
    SUPPORTED,
    negotiated(None, ForeignState.accept_incomplete),
    b"501 5.5.4 Authentication cancelled\r\n",
    BYE,
)
REFUSES = (CLEAR_OFFER, SUPPORTED, TEMPORARY)
TOKEN_BYTES = 1700


async def contrast(
    connections: Sequence[tuple[bytes, ...]], *, heard: list[bytes] | None = None, banner: bytes | None = None
) -> list[Step[Any]]:
    """Both questions, to a receiver that says this on its first and on its second connection."""
    left = list(connections)

    async def behaviour(peer: Peer) -> None:
        replies = left.pop(0)
        speak = script(replies, heard=heard, ends=replies[-1:] == (TEMPORARY,))
        await (script((), banner=banner)(peer) if banner else speak(peer))

    recorder = Recorder(lambda: 0.0)
    seen = Handshake(
        verb="X-EXPS",
        mechanism="GSSAPI",
        wrapping="spnego",
        tls="none",
        server="SMTPSVC/ex1",
        initial_response=False,
        token_octets=TOKEN_BYTES,
    )
    attempt = Attempt(
        verb="X-EXPS",
        source=cast("DamagedInitiator", None),
        server="SMTPSVC/ex1",
        wrapping="spnego",
        seen=seen,
    )
    async with hostile_server(behaviour) as port:
        options = ProbeOptions(name="127.0.0.1", port=port, timeout_s=5.0)
        context = MeasurementContext(
            trace=empty_trace(),
            options=options,
            environment=environment(),
            recorder=recorder,
            ticket_service=cast("TicketService", None),
            attempt=attempt,
        )
        await lengths.perform(context)
    assert not left or banner
    return [step for step in recorder.steps() if isinstance(step.facts, Negotiation)]


async def test_a_receiver_that_reads_both() -> None:
    heard: list[bytes] = []
    short, long = await contrast([READS, READS], heard=heard)
    assert (short.outcome, short.facts.answered, long.outcome, long.facts.answered) == (
        Outcome.OK,
        True,
        Outcome.OK,
        True,
    )
    tokens = [line.strip() for line in heard if len(line) > 50]
    for step, token in zip((short, long), tokens, strict=True):
        foreign = unpack_token(b64decode(token))
        assert isinstance(foreign, ForeignInit)
        assert {"1.2.840.48018.1.2.2", "1.2.840.113554.1.2.2"} <= set(foreign.mech_types)
        assert (step.facts.token_octets, step.facts.line_octets) == (len(b64decode(token)), len(token))
    assert short.facts.token_octets < 200
    assert TOKEN_BYTES <= long.facts.token_octets < TOKEN_BYTES + 100
    assert heard.count(b"*\r\n") == 2


async def test_long_lines_are_cut_on_the_way() -> None:
    short, long = await contrast([READS, REFUSES])
    assert (short.facts.answered, long.facts.answered) == (True, False)
    assert (long.outcome, long.facts.reply.code) == (Outcome.REFUSED, 454)


async def test_neither_is_read() -> None:
    short, long = await contrast([REFUSES, REFUSES])
    assert not short.facts.answered
    assert not long.facts.answered


@pytest.mark.parametrize("banner", [b"421 4.3.2 too many connections\r\n", b"554 no\r\n"])
async def test_a_receiver_that_has_had_enough_is_left_alone(banner: bytes) -> None:
    assert await contrast([(), ()], banner=banner) == []


async def test_a_reject_is_no_answer() -> None:
    rejects = (CLEAR_OFFER, SUPPORTED, negotiated(None, ForeignState.reject), TEMPORARY)
    short, _ = await contrast([rejects, rejects])
    assert not short.facts.answered
    assert short.outcome is Outcome.REFUSED
