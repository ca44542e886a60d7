"""Our own lateness is told as nobody else's fault."""

from dataclasses import replace

from probe.checks import Status
from probe.checks.kdc_tcp_blocked import examine as tcp
from probe.checks.kdc_unreachable import examine as unreachable
from probe.trace import trace_from_json, trace_to_json
from probe.trace.views.lateness import LATE_MS, we_were_late
from tests.support.traces import clock, dead, trace

BLOCKED = trace(clock(), dead(transport="tcp"))
SILENT = trace(dead(), dead(transport="tcp"))


def test_on_time_silence_is_proof() -> None:
    assert tcp(BLOCKED).status is Status.CONFIRMED
    assert unreachable(SILENT).status is Status.CONFIRMED
    assert not we_were_late(BLOCKED)


def test_late_it_is_none() -> None:
    assert tcp(replace(BLOCKED, late_ms=LATE_MS)).status is Status.NOTICE
    assert unreachable(replace(SILENT, late_ms=LATE_MS)).status is Status.SUSPECT


def test_who_refuses_has_answered() -> None:
    refusing = trace(clock(), dead(transport="tcp", why="refused"))
    assert tcp(replace(refusing, late_ms=LATE_MS)).status is Status.CONFIRMED


def test_a_saved_trace_keeps_it() -> None:
    late = replace(BLOCKED, late_ms=812.5)
    assert trace_from_json(trace_to_json(late)).late_ms == 812.5
    old = {key: value for key, value in trace_to_json(late).items() if key != "late_ms"}
    assert trace_from_json(old).late_ms == 0.0
