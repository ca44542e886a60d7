"""When a second opinion is asked for, where, and what becomes of peers that are no SMB service."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from probe.kdcs.ticket_service import TicketService
from probe.measurements import MeasurementContext
from probe.measurements.smb_session_check import perform, wanted
from probe.net.connection import Address, ConnectionFailure
from probe.net.endpoint import Endpoint
from probe.settings.context import begin_run
from probe.settings.environment import Environment
from probe.settings.options import Credentials, ProbeOptions
from probe.smtp.connect import ConnectedTarget
from probe.tickets.client.transport import KdcEndpoint
from probe.trace import Step
from probe.trace.facts import Facts, Outcome
from tests.support.foreign_smb import ACCEPTED, LOGGED_OFF, LOGON_FAILURE, NEGOTIATED_311
from tests.support.hostile import Behaviour, Peer, hostile_server
from tests.support.mit import free_port
from tests.support.opinion import password, smb_session_check
from tests.support.scripted_kdc import NOW, ScriptedKdc, ScriptedNetwork, counting
from tests.support.scripted_native import ScriptedContext, ScriptedSystem
from tests.support.traces import (
    asked,
    clock,
    error,
    failing,
    greeting,
    healthy,
    identity,
    postfix,
    refused,
    step,
    trace,
)
from tests.support.traces import trace as empty_trace
from tests.support.vectors import VECTOR_FOLDER

REFUSED: Step[Facts] = step(refused(), Outcome.REFUSED)
EXPLAINED: Step[Facts] = step(refused(peer_error=error(37)), Outcome.REFUSED)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (failing(), True),
        (failing(EXPLAINED), False),
        (healthy(), False),
        (trace(clock(), *postfix()), True),
        (trace(clock(), *postfix(), identity(0.0)), False),
        (trace(clock(), greeting()), False),
        (trace(clock()), False),
        (trace(clock(), request=asked(effort="thorough")), True),
    ],
)
def test_when_it_is_wanted(run: Any, expected: bool) -> None:
    assert wanted(run) is expected


async def test_nobody_there() -> None:
    (seen,) = await smb_session_check(port=free_port())
    assert (seen.outcome, seen.facts.error, seen.facts.stage) == (Outcome.REFUSED, "refused", "negotiate")


# STATUS_NOT_SUPPORTED in place of a dialect, MS-SMB2 section 3.3.5.4.
REFUSED_NEGOTIATION = (
    NEGOTIATED_311[:8] + (0xC00000BB).to_bytes(4, "little") + NEGOTIATED_311[12:64] + LOGON_FAILURE[64:]
)


def says(*messages: bytes) -> Behaviour:
    async def talk(peer: Peer) -> None:
        for message in messages:
            length = int.from_bytes(await peer.reader.readexactly(4), "big")
            await peer.reader.readexactly(length)
            await peer.say(len(message).to_bytes(4, "big") + message)
        await peer.stay()

    return talk


@pytest.mark.parametrize(
    ("messages", "outcome", "status"),
    [
        ((bytes(64),), Outcome.MALFORMED, None),
        ((REFUSED_NEGOTIATION,), Outcome.REFUSED, 0xC00000BB),
        ((), Outcome.TIMEOUT, None),
    ],
)
async def test_peers_that_are_no_smb_service(
    messages: tuple[bytes, ...], outcome: Outcome, status: int | None
) -> None:
    async with hostile_server(says(*messages)) as port:
        (seen,) = await smb_session_check(port=port, timeout_s=0.3 if outcome is Outcome.TIMEOUT else 5.0)
    assert (seen.outcome, seen.facts.status) == (outcome, status)
    assert bool(seen.facts.problem) == (outcome is Outcome.MALFORMED)


def scripted() -> Environment:
    return Environment(
        clock=lambda: NOW,
        monotonic=lambda: 0.0,
        randomness=counting,
        kdc_transport=ScriptedNetwork(
            {KdcEndpoint("dc1.contoso.lab"): ScriptedKdc(services={"cifs/ex1.contoso.lab": 3})}
        ),
    )


@pytest.mark.parametrize(
    ("second", "outcome", "says_of_it"),
    [
        (LOGON_FAILURE, Outcome.REFUSED, {"status": 0xC000006D, "accepted": False, "error": ""}),
        (
            NEGOTIATED_311[:24] + b"\x01" + NEGOTIATED_311[25:],
            Outcome.MALFORMED,
            {"status": None, "error": ""},
        ),
        (None, Outcome.TIMEOUT, {"status": None, "error": "timed-out"}),
    ],
)
async def test_a_ticket_is_shown(second: bytes | None, outcome: Outcome, says_of_it: dict[str, Any]) -> None:
    messages = (NEGOTIATED_311, second) if second else (NEGOTIATED_311,)
    async with hostile_server(says(*messages)) as port:
        negotiated, shown = await smb_session_check(
            port=port,
            kdcs=(KdcEndpoint("dc1.contoso.lab"),),
            credentials=password("alice", "secret"),
            environment=scripted(),
            timeout_s=1.0 if outcome is Outcome.TIMEOUT else 5.0,
        )
    assert (negotiated.outcome, negotiated.facts.dialect) == (Outcome.OK, "3.1.1")
    assert shown.outcome is outcome
    assert (shown.facts.stage, shown.facts.server) == ("session", "cifs/ex1.contoso.lab")
    assert {name: getattr(shown.facts, name) for name in says_of_it} == says_of_it
    assert not shown.facts.ap_rep_verified


async def test_without_a_ticket_the_clock_is_all() -> None:
    async with hostile_server(says(NEGOTIATED_311)) as port:
        negotiated, shown = await smb_session_check(port=port, credentials=password("alice", "secret"))
    assert negotiated.facts.clock is not None
    assert (shown.outcome, shown.facts.error) == (Outcome.SKIPPED, "no-ticket")


async def test_the_systems_own_ticket_is_shown_as_well() -> None:
    case = json.loads((VECTOR_FOLDER / "gss_context.json").read_text("utf-8"))["cases"][0]
    context = partial(ScriptedContext, first=bytes.fromhex(case["ap_req"]))
    system = ScriptedSystem({"cifs/ex1.contoso.lab": context})
    # smbd's acceptance of another ticket: the system is asked about the AP-REP, and says that it fits.
    async with hostile_server(says(NEGOTIATED_311, ACCEPTED, LOGGED_OFF)) as port:
        _, shown = await smb_session_check(
            port=port,
            credentials=Credentials(source="native"),
            environment=replace(scripted(), open_context=system),
        )
    assert (shown.facts.accepted, shown.facts.ap_rep_verified) == (True, True)
    assert shown.facts.ticket_etype == case["etype"]
    assert [f"{target.service}/{target.host}" for target in system.opened] == ["cifs/ex1.contoso.lab"]


class Elsewhere:
    """A run whose receiver was found at an address where nobody listens."""

    def __init__(self, **settings: Any) -> None:
        environment = scripted()
        options = ProbeOptions(name="ex1.contoso.lab", **settings)
        run = begin_run(options, environment)
        connected = ConnectedTarget(
            session=_NoSession(),  # type: ignore[arg-type]
            address=Address(host="127.0.0.1", port=options.port),
            target="ex1.contoso.lab",
        )
        self.context = MeasurementContext(
            trace=empty_trace(),
            options=options,
            environment=environment,
            recorder=run.recorder,
            ticket_service=TicketService(run),
            connected=connected,
        )


class _NoSession:
    capabilities = None


@pytest.mark.parametrize(
    ("settings", "asked_port"),
    [
        ({}, 445),
        ({"port": 2525}, 445),
        ({"port": 587}, 445),
        ({"port": 1025}, None),
        ({"connect": Endpoint("127.0.0.1", 25)}, None),
        ({"ask_smb": False}, None),
        ({"connect": Endpoint("127.0.0.1", 25), "smb": Endpoint("127.0.0.1", 1)}, 1),
        ({"smb": Endpoint("127.0.0.1", 1), "ask_smb": False}, None),
    ],
)
async def test_where_it_is_asked(
    settings: dict[str, Any], asked_port: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Address] = []

    async def nobody(address: Address, **_: Any) -> None:
        tried.append(address)
        raise ConnectionFailure("refused")

    monkeypatch.setattr("probe.measurements.smb_session_check.SmbConnection.open", nobody)
    await perform(Elsewhere(**settings).context)
    assert [address.port for address in tried] == ([] if asked_port is None else [asked_port])
