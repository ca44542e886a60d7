"""The side question's two rungs."""

import pytest

from probe.report.ladder import ladder
from probe.trace.facts import Ntlm, Outcome
from tests.support.traces import identity, step, trace


def rungs(facts: Ntlm, outcome: Outcome = Outcome.OK) -> list[str]:
    return [line.text[11:] for line in ladder(trace(step(facts, outcome)), 100, failed=True)]


def test_who_answered() -> None:
    assert rungs(identity()) == [
        "C ────▶ S  AUTH NTLM on another connection: who are you?",
        "C ◀──── S  ex1.contoso.lab, contoso.lab, Windows 10.0.14393",
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"dns_computer": "", "dns_domain": "", "version": ""}, "EX1, CONTOSO"),
        ({"dns_computer": "", "computer": "", "dns_domain": "", "domain": "", "problem": "reset"}, "reset"),
        (
            {"dns_computer": "", "computer": "", "dns_domain": "", "domain": ""},
            "501 5.5.4 Authentication cancelled",
        ),
    ],
)
def test_less_than_that(changes: dict[str, str], says: str) -> None:
    facts = identity(None, **changes)
    # A side question is never where the run broke.
    assert rungs(facts, Outcome.REFUSED)[1:] == [f"C ◀──── S  {says}"]
