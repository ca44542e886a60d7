"""Scripted servers on 127.0.0.1 and 127.0.0.2; offers are those of Exchange's protocol logs."""

import asyncio
from typing import cast

import pytest

from probe.net.connection import Address, Connection
from probe.net.dns import Lookup
from probe.net.endpoint import Endpoint
from probe.settings.context import RunContext, begin_run
from probe.settings.options import ProbeOptions
from probe.smtp import connect as module
from probe.smtp.connect import ConnectedTarget, connect_target, tls_mode
from probe.smtp.session import SmtpSession
from probe.trace import Recorder
from probe.trace.facts import Connect, Ehlo, Outcome, Resolve
from probe.wire.smtp.capabilities import Capabilities, parse_ehlo
from probe.wire.smtp.replies import Reply
from tests.support.hostile import BANNER, CLEAR_OFFER, Peer, hostile_server
from tests.support.mit_receiver import BYE, environment, script

BEFORE_TLS = (
    "mail1.fabrikam.com Hello [172.16.0.5]",
    "STARTTLS",
    "X-ANONYMOUSTLS",
    "AUTH NTLM",
    "X-EXPS GSSAPI NTLM",
)


def options(port: int, *, name: str = "ex1.contoso.lab", timeout_s: float = 5.0) -> ProbeOptions:
    return ProbeOptions(name=name, port=port, ehlo_name="ex2.contoso.lab", timeout_s=timeout_s)


def run(port: int, *, name: str = "ex1.contoso.lab") -> RunContext:
    return begin_run(options(port, name=name), environment())


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str, error: str = "") -> None:
    async def look_up(name: str, *, timeout_s: float) -> Lookup:
        del name, timeout_s
        return Lookup(addresses=addresses, error=error)

    monkeypatch.setattr(module, "system_addresses", look_up)


# --- The way there --------------------------------------------------------------------------------------------


async def test_every_address_is_connected_to_and_the_first_that_answers_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, "127.0.0.2", "127.0.0.1")
    async with hostile_server(script((CLEAR_OFFER, BYE))) as port:
        context = run(port)
        connected = await connect_target(context)
        assert connected is not None
        assert connected.address == Address(host="127.0.0.1", port=port)
        assert connected.session.ready
        await connected.session.quit()
    connects = [step for step in context.recorder.steps() if isinstance(step.facts, Connect)]
    assert [(step.facts.address, step.outcome) for step in connects if isinstance(step.facts, Connect)] == [
        ("127.0.0.2", Outcome.REFUSED),
        ("127.0.0.1", Outcome.OK),
    ]


async def test_connections_that_are_not_used_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.1", "127.0.0.2")
    heard: list[bytes] = []
    spare_ended = asyncio.Event()

    async def spare(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()
        spare_ended.set()

    async with hostile_server(script((CLEAR_OFFER, BYE))) as port:
        other = await asyncio.start_server(spare, "127.0.0.2", port)
        connected = await connect_target(run(port))
        assert connected is not None
        assert connected.address.host == "127.0.0.1"
        async with asyncio.timeout(5):
            await spare_ended.wait()
        await connected.session.quit()
        other.close()
    assert heard == [b""]


@pytest.mark.parametrize(
    ("error", "outcome"), [("no-such-name", Outcome.REFUSED), ("timed-out", Outcome.TIMEOUT)]
)
async def test_a_name_that_does_not_resolve(
    monkeypatch: pytest.MonkeyPatch, error: str, outcome: Outcome
) -> None:
    resolving(monkeypatch, error=error)
    context = run(25)
    assert await connect_target(context) is None
    (step,) = context.recorder.steps()
    assert isinstance(step.facts, Resolve)
    assert (step.facts.name, step.facts.source, step.facts.error) == ("ex1.contoso.lab", "system", error)
    assert step.outcome is outcome


async def test_where_to_connect_is_not_what_it_is_called() -> None:
    async with hostile_server(script((CLEAR_OFFER, BYE))) as port:
        elsewhere = ProbeOptions(
            name="ex1.contoso.lab.", connect=Endpoint("127.0.0.1", port), ehlo_name="ex2", timeout_s=5.0
        )
        context = begin_run(elsewhere, environment())
        connected = await connect_target(context)
        assert connected is not None
        assert connected.target == "ex1.contoso.lab"
        await connected.session.quit()
    resolve, connect = context.recorder.steps()[:2]
    assert isinstance(resolve.facts, Resolve)
    assert (resolve.facts.source, resolve.facts.addresses) == ("connect-option", ("127.0.0.1",))
    assert isinstance(connect.facts, Connect)
    assert (connect.facts.name, connect.facts.port) == ("ex1.contoso.lab.", port)


async def test_a_greeting_that_is_none_is_reached_but_not_ready() -> None:
    async with hostile_server(script((), banner=b"554 5.7.1 no\r\n")) as port:
        context = run(port, name="127.0.0.1")
        connected = await connect_target(context)
        assert connected is not None
        assert not connected.session.ready
        await connected.session.quit()
    assert not [step for step in context.recorder.steps() if isinstance(step.facts, Ehlo)]


@pytest.mark.parametrize("banner", [b"", BANNER])
async def test_a_cancelled_way_leaves_no_connection(banner: bytes) -> None:
    waiting, ended = asyncio.Event(), asyncio.Event()

    async def behaviour(peer: Peer) -> None:
        await peer.say(banner)
        if banner:
            await peer.line()
        waiting.set()
        rest = await peer.reader.read()
        assert b"QUIT" not in rest
        ended.set()

    async with hostile_server(behaviour) as port:
        task = asyncio.create_task(connect_target(run(port, name="127.0.0.1")))
        async with asyncio.timeout(5):
            await waiting.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await ended.wait()


# --- What a session says of its receiver -----------------------------------------------------------------------


def offer(*lines: str) -> Capabilities:
    return parse_ehlo(Reply(code=250, lines=lines))


def connected(
    capabilities: Capabilities | None, *, software: str = "", banner_masked: bool = False, target: str = "mx"
) -> ConnectedTarget:
    session = SmtpSession(cast("Connection", None), Recorder(lambda: 0.0), clock=lambda: 0.0)
    session.capabilities, session.software, session.banner_masked = capabilities, software, banner_masked
    return ConnectedTarget(session=session, address=Address(host="127.0.0.1", port=25), target=target)


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("mail1.fabrikam.com Hello [172.16.0.5]", "mail1.fabrikam.com"),
        ("EX_1", "EX_1"),
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("", "mx"),
        ("a/b@EVIL.LAB", "mx"),
        ("m\xfcnchen.contoso.lab", "mx"),
        ("x\x00y", "mx"),
        ("a" * 256, "mx"),
        ("x" * 100_000 + ".lab", "mx"),
    ],
)
def test_only_a_hosts_name_is_asked_a_ticket_for(first: str, name: str) -> None:
    assert connected(offer(first, "X-EXPS GSSAPI")).service_names(options(25)) == (f"SMTPSVC/{name}",)


def test_names_of_other_vendors_servers() -> None:
    postfix = connected(offer("mx.contoso.lab", "AUTH GSSAPI"), software="postfix")
    assert postfix.service_names(options(25)) == ("smtp/mx.contoso.lab", "SMTPSVC/mx.contoso.lab")


def test_a_name_of_the_users_choice() -> None:
    chosen = ProbeOptions(name="mx", spn="HTTP/web")
    assert connected(offer(*BEFORE_TLS)).service_names(chosen) == ("HTTP/web",)


@pytest.mark.parametrize(
    ("where", "is_exchange"),
    [
        (connected(None), False),
        (connected(None, software="exchange"), True),
        (connected(None, banner_masked=True), True),
        (connected(offer("mx", "AUTH GSSAPI"), software="postfix"), False),
        (connected(offer("mx", "XXXXXXXA")), True),
        (connected(offer(*BEFORE_TLS)), True),
    ],
)
def test_what_may_be_exchange(where: ConnectedTarget, is_exchange: bool) -> None:
    assert where.is_exchange is is_exchange


def test_other_names_of_the_same_host() -> None:
    assert connected(offer(*BEFORE_TLS), target="mail").other_names() == (
        "SMTPSVC/mail1.fabrikam.com",
        "HOST/mail1.fabrikam.com",
        "SMTPSVC/mail",
        "HOST/mail",
    )
    assert connected(None, target="192.0.2.1").other_names() == ()


@pytest.mark.parametrize(
    ("capabilities", "wanted", "mode"),
    [
        (offer(*BEFORE_TLS), "auto", "x-anonymoustls"),
        (offer("mx", "STARTTLS"), "auto", "starttls"),
        (offer("mx", "SIZE"), "auto", "none"),
        (None, "auto", "none"),
        (offer(*BEFORE_TLS), "none", "none"),
        (offer("mx", "SIZE"), "starttls", "starttls"),
    ],
)
def test_which_tls_a_sender_takes(capabilities: Capabilities | None, wanted: str, mode: str) -> None:
    assert tls_mode(connected(capabilities), wanted) == mode
