"""The table of what each directory holds, and its lines in the ladder."""

import pytest

from probe.diagnosis.verdict import judge
from probe.report.directory_table import directory_table
from probe.report.ladder import ladder
from probe.report.text import render
from probe.trace.facts import DirectoryTrust, Facts, Outcome
from tests.support.directories import DC1, DC2, EX1, EX2, account, answer, directory, forest, found, owners
from tests.support.traces import SPN, healthy, step, trace


def rows(*told: Facts, width: int = 100) -> list[str]:
    return [line.text for line in directory_table(trace(*told), width)]


def row(label: str, lines: list[str]) -> str:
    return next(line for line in lines if line.strip().startswith(label))


def test_two_controllers_that_agree() -> None:
    lines = rows(*directory(), *directory(DC2))
    assert lines[0].split() == [DC1, DC2]
    assert row("LDAP", lines).split() == ["LDAP", "sealed", "sealed"]
    assert row("EX1$ kvno", lines).split() == ["EX1$", "kvno", "3", "3"]
    assert row("EX1$ password", lines).count("2023-11-14 22:13:20") == 2
    assert row("EX1$ is", lines).split()[2:] == ["enabled", "enabled"]
    assert row(SPN, lines).split() == [SPN, "EX1$", "EX1$"]
    assert not any("✗" in line for line in lines)


def test_what_differs_is_marked() -> None:
    changed = account(password_set=1_700_000_001.0, disabled=True)
    lines = rows(*directory(), *directory(DC2, ex1=changed, held={SPN: ()}))
    for label in ("EX1$ password", "EX1$ is", SPN):
        assert row(label, lines).endswith("✗ differs")
    assert row(SPN, lines).split() == [SPN, "EX1$", "nobody", "✗", "differs"]
    assert not row("EX1$ kvno", lines).endswith("differs")
    styles = {
        line.text: line.style for line in directory_table(trace(*directory(), found(changed, host=DC2)), 100)
    }
    assert {style for text, style in styles.items() if "✗" in text} == {"red"}


def test_two_owners_are_marked() -> None:
    assert row(SPN, rows(owners(SPN, EX1, EX2))).split() == [SPN, "EX1$,", "EX2$", "✗", "twice"]


def test_the_forest_comes_last_and_is_not_compared() -> None:
    lines = rows(forest(SPN, EX1, account("EX1$", dn="CN=EX1,DC=child")), *directory())
    assert lines[0].split() == [DC1, "the", "whole", "forest"]
    assert row(SPN, lines).split() == [SPN, "EX1$", "EX1$,", "EX1$", "✗", "twice"]


def test_failures_and_absences() -> None:
    dead = answer("root", host="", dc="192.0.2.13:389", error="timed-out")
    lines = rows(*directory(), dead, answer("account", "EX9$"), owners("SMTP/ex9", complete=False))
    assert row("LDAP", lines).split() == ["LDAP", "sealed", "timed-out"]
    assert row("EX9$", lines).split() == ["EX9$", "unknown"]
    assert row("SMTP/ex9", lines).split() == ["SMTP/ex9", "nobody", "..."]
    trusted = answer("trusts", trusts=(DirectoryTrust(partner="fabrikam.lab"),))
    assert row("trusts", rows(trusted)).split() == ["trusts", "fabrikam.lab"]
    assert rows() == []


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_are_no_wider_than_the_terminal(width: int) -> None:
    many = [item for number in range(5) for item in directory(f"dc{number}.contoso.lab")]
    lines = rows(*many, *directory("x" * 100, held={SPN: (EX2,)}), width=width)
    assert max(map(len, lines)) <= width


def test_hostile_names_cannot_steer_the_terminal() -> None:
    evil = account(name="EX1\x1b[2J$", dn="CN=\x1b[31m")
    text = "\n".join(rows(found(evil), owners(SPN, evil)))
    assert "\x1b" not in text


def test_the_ladder_tells_of_each_controller_once() -> None:
    refused = step(
        answer("account", "EX1$", error="bind-refused", detail="invalid-credentials (49)"), Outcome.REFUSED
    )
    lines = [line.text for line in ladder(trace(*directory(), refused), 100, failed=False)]
    assert [line.split("·")[-1].strip() for line in lines] == [
        f"{DC1}:389 LDAP: the directory of {DC1}",
        f"{DC1}:389 LDAP account: bind-refused (invalid-credentials (49))",
    ]


def test_the_report_has_the_table() -> None:
    whole = trace(*healthy().steps, *directory())
    assert "What each directory holds" in render(whole, judge(whole))
    assert "What each directory holds" not in render(healthy(), judge(healthy()))
