"""Tickets as large as large PACs make them, over every mechanism: a KDC that answers UDP with error 52 and then TCP."""

from pathlib import Path

import pytest

import probe
from probe.kdcs.this_host import this_host
from probe.kdcs.ticket_service import TicketService
from probe.settings.context import begin_run
from probe.trace.facts import Handshake, KdcExchange
from simulator.lab import Lab
from simulator.run.runner import probe_options
from simulator.scenario import parse
from tests.support.lab_run import probed_lab

SCENARIO = """
title = "Large tickets"
story = "x"
[[account]]
name = "EX2$"
ticket_padding = {padding}
[[connector]]
name = "Default EX1"
server = "EX1"
enable_auth_gssapi = true
[expect]
cause = "healthy"
[lesson]
explain = "x"
check = ["klist"]
"""
TOO_BIG = 52


@pytest.mark.parametrize("mechanism", ["exchangeauth", "exps-gssapi", "auth-gssapi"])
@pytest.mark.parametrize("padding", [4 * 1024, 16 * 1024, 48 * 1024])
async def test_a_large_ticket_arrives_whole(mechanism: str, padding: int, tmp_path: Path) -> None:
    scenario = parse(SCENARIO.format(padding=padding), name="large", file="large.toml")
    trace = (await probed_lab(tmp_path, scenario, mechanism=mechanism)).trace
    last = trace.of(Handshake)[-1].facts
    assert last.token_octets > padding
    assert last.ap_rep_verified or last.return_leg == "verified"
    assert probe.judge(trace).verdict.cause == "healthy"
    asked = [step.facts for step in trace.of(KdcExchange)]
    assert any(one.transport == "tcp" and (one.ticket_octets or 0) > padding for one in asked)


@pytest.mark.parametrize("padding", [4 * 1024, 48 * 1024])
async def test_a_kdc_that_was_only_heard_of_over_udp_says_52_first(padding: int, tmp_path: Path) -> None:
    """The same log-on without the clock questions, by which TCP is known to be open in a whole run."""
    scenario = parse(SCENARIO.format(padding=padding), name="large", file="large.toml")
    async with Lab(scenario, tmp_path) as lab:
        context = begin_run(probe_options(lab), this_host())
        ticket_service = TicketService(context)
        await ticket_service.open()
        assert await ticket_service.service_ticket(("SMTPSVC/ex1.contoso.lab",)) is not None
    asked = [step.facts for step in context.recorder.steps() if isinstance(step.facts, KdcExchange)]
    too_big = [one for one in asked if one.error is not None and one.error.code == TOO_BIG]
    assert [one.transport for one in too_big] == ["udp"]
    assert any(one.transport == "tcp" and (one.ticket_octets or 0) > padding for one in asked)
