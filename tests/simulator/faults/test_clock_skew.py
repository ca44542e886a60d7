from simulator.faults.clock_skew import ClockSkew
from simulator.faults.values import Seconds


def test_only_the_named_party_is_moved() -> None:
    fault = ClockSkew(on="EX1", offset=Seconds(-600.0))
    assert fault.clock_offset("EX1") == -600.0
    assert fault.clock_offset("DC1") == 0.0
    assert fault.clock_offset("PROBE") == 0.0


def test_a_skewed_probe_is_everybody_else_the_other_way() -> None:
    fault = ClockSkew(on="PROBE", offset=Seconds(600.0))
    assert fault.clock_offset("PROBE") == 0.0
    assert fault.clock_offset("EX1") == -600.0
    assert fault.clock_offset("DC1") == -600.0
