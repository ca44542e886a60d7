from typing import Any

import pytest

from simulator.run.confusion_matrix import Case, case_of, confusion, confusion_lines, figures


def case(truth: str, got: str, **changes: Any) -> Case:
    certain = (got,) if changes.get("certainty") == "certain" else ()
    settings: dict[str, Any] = {"name": f"{truth} as {got}", "certainty": "likely", "certain": certain}
    return Case(truth=tuple(truth.split("+")), got=got, **(settings | changes))


def report(status: str = "failure", finding: str = "confirmed") -> dict[str, Any]:
    return {
        "status": status,
        "verdict": {"cause": "spn-missing", "certainty": "likely"},
        "alternatives": [{"cause": "clock-skew-kdc", "certainty": "certain"}],
        "findings": [{"status": "pass"}, {"status": finding}],
    }


def test_a_case_knows_everything_that_was_called_certain() -> None:
    found = case_of("x", ["spn-missing"], report())
    assert (found.got, found.certainty, found.certain) == ("spn-missing", "likely", ("clock-skew-kdc",))
    assert found.right
    assert found.wrong_certain == ("clock-skew-kdc",)


@pytest.mark.parametrize(
    ("status", "finding", "accused"),
    [("ok", "pass", False), ("ok", "suspect", True), ("failure", "pass", True), ("warning", "notice", False)],
)
def test_a_healthy_one_is_accused_by_a_status_or_a_check(status: str, finding: str, accused: bool) -> None:
    assert case_of("x", ["healthy"], report(status, finding)).healthy_accused is accused
    assert not case_of("x", ["spn-missing"], report(status, finding)).healthy_accused


def test_the_table_counts_what_was_named_first() -> None:
    cases = [
        case("spn-missing", "spn-missing"),
        case("spn-missing", "undetermined"),
        case("spn-missing", "spn-missing"),
        case("healthy", "healthy"),
        case("a+b", "b"),
    ]
    assert confusion(cases) == {
        "a+b": {"b": 1},
        "healthy": {"healthy": 1},
        "spn-missing": {"spn-missing": 2, "undetermined": 1},
    }


def test_the_figures_tell_a_wrong_word_from_none() -> None:
    found = figures(
        [
            case("healthy", "healthy"),
            case("a+b", "b"),
            case("a", "undetermined"),
            case("a", "b", certainty="certain"),
        ]
    )
    assert (found["cases"], found["right_first"], found["right_first_percent"]) == (4, 2, 50.0)
    assert found["undetermined"] == ["a as undetermined"]
    assert found["wrong"] == found["wrong_certain"] == ["a as b"]
    assert found["healthy_accused"] == []


def test_the_lines_name_who_was_wrong() -> None:
    lines = confusion_lines([case("a", "a"), case("a", "b", certainty="certain")])
    assert lines[0] == "a  a 1, b 1"
    assert "right cause first: 1 of 2 (50.0 %)" in lines
    assert "wrong certain: 1 (a as b)" in lines


def test_no_case_has_no_share() -> None:
    assert figures([])["right_first_percent"] is None
    assert confusion_lines([])[1].startswith("right cause first: 0 of 0")
