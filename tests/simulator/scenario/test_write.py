import tomllib

import pytest

from simulator import scenario as scenarios
from simulator.faults.ldap_down import LdapDown
from simulator.faults.slow import Slow
from simulator.faults.values import Place, Seconds
from simulator.scenario import parse
from simulator.scenario.values import Scenario
from simulator.scenario.write import fault_line, to_toml


def sorted_accounts(scenario: Scenario) -> tuple[Scenario, ...]:
    """Accounts without their order, which a file that names none of them leaves to the lab."""
    return tuple(sorted(scenario.accounts, key=lambda account: account.name))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", scenarios.names())
def test_what_is_written_reads_as_what_was_read(name: str) -> None:
    found = scenarios.load(scenarios.find(name))
    again = parse(to_toml(found), name=name, file=name)
    for field in found.__dataclass_fields__:
        if field != "accounts":
            assert getattr(again, field) == getattr(found, field), field
    assert sorted_accounts(again) == sorted_accounts(found)
    assert to_toml(again) == to_toml(parse(to_toml(again), name=name, file=name))


def test_only_what_is_special_is_written() -> None:
    smallest = 'title = "t"\nstory = "s"\n[expect]\ncause = "healthy"\n[lesson]\nexplain = "e"\n'
    tables = tomllib.loads(to_toml(parse(smallest, name="x", file="x")))
    assert "probe" not in tables
    assert tables["connector"] == [{"name": "Default EX1"}]
    assert tables["account"] == [{"name": "EX1$"}, {"name": "EX2$"}, {"name": "alice"}]
    assert tables["expect"] == {"cause": "healthy"}


def test_what_toml_would_take_for_something_else_is_escaped() -> None:
    text = 'title = "t"\nstory = """a "b" \\\\ c\n\td"""\n[expect]\ncause = "healthy"\n[lesson]\nexplain = "e\u00e9"\n'
    found = parse(text, name="x", file="x")
    assert parse(to_toml(found), name="x", file="x") == found


def test_a_fault_in_one_line() -> None:
    assert fault_line(LdapDown(on="DC1")) == 'ldap-down(on="DC1")'
    slow = Slow(on="EX1", at=Place.EHLO, delay=Seconds(1.5), may_not_fire=True)
    assert fault_line(slow) == 'slow(may_not_fire=true, on="EX1", at="ehlo", delay=1.5)'
