"""Who is asked for the time, and what becomes of the answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from probe.checks import Status
from probe.checks.clock_skew_sender import examine
from probe.kdcs.ticket_service import TicketService
from probe.measurements import MeasurementContext, time_servers
from probe.net.connection import Address
from probe.net.endpoint import Endpoint
from probe.settings.options import ProbeOptions
from probe.smtp.connect import ConnectedTarget
from probe.trace import Recorder, Step, Trace
from probe.trace.facts import KdcDiscovery, Outcome, TimeServer
from probe.trace.views.clocks import read_clocks
from tests.probe.net.test_sntp import Answers, time_server
from tests.probe.wire.test_sntp import AHEAD, AHEAD_RECEIVED, AHEAD_SENT, ALONE, with_field
from tests.support import traces
from tests.support.mit_receiver import environment
from tests.support.traces import DC1, DC2, FQDN, clock, greeting, refused, step, trace
from tests.support.traces import trace as empty_trace


def copying(data: bytes) -> Answers:
    """A server that answers with ``data``, the question's time copied into it."""
    return lambda question: [with_field(data, 24, question[40:48])]


async def asked(
    *servers: Endpoint, kdcs: Sequence[str] = (), address: str = "", **options: Any
) -> list[Step[TimeServer]]:
    """The steps; this host's clock shows what it did when the answers were captured."""
    recorder = Recorder(lambda: 0.0)
    recorder.add(
        KdcDiscovery(realm=traces.REALM, source="option", kdcs=tuple(kdcs)), Outcome.OK, start_ms=0.0
    )
    settings: dict[str, Any] = {"name": FQDN, "realm": traces.REALM, "sntp": servers, "timeout_s": 0.2}
    connected = ConnectedTarget(
        session=cast("Any", None), address=Address(host=address, port=25), target=FQDN
    )
    context = MeasurementContext(
        trace=empty_trace(),
        options=ProbeOptions(**(settings | options)),
        environment=replace(environment(), clock=iter((AHEAD_SENT, AHEAD_RECEIVED) * 8).__next__),
        recorder=recorder,
        ticket_service=cast("TicketService", None),
        connected=connected if address else None,
    )
    await time_servers.perform(context)
    return [cast("Step[TimeServer]", item) for item in recorder.steps() if item.kind == "time-server"]


async def test_a_named_server_is_a_witness() -> None:
    async with time_server(copying(AHEAD)) as (endpoint, _):
        (found,) = await asked(endpoint, kdcs=[DC1])
    assert (found.outcome, found.facts.stratum, found.facts.synchronized) == (Outcome.OK, 3, True)
    reading = found.facts.clock
    assert reading is not None
    assert (reading.who, reading.source) == (str(endpoint), "sntp")
    assert abs(reading.offset_s - 600.0) <= reading.uncertainty_s < 0.006
    seen = trace(clock(DC1, 600.0), found.facts, step(refused(), Outcome.REFUSED))
    assert examine(seen).status is Status.CONFIRMED


async def test_a_server_at_a_kdcs_host_tells_that_kdcs_clock() -> None:
    async with time_server(copying(AHEAD)) as (endpoint, _):
        (found,) = await asked(endpoint, kdcs=["127.0.0.1:88"])
    assert found.facts.clock is not None
    assert found.facts.clock.who == "127.0.0.1:88"
    assert [kdc.source for kdc in read_clocks(trace(traces.dead("127.0.0.1:88"), found.facts)).kdcs] == [
        "sntp"
    ]


async def test_who_does_not_trust_his_clock_is_no_witness() -> None:
    async with time_server(copying(ALONE)) as (endpoint, _):
        (found,) = await asked(endpoint)
    assert found.facts.synchronized is False
    assert found.facts.clock is not None
    assert found.facts.clock.uncertainty_s > 1.0  # its own account of how far it is off
    assert read_clocks(trace(found.facts)).servers == ()


async def test_a_kiss_of_death_is_a_refusal() -> None:
    async with time_server(copying(with_field(ALONE, 12, b"RATE"))) as (endpoint, _):
        (found,) = await asked(endpoint)
    assert (found.outcome, found.facts.error, found.facts.clock) == (
        Outcome.REFUSED,
        "kiss-of-death RATE",
        None,
    )


async def test_silence_and_nonsense_are_outcomes() -> None:
    async with time_server(lambda _: []) as (silent, _), time_server(lambda _: [b"x"]) as (strange, _):
        found = await asked(silent, strange)
    outcomes = {item.facts.server: (item.outcome, item.facts.error) for item in found}
    assert outcomes == {
        str(silent): (Outcome.TIMEOUT, "timed-out"),
        str(strange): (Outcome.MALFORMED, "too-short"),
    }


@pytest.mark.parametrize(
    ("kdcs", "options", "servers"),
    [
        (["127.0.0.1:88", "[::1]:88"], {}, {"127.0.0.1:123", "[::1]:123"}),
        (["127.0.0.1:8888"], {}, set()),
        (["127.0.0.1:88"], {"realm": "OTHER.LAB"}, set()),
        ([], {"address": "127.0.0.1"}, {"127.0.0.1:123"}),
        ([], {"address": "127.0.0.1", "connect": Endpoint("127.0.0.1", 2525)}, set()),
        (["127.0.0.1:88"], {"address": "127.0.0.1"}, {"127.0.0.1:123"}),
    ],
)
async def test_without_a_named_server_kdcs_and_receiver_are_asked(
    kdcs: list[str], options: dict[str, Any], servers: set[str]
) -> None:
    assert {item.facts.server for item in await asked(kdcs=kdcs, **options)} == servers


@pytest.mark.parametrize(
    ("run", "due"),
    [
        (traces.failing(), False),
        (trace(clock(DC1), clock(DC2)), True),  # the receiver's clock is not known
        (trace(greeting()), True),
        (trace(clock(DC1), greeting(290.0)), True),
        (trace(clock(DC1), greeting(230.0)), False),
        (trace(clock(DC1), greeting(600.0)), True),
        (trace(clock(DC1), clock(DC2, 900.0), greeting()), True),
        (trace(clock(DC1), greeting(), traces.identity(60.0)), True),
        (trace(clock(DC1), greeting(), request=traces.asked(effort="thorough")), True),
    ],
)
def test_it_is_wanted_when_a_clock_is_in_doubt(run: Trace, due: bool) -> None:
    assert time_servers.wanted(run) is due
