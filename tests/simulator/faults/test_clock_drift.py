import pytest

from simulator.faults.clock_drift import ClockDrift
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.engine import Faults
from simulator.faults.values import Seconds
from simulator.ledger import Ledger


def test_only_the_named_party_drifts() -> None:
    fault = ClockDrift(on="EX1", rate=0.01)
    assert fault.clock_drift("EX1") == 0.01
    assert fault.clock_drift("DC1") == fault.clock_drift("PROBE") == 0.0
    assert fault.clock_offset("EX1") == 0.0


def test_a_probe_that_runs_fast_is_everybody_else_running_slow() -> None:
    fault = ClockDrift(on="PROBE", rate=2.0)
    assert fault.clock_drift("PROBE") == 0.0
    assert fault.clock_drift("EX1") == fault.clock_drift("DC1") == -2.0


def test_drift_grows_with_time_and_comes_on_top_of_skew(ledger: Ledger) -> None:
    faults = Faults([ClockSkew(on="EX1", offset=Seconds(60.0)), ClockDrift(on="EX1", rate=-0.5)], ledger)
    assert faults.clock_offset("EX1") == 60.0
    assert faults.clock_offset("EX1", running_s=40.0) == 40.0
    assert faults.clock_offset("DC1", running_s=40.0) == 0.0
    fired = [(entry.detail["fault"], entry.party, entry.detail["hook"]) for entry in ledger.of("fault")]
    assert fired == [("clock-skew", "EX1", "clock_offset"), ("clock-drift", "EX1", "clock_drift")]


def test_a_stamp_in_a_log_is_no_clock_that_somebody_read(ledger: Ledger) -> None:
    faults = Faults([ClockDrift(on="EX1", rate=0.5)], ledger)
    assert faults.offset("EX1", running_s=10.0) == pytest.approx(5.0)
    assert not ledger.of("fault")
