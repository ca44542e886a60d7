"""Controllers that contradict each other, and those that only seem to."""

from typing import Any

import pytest

from probe.checks import Status
from probe.checks.replication_diverged import examine
from probe.diagnosis.verdict import judge
from probe.trace import Trace
from probe.trace.facts import Facts, Outcome
from probe.trace.views.directory.splits import splits
from tests.support.directories import DC1, DC2, EX1, SERVICE, account, directory, forest, found, owners
from tests.support.traces import (
    SPN,
    asks,
    ehlo,
    greeting,
    handshake,
    healthy,
    no_ticket,
    opening,
    refused,
    step,
    trace,
)

REFUSED = step(refused(), Outcome.REFUSED)


def refusing(*told: Facts) -> Trace:
    return trace(*opening(), REFUSED, *told)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kvno": 4}, "different key versions (kvno)"),
        ({"password_set": 1_700_000_001.0}, "the same key version, but passwords set at different times"),
    ],
)
def test_what_differs_in_the_receivers_key(change: dict[str, Any], words: str) -> None:
    """That they differ is proven; that this is why we were refused, by another controller's ticket alone."""
    split = refusing(*directory(), *directory(DC2, ex1=account(**change)))
    finding = examine(split)
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert words in finding.says
    assert [each.says.partition(":")[0] for each in finding.evidence] == [DC1, DC2]
    verdict = judge(split).verdict
    assert (verdict.cause, verdict.certainty) == ("replication-diverged", "likely")


def test_a_receiver_that_is_disabled_on_one_side_still_opens_its_tickets() -> None:
    finding = examine(refusing(*directory(), *directory(DC2, ex1=account(disabled=True))))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, False)
    assert "it is disabled on one only" in finding.says


def test_the_one_that_is_behind_is_named() -> None:
    newer = directory(DC2, ex1=account(password_set=1_700_000_900.0))
    assert examine(refusing(*directory(), *newer)).names["kdc"] == DC1
    assert examine(refusing(*newer, *directory())).names["kdc"] == DC1


def test_what_a_controller_does_not_say_is_no_difference() -> None:
    silent = directory(DC2, ex1=account(kvno=None, password_set=None, disabled=None))
    finding = examine(refusing(*directory(), *silent))
    assert (finding.status, finding.says) == (Status.PASS, "the KDCs agree on every SPN")


def test_the_catalogs_poor_copy_is_no_difference() -> None:
    assert splits(trace(found(), owners(SPN, EX1), forest(SPN, EX1), forest(SPN))) == ()


def test_an_spn_known_at_one_only() -> None:
    (split,) = splits(trace(*opening(), *directory(), *directory(DC2, held={SPN: ()})))
    assert (split.says, split.controller, split.matters) == (
        f"the domain controllers disagree whether {SPN} exists",
        DC2,
        True,
    )
    assert [each.says for each in split.evidence] == [
        f"{DC1}: {SPN} is on EX1$ ({EX1.dn})",
        f"{DC2}: nobody in its domain has {SPN}",
    ]


def test_a_cut_answer_is_no_difference() -> None:
    assert splits(trace(owners(SPN, EX1), owners(SPN, host=DC2, complete=False))) == ()


def test_two_owners_on_two_sides() -> None:
    finding = examine(refusing(*directory(), *directory(DC2, held={SPN: (SERVICE,)})))
    assert finding.says == f"the domain controllers disagree on which account {SPN} is"


def test_another_form_or_account_is_a_warning_after_a_success() -> None:
    told = (*directory(), *directory(DC2, held={"SMTP/ex1": ()}))
    well = trace(*opening(), handshake(), *told)
    assert (examine(well).status, examine(well).breaks) == (Status.CONFIRMED, False)
    assert judge(well).status == "warning"
    assert examine(refusing(*told)).breaks is False


def test_kdcs_and_directories_bear_each_other_out() -> None:
    both = trace(
        *opening()[:-5],
        asks(purpose="tgs"),
        asks(kdc="dc2.contoso.lab:88", ticket_kvno=2),
        *opening()[-1:],
        REFUSED,
        *directory(),
        *directory(DC2, ex1=account(kvno=2)),
    )
    finding = examine(both)
    assert finding.says == f"the KDCs give different key versions (kvno) for {SPN}"
    assert any(each.says.startswith(f"{DC2}: EX1$: kvno 2") for each in finding.evidence)


def test_a_directory_that_has_what_no_kdc_knows() -> None:
    unknown = trace(greeting(), ehlo(), asks(code=7), no_ticket(7), *directory(DC2))
    finding = examine(unknown)
    assert (finding.status, finding.breaks, len(finding.evidence)) == (Status.SUSPECT, True, 2)
    assert judge(unknown).verdict.cause == "replication-diverged"
    assert (
        examine(trace(greeting(), ehlo(), asks(code=7), *directory(DC2, held={SPN: ()}))).status
        is not Status.SUSPECT
    )


def test_controllers_that_agree() -> None:
    assert examine(trace(*directory(), *directory(DC2))).status is Status.PASS
    assert examine(trace(*directory())).status is Status.NOT_APPLICABLE
    assert judge(trace(*healthy().steps, *directory(), *directory(DC2))).verdict.cause == "healthy"
