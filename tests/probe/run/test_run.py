"""Whole runs against a scripted receiver with MIT's own tokens, and no KDC unless a test says so."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from probe.diagnosis.verdict import judge
from probe.run import run_probe
from probe.settings.environment import Environment
from probe.settings.injection import parse_injection
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.client.transport import Answer, KdcEndpoint, Transport, TransportFailure
from probe.tickets.secret import Password
from probe.trace import Trace, trace_from_json, trace_to_json
from probe.trace.facts import (
    Bug,
    Connect,
    Ehlo,
    Greeting,
    Handshake,
    Look,
    Negotiation,
    Outcome,
    Quit,
    Ticket,
)
from probe.wire.kerberos import PrincipalName
from tests.support.hostile import CLEAR_OFFER, Behaviour, Peer, hostile_server
from tests.support.mit_receiver import (
    ACCEPTED,
    AES,
    BYE,
    GOOD_AUTH,
    GOOD_EXPS,
    REALM,
    SUPPORTED,
    TEMPORARY,
    Case,
    Network,
    cached,
    credential,
    environment,
    script,
)

CLOCK = format_datetime(datetime.fromtimestamp(AES["now"], UTC))
BANNER = f"220 ex1.contoso.lab Microsoft ESMTP MAIL Service ready at {CLOCK}\r\n".encode()


def options(port: int, **settings: Any) -> ProbeOptions:
    chosen: dict[str, Any] = {
        "name": "ex1.contoso.lab",
        "connect": KdcEndpoint("127.0.0.1", port),
        "credentials": cached(credential()),
        "ehlo_name": "ex2.contoso.lab",
        "timeout_s": 5.0,
        "deadline_s": 20.0,
        "ask_ntlm": False,  # a connection of its own
    }
    return ProbeOptions(**(chosen | settings))


async def run(behaviour: Behaviour, *, where: Environment | None = None, **settings: Any) -> Trace:
    async with hostile_server(behaviour) as port:
        return await run_probe(options(port, **settings), where or environment())


class Connections:
    """A receiver with a script for each connection, in the order in which they come."""

    def __init__(self, *scripts: Sequence[bytes], ends: bool = False) -> None:
        self._scripts, self._ends = list(scripts), ends
        self.heard: list[list[bytes]] = []

    async def __call__(self, peer: Peer) -> None:
        self.heard.append([])
        replies = self._scripts.pop(0)
        ends = self._ends and replies[-1] == TEMPORARY
        await script(replies, heard=self.heard[-1], banner=BANNER, ends=ends)(peer)


async def test_a_healthy_receiver() -> None:
    heard: list[bytes] = []
    # Not Exchange: what else Exchange would have to offer is not the subject here.
    banner = b"220 ex1.contoso.lab ESMTP Postfix\r\n"
    trace = await run(script(GOOD_AUTH, heard=heard, banner=banner), spn="SMTPSVC/ex1.contoso.lab")
    assert [step.kind for step in trace.steps if step.kind not in ("kdc", "kdc-discovery")] == [
        "resolve",
        "connect",
        "greeting",
        "ehlo",
        "ticket",
        "handshake",
        "quit",
    ]
    assert all(
        step.outcome is Outcome.OK for step in trace.steps if step.kind not in ("kdc", "kdc-discovery")
    )
    assert (trace.target.name, trace.target.host, trace.target.address) == (
        "ex1.contoso.lab",
        "127.0.0.1",
        "127.0.0.1",
    )
    assert trace.of(Ticket)[0].facts.server == "SMTPSVC/ex1.contoso.lab"
    assert (trace.unfinished, trace.tool["name"]) == (False, "exps")
    assert judge(trace).verdict.cause == "healthy"
    assert judge(trace_from_json(json.loads(json.dumps(trace_to_json(trace))))) == judge(trace)
    assert len(heard) == len(GOOD_AUTH)


async def test_exchange_in_clear_is_good_as_far_as_it_goes() -> None:
    # There is no X-ANONYMOUSTLS in this script, and so no EXCHANGEAUTH.
    trace = await run(script(GOOD_EXPS, banner=BANNER))
    assert judge(trace).status.value == "warning"
    assert judge(trace).verdict.cause == "exchangeauth-not-offered"


async def test_235_without_an_ap_rep_is_not_healthy() -> None:
    trace = await run(script((CLEAR_OFFER, SUPPORTED, ACCEPTED, BYE), banner=BANNER))
    assert trace.of(Handshake)[0].facts.reply is not None
    judgement = judge(trace)
    assert judgement.verdict.cause != "healthy"
    assert judgement.status != "ok"


async def test_no_secret_and_no_token_is_in_a_trace() -> None:
    heard: list[bytes] = []
    trace = await run(script(GOOD_EXPS, heard=heard, banner=BANNER))
    saved = json.dumps(trace_to_json(trace))
    token = heard[2].strip().decode()
    assert len(token) > 500
    for secret in (
        token,
        token[100:164],
        AES["session_key"],
        AES["sspi_session_key"],
        b64encode(bytes.fromhex(AES["ap_rep"])).decode()[:64],
        AES["ticket"][:64],
    ):
        assert secret not in saved


async def test_without_credentials_the_way_is_examined_and_no_more() -> None:
    heard: list[bytes] = []
    trace = await run(script((CLEAR_OFFER, BYE), heard=heard, banner=BANNER), credentials=Credentials())
    assert heard == [b"EHLO ex2.contoso.lab\r\n", b"QUIT\r\n"]
    assert not trace.of(Handshake)
    assert not trace.of(Ticket)


async def test_a_target_that_refuses_connections() -> None:
    async with hostile_server(script(())) as port:
        pass
    trace = await run_probe(options(port), environment())
    (connect,) = trace.of(Connect)
    assert connect.outcome is Outcome.REFUSED
    assert (trace.target.address, trace.unfinished) == ("", False)
    assert judge(trace).verdict.cause == "target-unreachable"


async def test_a_mute_refusal_is_contrasted_on_connections_of_its_own() -> None:
    refuses, looked_at = (CLEAR_OFFER, SUPPORTED, TEMPORARY), (CLEAR_OFFER, BYE)
    bare = (CLEAR_OFFER, TEMPORARY)
    receiver = Connections(refuses, looked_at, looked_at, looked_at, refuses, refuses, bare, ends=True)
    trace = await run(receiver)
    assert len(receiver.heard) == 7
    assert [step.outcome for step in trace.of(Look)] == [Outcome.OK] * 3
    assert [step.facts.answered for step in trace.of(Negotiation)] == [False, False]
    assert [step.facts.contrast for step in trace.of(Handshake)] == ["", "other-wrapping"]
    assert not trace.of(Quit), "who hung up is not told goodbye"


async def test_a_replay_is_sent_on_a_second_connection() -> None:
    receiver = Connections(GOOD_EXPS, (CLEAR_OFFER, SUPPORTED, TEMPORARY), ends=True)
    trace = await run(receiver, injection=parse_injection("replay"))
    assert receiver.heard[0][2] == receiver.heard[1][2]
    first, second = trace.of(Handshake)
    assert (first.facts.injected, second.facts.injected) == ("", "replay")
    assert trace.request.inject == "replay"


async def test_what_was_not_accepted_is_not_replayed() -> None:
    receiver = Connections((CLEAR_OFFER, SUPPORTED, TEMPORARY), ends=True)
    trace = await run(receiver, injection=parse_injection("replay"))
    assert len(receiver.heard) == len(trace.of(Handshake)) == 1


async def test_a_wrong_ticket_is_presented_on_request() -> None:
    tgt = replace(credential(), server=type(credential().server).parse(f"krbtgt/{REALM}"))
    trace = await run(
        Connections((CLEAR_OFFER, SUPPORTED, TEMPORARY), ends=True),
        credentials=cached(credential(), tgt),
        injection=parse_injection("wrong-spn"),
    )
    (step,) = trace.of(Handshake)
    assert (step.facts.server, step.facts.injected) == (f"krbtgt/{REALM}", "wrong-spn")
    assert not trace.of(Negotiation)


# --- The end of a run -----------------------------------------------------------------------------------------


class Ending:
    """A receiver that goes on to some place and is silent there; it notes what it hears until the end."""

    def __init__(self, *replies: bytes) -> None:
        self._replies = replies
        self.connected = asyncio.Event()
        self.ended = asyncio.Event()
        self.rest = b""

    async def __call__(self, peer: Peer) -> None:
        try:
            await peer.say(BANNER)
            for reply in self._replies:
                await peer.line()
                await peer.say(reply)
            await peer.line()
            self.connected.set()
            self.rest = await peer.reader.read()
        finally:
            self.ended.set()


PLACES: list[tuple[bytes, ...]] = [(), (CLEAR_OFFER,), (CLEAR_OFFER, SUPPORTED)]


@pytest.mark.parametrize("place", PLACES, ids=["ehlo", "verb", "token"])
async def test_a_deadline_closes_the_connection_and_keeps_what_is_known(place: tuple[bytes, ...]) -> None:
    receiver = Ending(*place)
    async with hostile_server(receiver) as port:
        async with asyncio.timeout(4):  # and not the five seconds of a wait
            trace = await run_probe(options(port, deadline_s=1.0), environment())
            await receiver.ended.wait()
    assert trace.unfinished
    assert trace.of(Greeting)[0].outcome is Outcome.OK
    assert len(trace.of(Ehlo)) == (1 if place else 0)
    assert receiver.rest == b"", "no QUIT: the time is over"
    assert judge(trace_from_json(trace_to_json(trace))).verdict.cause != "healthy"


@pytest.mark.parametrize("place", PLACES, ids=["ehlo", "verb", "token"])
async def test_ctrl_c_closes_the_connection_at_once(place: tuple[bytes, ...]) -> None:
    receiver = Ending(*place)
    async with hostile_server(receiver) as port, asyncio.timeout(4):
        task = asyncio.create_task(run_probe(options(port), environment()))
        await receiver.connected.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await receiver.ended.wait()
    assert receiver.rest == b""


class Silent(Network):
    """KDCs that take a request and say nothing, without a time-out of their own."""

    async def exchange(
        self, endpoint: KdcEndpoint, transport: Transport, request: bytes, *, timeout_s: float
    ) -> Answer | TransportFailure:
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_deadline_while_the_session_waits_for_a_ticket() -> None:
    receiver = Ending(CLEAR_OFFER)
    where = environment(kdc_transport=Silent({}, clock=AES["now"]))
    async with hostile_server(receiver) as port, asyncio.timeout(4):
        there = options(port, realm=REALM, kdcs=(KdcEndpoint("127.0.0.1"),), deadline_s=1.0)
        alice = PrincipalName.parse("alice")
        knows = Credentials(source="password", principal=alice, secret=Password("a password"))
        trace = await run_probe(replace(there, credentials=knows), where)
        await receiver.ended.wait()
    assert trace.unfinished
    assert trace.of(Ehlo)[0].outcome is Outcome.OK
    assert not receiver.connected.is_set(), "not even QUIT: its answer could take as long as a whole wait"


class Broken(Network):
    """A transport with a bug in it."""

    async def exchange(
        self, endpoint: KdcEndpoint, transport: Transport, request: bytes, *, timeout_s: float
    ) -> Answer | TransportFailure:
        raise ZeroDivisionError("nobody foresaw this")


async def test_a_bug_of_ours_is_nobodys_fault_and_leaves_nothing_open() -> None:
    case: Case = AES
    where = environment(case, kdc_transport=Broken({}, clock=case["now"]))
    receiver = Ending()
    async with hostile_server(receiver) as port, asyncio.timeout(4):
        there = options(port, realm=REALM, kdcs=(KdcEndpoint("127.0.0.1"),))
        trace = await run_probe(there, where)
        await receiver.ended.wait()
    (step,) = trace.of(Bug)
    assert step.outcome is Outcome.PROBE_BUG
    assert (step.facts.where, step.facts.error) == ("run", "ZeroDivisionError")
    assert any(line.startswith("exchange:") for line in step.facts.traceback)
    assert "nobody foresaw this" not in json.dumps(trace_to_json(trace)), "a value may be a secret"
    verdict = judge(trace).verdict
    assert (verdict.cause, verdict.side) == ("undetermined", "unknown")
