import pytest

from simulator.faults.values import OnPath, Passing


def passing(number: int, **changes: object) -> Passing:
    fields = {"service": "kdc", "party": "DC1", "transport": "udp", "direction": "to", "passed": 0}
    return Passing(number=number, **{**fields, **changes})  # type: ignore[arg-type]


def due(of: OnPath, numbers: range = range(1, 11)) -> list[int]:
    return [number for number in numbers if of.is_due(passing(number))]


@pytest.mark.parametrize(
    ("keys", "numbers"),
    [
        ({}, [*range(1, 11)]),
        ({"after": 7}, [8, 9, 10]),
        ({"every": 3}, [1, 4, 7, 10]),
        ({"every": 3, "after": 1}, [2, 5, 8]),
        ({"every": 0}, [*range(1, 11)]),
        ({"chance": 0.0}, []),
        ({"transport": "tcp"}, []),
        ({"transport": "udp", "after": 9}, [10]),
        ({"on": "DC2"}, []),
        ({"service": "ldap"}, []),
    ],
)
def test_which_connections_are_concerned(keys: dict[str, object], numbers: list[int]) -> None:
    assert due(OnPath(**({"on": "DC1", "service": "kdc"} | keys))) == numbers  # type: ignore[arg-type]


def test_chance_is_drawn_by_the_seed_and_the_same_at_every_call() -> None:
    drawn = [
        due(OnPath(on="DC1", service="kdc", chance=0.3, seed=seed), range(1, 2001)) for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    # Six times the standard deviation of 2,000 draws, 20.5, on either side of 600.
    assert all(477 < len(each) < 723 for each in drawn)
    assert set(drawn[0]) < set(due(OnPath(on="DC1", service="kdc", chance=0.6, seed=1), range(1, 2001)))


def test_both_directions_of_a_connection_have_one_fate() -> None:
    of = OnPath(on="DC1", service="kdc", chance=0.5)
    for number in range(1, 50):
        ways = {of.is_due(passing(number, direction=direction, passed=99)) for direction in ("to", "from")}
        assert len(ways) == 1
