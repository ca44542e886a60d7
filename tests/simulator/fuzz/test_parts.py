from dataclasses import replace

from simulator.faults.kdc_down import KdcDown
from simulator.faults.stale_key import StaleKey
from simulator.fuzz.parts import parts, without
from simulator.scenario.values import ConnectorSetup, Expect, Lesson, Scenario

LAB = Scenario(
    name="x",
    title="t",
    story="s",
    lesson=Lesson(explain="e"),
    expect=Expect(cause="healthy"),
    faults=(StaleKey(on="EX1"), KdcDown(on="DC1"), StaleKey(on="EX1")),
)


def test_each_fault_is_a_part_of_its_own() -> None:
    first, second, third = parts(LAB)
    assert [part.number for part in (first, second, third)] == [0, 1, 2]
    assert without(LAB, [first, second]).faults == (LAB.faults[2],)
    assert without(LAB, [third]).faults == LAB.faults[:2]
    assert without(LAB, []) == LAB


def test_settings_that_are_faults_are_parts_as_well() -> None:
    connector = ConnectorSetup(extended_protection="require", suppress_x_anonymous_tls=True, profile="2003")
    lab = replace(LAB, faults=(), connectors=(connector, ConnectorSetup(name="b", server="EX3")))
    found = parts(lab)
    assert {cause for part in found for cause in part.causes} == {
        "bindings-rejected",
        "exchangeauth-not-offered",
    }
    mended = without(lab, found)
    assert not parts(mended)
    assert mended.connectors[0] == ConnectorSetup(profile="2016")
    assert mended.connectors[1] == lab.connectors[1]


def test_extended_protection_that_only_allows_is_no_fault() -> None:
    lab = replace(LAB, faults=(), connectors=(ConnectorSetup(extended_protection="allow"),))
    assert parts(lab) == ()
