"""Tickets of a scripted system: what becomes a step. The AP-REQ is MIT's (gss_context.json)."""

import json
from functools import partial

import pytest

from probe.kdcs.native_service import SYSTEM_KDC
from probe.kdcs.ticket_service import TicketService
from probe.settings.context import begin_run
from probe.settings.environment import Environment
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.native.context import NativeTicket
from probe.trace.facts import KdcExchange, Outcome, Ticket
from tests.support.scripted_kdc import NOW, ScriptedNetwork, counting
from tests.support.scripted_native import ScriptedContext, ScriptedSystem, gss_failure
from tests.support.vectors import VECTOR_FOLDER

CONTEXTS = json.loads((VECTOR_FOLDER / "gss_context.json").read_text("utf-8"))
CASE = CONTEXTS["cases"][0]
GOOD = partial(ScriptedContext, first=bytes.fromhex(CASE["ap_req"]))
SPN, SHORT, HOST = "SMTPSVC/ex1.contoso.lab", "SMTPSVC/ex1", "HOST/ex1.contoso.lab"
UNREACHED = partial(
    ScriptedContext, first=gss_failure(2529639068, "Cannot contact any KDC for realm 'CONTOSO.LAB'")
)


class Run:
    """A run whose tickets the system gives."""

    def __init__(self, system: ScriptedSystem) -> None:
        self.system = system
        options = ProbeOptions(name="ex1.contoso.lab", credentials=Credentials(source="native"))
        environment = Environment(
            clock=lambda: NOW,
            monotonic=lambda: 0.0,
            randomness=counting,
            kdc_transport=ScriptedNetwork({}),
            open_context=system,
        )
        context = begin_run(options, environment)
        self.recorder = context.recorder
        self.ticket_service = TicketService(context)

    @property
    def ticket(self) -> tuple[Ticket, Outcome]:
        [step] = [step for step in self.recorder.steps() if isinstance(step.facts, Ticket)]
        assert isinstance(step.facts, Ticket)
        return step.facts, step.outcome

    @property
    def asked(self) -> list[tuple[str, str, bool]]:
        """Name, purpose, and whether the KDC knew it."""
        found = [step.facts for step in self.recorder.steps() if isinstance(step.facts, KdcExchange)]
        assert {each.kdc for each in found} <= {SYSTEM_KDC}
        return [(each.server, each.purpose, each.error is None) for each in found]


async def test_a_ticket_has_what_the_ap_req_shows() -> None:
    run = Run(ScriptedSystem({SPN: GOOD}))
    await run.ticket_service.open()
    assert isinstance(await run.ticket_service.service_ticket((SPN,)), NativeTicket)
    ticket, outcome = run.ticket
    assert outcome is Outcome.OK
    assert ticket == Ticket(
        source="native",
        client="",
        server="SMTPSVC/ex1.contoso.lab",
        requested=(SPN,),
        etype=CASE["etype"],
        kvno=ticket.kvno,
        octets=len(CASE["ticket"]) // 2,
        session_etype=CASE["etype"],
    )
    assert ticket.kvno is not None


async def test_the_next_name_is_tried_when_one_is_unknown() -> None:
    run = Run(ScriptedSystem({SPN: GOOD}))
    assert await run.ticket_service.service_ticket((SHORT, SPN)) is not None
    assert run.ticket[0].requested == (SHORT, SPN)
    assert run.asked == [(SHORT, "tgs", False), (SPN, "tgs", True)]


async def test_a_refusal_keeps_number_and_words() -> None:
    run = Run(ScriptedSystem({}))
    assert await run.ticket_service.service_ticket((SPN,)) is None
    ticket, outcome = run.ticket
    assert (outcome, ticket.problem) == (Outcome.REFUSED, "unknown-server")
    assert ticket.error is not None
    assert (ticket.error.code, ticket.error.name) == (7, "KDC_ERR_S_PRINCIPAL_UNKNOWN")
    assert ticket.detail == f"Server {SPN}@CONTOSO.LAB not found in Kerberos database"


async def test_each_name_is_asked_for_once_and_the_known_ones_are_told() -> None:
    run = Run(ScriptedSystem({HOST: GOOD}))
    await run.ticket_service.service_ticket((SPN,))
    assert await run.ticket_service.survey_names((SPN, HOST, HOST)) == {HOST.lower()}
    assert run.asked == [(SPN, "tgs", False), (HOST, "spn", True)]
    assert len(run.system.opened) == 2


async def test_a_cached_tickets_kvno_is_not_taken_for_the_kdcs() -> None:
    run = Run(ScriptedSystem({SPN: GOOD}))
    await run.ticket_service.service_ticket((SPN,))
    [exchange] = [step.facts for step in run.recorder.steps() if isinstance(step.facts, KdcExchange)]
    assert isinstance(exchange, KdcExchange)
    assert (exchange.ticket_etype, exchange.ticket_kvno) == (CASE["etype"], None)


@pytest.mark.parametrize("system", [{SPN: UNREACHED, HOST: GOOD}])
async def test_nothing_more_is_asked_of_a_kdc_that_does_not_answer(
    system: dict[str, "partial[ScriptedContext]"],
) -> None:
    run = Run(ScriptedSystem(dict(system)))
    assert await run.ticket_service.service_ticket((SPN, SHORT)) is None
    assert run.ticket[0].problem == "no-kdc"
    assert await run.ticket_service.survey_names((HOST,)) == frozenset()
    assert [target.host for target in run.system.opened] == ["ex1.contoso.lab"]
    assert run.asked == []  # no KDC said anything


async def test_another_services_ticket_can_be_asked_for() -> None:
    run = Run(ScriptedSystem({SPN: GOOD, HOST: GOOD}))
    assert isinstance(await run.ticket_service.other_ticket(HOST), NativeTicket)
    assert await run.ticket_service.other_ticket("HTTP/unknown") is None
