from typing import Any

import pytest

from probe.report.ladder import ladder
from probe.trace import Step
from probe.trace.facts import Facts, Outcome
from tests.support.traces import (
    failing,
    opinion_without_reason,
    reading,
    refused,
    smb_clock,
    smb_session_check,
    step,
    trace,
)

SHOWN = "C ────▶ S  SMB: ticket for cifs/ex1.contoso.lab, aes256 kvno 3"


def rungs(item: Step[Facts] | Facts) -> list[str]:
    return [line.text[11:] for line in ladder(trace(item), 120, failed=True)]


def test_the_clock() -> None:
    assert rungs(smb_clock(600.0)) == [
        "C ────▶ S  SMB on 192.0.2.10 port 445: NEGOTIATE",
        "C ◀──── S  SMB 3.1.1, its clock +10 min ± 0.0 s against this host",
    ]
    assert rungs(smb_clock(0.0, clock=None))[1] == "C ◀──── S  SMB 3.1.1"


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (smb_session_check(), "✓ AP-REP verified: the computer has the key"),
        (smb_session_check(41), "ERR_41 (41) in the name of ex1$"),
        (
            smb_session_check(37, clock=reading("ex1", -600.0, 0.5, "krb-error-in-smb")),
            "KRB_AP_ERR_SKEW (37) in the name of ex1$, its clock -10 min",
        ),
        (smb_session_check(41, who=""), "ERR_41 (41)"),
        (opinion_without_reason(), "STATUS_LOGON_FAILURE, and no token of Kerberos"),
        (
            opinion_without_reason(problem="other-mechanism"),
            "STATUS_LOGON_FAILURE, and no token of Kerberos (other-mechanism)",
        ),
        (smb_session_check(ap_rep_verified=False), "accepted, and no token of Kerberos"),
    ],
)
def test_a_ticket(item: Step[Any], says: str) -> None:
    assert rungs(item) == [SHOWN, f"C ◀──── S  {says}"]


def test_nobody_there() -> None:
    silent = step(smb_clock(0.0, clock=None, status=None, dialect="", error="refused"), Outcome.REFUSED)
    assert rungs(silent)[1].strip() == "·      refused"


def test_a_second_opinion_is_never_where_it_broke() -> None:
    run = failing(step(refused(), Outcome.REFUSED), smb_session_check(41))
    lines = [line.text for line in ladder(run, 120, failed=True)]
    (broke,) = [number for number, text in enumerate(lines) if "it broke here" in text]
    assert "SMB" not in lines[broke - 1]
