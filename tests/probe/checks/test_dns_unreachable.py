import pytest

from probe.checks import Status
from probe.checks.dns_unreachable import examine
from probe.checks.kdc_unreachable import examine as kdc
from probe.checks.name_not_resolved import examine as name
from probe.diagnosis.verdict import judge
from probe.trace.facts import KdcDiscovery, Outcome, Resolve
from tests.support.traces import healthy, step, trace


def looked_up(error: str, *addresses: str) -> object:
    facts = Resolve(name="ex1.contoso.lab", source="dns", error=error, addresses=addresses)
    return step(facts, Outcome.OK if addresses else Outcome.REFUSED)


def discovery(error: str) -> KdcDiscovery:
    return KdcDiscovery(realm="CONTOSO.LAB", source="none", error=error)


@pytest.mark.parametrize("error", ["timed-out", "server-failure", "no-nameserver"])
def test_whoever_says_nothing_says_nothing_of_names(error: str) -> None:
    run = trace(looked_up(error), discovery(error))  # type: ignore[arg-type]
    found = examine(run)
    assert (found.status, found.breaks) == (Status.CONFIRMED, True)
    assert name(run).status is Status.NOT_APPLICABLE
    assert kdc(run).status is Status.NOT_APPLICABLE
    assert judge(run).verdict.cause == "dns-unreachable"


def test_one_question_is_a_suspicion() -> None:
    assert examine(trace(discovery("server-failure"))).status is Status.SUSPECT


@pytest.mark.parametrize("error", ["no-such-name", "no-records"])
def test_a_name_that_is_not_there_is_an_answer(error: str) -> None:
    run = trace(looked_up(error), discovery("timed-out"))  # type: ignore[arg-type]
    assert examine(run).status is Status.PASS
    assert name(run).status is Status.SUSPECT


def test_without_a_question_it_does_not_apply() -> None:
    assert examine(healthy()).status in (Status.NOT_APPLICABLE, Status.PASS)
    assert examine(trace()).status is Status.NOT_APPLICABLE
