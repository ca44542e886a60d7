import pytest

from probe.diagnosis.outcome import what_happened
from probe.diagnosis.verdict import judge
from probe.trace.facts import Outcome, Resolve, Ticket
from tests.support.traces import DC1, clock, ehlo, error, greeting, logon, step, trace

PTR = step(Resolve(name="192.0.2.10", source="dns", record="PTR", error="no-such-name"), Outcome.REFUSED)


def lacking(**changes: object) -> Ticket:
    return Ticket(source="keytab", client="EX2$@CONTOSO.LAB", server="SMTPSVC/ex1.contoso.lab", **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [1, 2, 9, 27, 60, 68])
def test_a_kdcs_error_is_in_the_first_line_whatever_failed_after_it(code: int) -> None:
    refused = step(lacking(error=error(code)), Outcome.REFUSED)
    run = trace(clock(DC1, 0.0), greeting(), ehlo(), logon(code=code), refused, PTR)
    says, evidence = what_happened(run, None)
    assert f"({code})" in says or f"error {code}" in says
    assert "resolve" not in says
    assert evidence[0].step == "ticket-1"
    assert f"{code}" in judge(run).verdict.summary


@pytest.mark.parametrize(
    ("problem", "due"),
    [
        ("expired", "expired"),
        ("not-yet-valid", "not valid yet"),
        ("no-credentials", "neither keytab nor cache"),
        ("malformed", "could not be read"),
        ("something-new", "something-new"),
    ],
)
def test_our_own_problem_is_told_in_words(problem: str, due: str) -> None:
    run = trace(
        greeting(), ehlo(), step(lacking(problem=problem, detail="krbtgt ended 60 s ago"), Outcome.REFUSED)
    )
    says, _ = what_happened(run, None)
    assert due in says
    assert "krbtgt ended 60 s ago" in says
