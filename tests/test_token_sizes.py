"""Tickets as large as large PACs make them, over every mechanism: a KDC that answers UDP with error 52 and then TCP."""

from dataclasses import replace
from pathlib import Path

import pytest

import probe
from probe.facts import Handshake, KdcExchange
from simulator.lab import Lab
from simulator.runner import probe_options
from simulator.scenario import parse

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
    async with Lab(scenario, tmp_path) as lab:
        options = replace(probe_options(lab), mechanism=mechanism)
        trace = await probe.run_probe(options)
    last = trace.of(Handshake)[-1].facts
    assert last.token_octets > padding
    assert last.ap_rep_verified or last.return_leg == "verified"
    assert probe.judge(trace).verdict.cause == "healthy"
    asked = [step.facts for step in trace.of(KdcExchange)]
    assert any(
        one.transport == "udp" and one.error is not None and one.error.code == TOO_BIG for one in asked
    )
    assert any(one.transport == "tcp" and (one.ticket_octets or 0) > padding for one in asked)
