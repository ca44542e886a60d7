"""The KDC is the scripted one, made of impacket's classes and cryptography."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from probe.kdcs.ticket_service import MAXIMUM_NAMES, TicketService
from probe.settings.context import begin_run
from probe.settings.environment import Environment
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.client.transport import Answer, KdcEndpoint, Transport, TransportFailure
from probe.tickets.files import ccache
from probe.tickets.files.ccache import CredentialCache
from probe.tickets.secret import Password
from probe.trace import Step
from probe.trace.facts import KdcExchange, Outcome, Ticket
from probe.wire.crypto import Key
from probe.wire.kerberos import Credential, PrincipalName, decode_ticket
from tests.support.foreign_kerberos import ticket
from tests.support.scripted_kdc import NOW, ScriptedKdc, ScriptedNetwork, counting

REALM = "CONTOSO.LAB"
DC1, DC2 = KdcEndpoint("dc1.contoso.lab"), KdcEndpoint("dc2.contoso.lab")
SPN = "SMTPSVC/ex1.contoso.lab"
ALICE = PrincipalName.parse("alice")


class Run:
    """A run's tickets, its KDCs and what it recorded."""

    def __init__(
        self, credentials: Credentials | None = None, *, kdcs: dict[KdcEndpoint, ScriptedKdc] | None = None
    ) -> None:
        self.kdcs = {DC1: ScriptedKdc()} if kdcs is None else kdcs
        options = ProbeOptions(
            name="ex1.contoso.lab",
            realm=REALM if self.kdcs else "",
            kdcs=tuple(self.kdcs),
            credentials=password("secret") if credentials is None else credentials,
        )
        self.network = ScriptedNetwork(dict(self.kdcs))
        environment = Environment(
            clock=lambda: NOW,
            monotonic=lambda: 0.0,
            randomness=counting,
            kdc_transport=self.network,
        )
        self.context = context = begin_run(options, environment)
        self.recorder = context.recorder
        self.ticket_service = TicketService(context)

    async def ticket(self, *names: str) -> Credential | None:
        await asyncio.gather(self.ticket_service.survey_clocks(), self.ticket_service.open())
        got = await self.ticket_service.service_ticket(names or (SPN,))
        assert got is None or isinstance(got, Credential)
        return got

    @property
    def step(self) -> Step[Any]:
        (step,) = [step for step in self.recorder.steps() if isinstance(step.facts, Ticket)]
        return step

    def asked(self, purpose: str) -> list[str]:
        steps = [step.facts for step in self.recorder.steps() if isinstance(step.facts, KdcExchange)]
        return [facts.server for facts in steps if facts.purpose == purpose]


def password(text: str) -> Credentials:
    return Credentials(source="password", principal=ALICE, secret=Password(text))


def held(server: str, *, ends_in_s: float = 3600.0) -> Credential:
    return Credential(
        client=ALICE,
        client_realm=REALM,
        server=PrincipalName.parse(server),
        server_realm=REALM,
        ticket=decode_ticket(ticket()),
        session_key=Key(18, bytes(range(100, 132))),
        auth_time=NOW - 7200,
        start_time=NOW - 7200,
        end_time=NOW + ends_in_s,
        renew_till=None,
        flags=0,
    )


def cached(*tickets: Credential) -> Credentials:
    cache = CredentialCache(default_principal=ALICE, default_realm=REALM, credentials=tickets)
    return Credentials(source="ccache", principal=ALICE, cache=ccache.write(cache))


async def test_a_password_becomes_a_service_ticket() -> None:
    run = Run()
    got = await run.ticket()
    assert got is not None
    assert str(got.server) == SPN
    seen = run.step.facts
    assert (run.step.outcome, seen.source, seen.client, seen.server) == (
        Outcome.OK,
        "password",
        f"alice@{REALM}",
        SPN,
    )
    assert (seen.etype, seen.kvno, seen.session_etype, seen.requested) == (18, 3, 18, (SPN,))
    assert seen.end_time == int(NOW) + 36000
    assert "clock" in {
        step.facts.purpose for step in run.recorder.steps() if isinstance(step.facts, KdcExchange)
    }


async def test_the_next_name_is_tried_when_the_first_is_unknown() -> None:
    run = Run(kdcs={DC1: ScriptedKdc(services={SPN: 3})})
    got = await run.ticket("smtp/ex1.contoso.lab", SPN)
    assert got is not None
    assert run.step.facts.requested == ("smtp/ex1.contoso.lab", SPN)
    assert (run.step.facts.server, run.step.facts.error) == (SPN, None)


async def test_a_name_that_no_kdc_knows() -> None:
    run = Run(kdcs={DC1: ScriptedKdc(services={}), DC2: ScriptedKdc(services={})})
    assert await run.ticket("smtp/ex1", SPN) is None
    seen = run.step.facts
    assert run.step.outcome is Outcome.REFUSED
    assert (seen.problem, seen.error.code, seen.requested) == ("unknown-server", 7, ("smtp/ex1", SPN))


async def test_a_wrong_password_is_tried_once() -> None:
    kdcs = {DC1: ScriptedKdc(), DC2: ScriptedKdc()}
    run = Run(password("wrong"), kdcs=kdcs)
    assert await run.ticket("smtp/ex1", SPN) is None
    assert (run.step.facts.problem, run.step.facts.error.code) == (
        "credentials-rejected",
        24,
    )
    tried = [line for kdc in kdcs.values() for line in kdc.seen if line.startswith("preauth")]
    assert tried == ["preauth alice"]
    assert "wrong" not in repr(run.recorder.steps())


async def test_without_credentials_there_is_no_ticket_and_no_step() -> None:
    run = Run(Credentials())
    assert await run.ticket() is None
    assert not [step for step in run.recorder.steps() if isinstance(step.facts, Ticket)]
    assert run.asked("clock"), "the KDC's clock needs none"


async def test_without_a_realm() -> None:
    run = Run(kdcs={})
    assert await run.ticket() is None
    assert (run.step.outcome, run.step.facts.problem) == (Outcome.REFUSED, "no-kdc")


async def test_a_kdc_that_is_down() -> None:
    run = Run()
    run.kdcs.clear()
    down = ScriptedNetwork({})
    run.ticket_service._client._transport = down
    assert await run.ticket() is None
    assert run.step.facts.problem == "no-kdc"
    assert down.asked


async def test_a_cached_ticket_is_used_without_asking_anybody() -> None:
    run = Run(cached(held(f"krbtgt/{REALM}"), held(SPN)))
    got = await run.ticket()
    assert got is not None
    assert got.end_time == int(NOW) + 3600
    assert run.asked("tgs") == run.asked("as-preauth") == []
    assert run.step.facts.source == "ccache"


async def test_names_are_surveyed_beside_a_cached_ticket() -> None:
    run = Run(cached(held(f"krbtgt/{REALM}"), held(SPN)))
    await run.ticket()
    await run.ticket_service.survey_names((SPN, "HOST/ex1.contoso.lab", SPN))
    assert sorted(run.asked("spn")) == ["HOST/ex1.contoso.lab", SPN]


async def test_a_cache_without_a_tgt_may_hold_the_second_name() -> None:
    run = Run(cached(held(SPN)))
    got = await run.ticket("smtp/ex1.contoso.lab", SPN)
    assert got is not None
    assert run.step.facts.requested == ("smtp/ex1.contoso.lab", SPN)


async def test_a_cached_tgt_gets_the_ticket() -> None:
    run = Run(cached(held(f"krbtgt/{REALM}")))
    got = await run.ticket()
    assert got is not None
    assert run.asked("tgs") == [SPN]


@pytest.mark.parametrize(
    ("tickets", "problem"),
    [
        ((held(f"krbtgt/{REALM}", ends_in_s=-60),), "expired"),
        ((held("HTTP/web"),), "no-credentials"),
        ((), "no-credentials"),
    ],
)
async def test_a_cache_with_nothing_of_use(tickets: tuple[Credential, ...], problem: str) -> None:
    run = Run(cached(*tickets))
    assert await run.ticket() is None
    assert (run.step.facts.problem, run.step.facts.server) == (problem, SPN)


async def test_surveys_are_bounded_and_need_a_ticket() -> None:
    names = tuple(f"HOST/ex{n}" for n in range(3 * MAXIMUM_NAMES))
    run = Run()
    await run.ticket_service.survey_names(names)
    assert not run.recorder.steps()
    await asyncio.gather(run.ticket_service.survey_clocks(), run.ticket_service.open())
    await run.ticket_service.survey_names(names)
    assert len(run.asked("spn")) == MAXIMUM_NAMES


@pytest.mark.parametrize(
    ("spn", "server"), [("", f"krbtgt/{REALM}"), ("HTTP/web", "HTTP/web"), ("HTTP/unknown", None)]
)
async def test_a_ticket_for_somebody_else(spn: str, server: str | None) -> None:
    run = Run(kdcs={DC1: ScriptedKdc(services={SPN: 3, "HTTP/web": 1})})
    await run.ticket()
    wrong = await run.ticket_service.other_ticket(spn)
    assert (None if wrong is None else str(wrong.server)) == server


class Later:
    """A network that hands on the answers of one KDC a little later."""

    def __init__(self, network: ScriptedNetwork, slow: KdcEndpoint, delay_s: float) -> None:
        self._network, self._slow, self._delay_s = network, slow, delay_s

    async def exchange(
        self, endpoint: KdcEndpoint, transport: Transport, request: bytes, *, timeout_s: float
    ) -> Answer | TransportFailure:
        if endpoint == self._slow:
            await asyncio.sleep(self._delay_s)
        return await self._network.exchange(endpoint, transport, request, timeout_s=timeout_s)


@pytest.mark.parametrize(("delay_s", "asked"), [(0.01, DC1), (60.0, DC2)])
async def test_the_first_kdc_in_order_is_waited_for_a_moment(delay_s: float, asked: KdcEndpoint) -> None:
    """Milliseconds decide nothing: the order does, unless the first one lets everybody wait."""
    run = Run(kdcs={DC1: ScriptedKdc(), DC2: ScriptedKdc()})
    slow = Later(run.network, DC1, delay_s)
    environment = replace(run.context.environment, kdc_transport=slow)
    run.ticket_service = TicketService(replace(run.context, environment=environment))
    surveying = asyncio.create_task(run.ticket_service.survey_clocks())
    await asyncio.sleep(0)  # begun before `open`, as it wants to be
    await run.ticket_service.open()
    surveying.cancel()
    logons = [step.facts for step in run.recorder.steps() if isinstance(step.facts, KdcExchange)]
    assert {facts.kdc for facts in logons if facts.purpose in ("as", "as-preauth")} == {str(asked)}
