from pathlib import Path

import pytest

import probe.checks
from probe.causes import codes
from probe.checks import Check, Status, examine_all, registry
from tests.support import traces

FOLDER = Path(probe.checks.__file__).parent


def test_each_file_is_a_check_that_is_named_by_it() -> None:
    """What the registry misses, the folder has; a check whose file is lost is missed by the golden matrix."""
    files = [path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")]
    assert files
    assert [check.name for check in registry()] == sorted(stem.replace("_", "-") for stem in files)


@pytest.mark.parametrize("check", registry(), ids=lambda check: check.name)
def test_each_check_has_title_citation_and_a_cause_that_exists(check: Check) -> None:
    assert check.title.strip()
    assert check.citation.strip()
    assert check.cause in codes()


def test_each_finding_names_its_check_and_cause() -> None:
    for trace in (traces.healthy(), traces.failing(), traces.trace()):
        for check, finding in zip(registry(), examine_all(trace), strict=True):
            assert (finding.check, finding.cause) == (check.name, check.cause)


def test_no_check_accuses_a_healthy_run() -> None:
    """A check of what this run does not have (another mechanism, another way to a ticket) does not apply."""
    found = {finding.check: finding.status for finding in examine_all(traces.healthy())}
    assert found["healthy"] is Status.PASS
    assert set(found.values()) <= {Status.PASS, Status.NOT_APPLICABLE}


def test_no_check_accuses_a_verified_exchangeauth() -> None:
    run = traces.trace(*traces.opening(), traces.asks(traces.RETURN_SPN), traces.bound())
    found = {finding.check: finding.status for finding in examine_all(run)}
    assert set(found.values()) <= {Status.PASS, Status.NOT_APPLICABLE}
    passed = {check for check, status in found.items() if status is Status.PASS}
    about_it = {"return-spn-missing", "tls-terminated-in-path", "exchangeauth-not-offered"}
    assert passed >= about_it | {"healthy", "machine-key-stale", "illegal-message", "not-authorized"}


def test_an_empty_trace_applies_to_no_check() -> None:
    assert {finding.status for finding in examine_all(traces.trace())} == {Status.NOT_APPLICABLE}


def test_evidence_names_steps_that_exist() -> None:
    for trace in (traces.healthy(), traces.failing()):
        known = {step.id for step in trace.steps}
        cited = {item.step for finding in examine_all(trace) for item in finding.evidence}
        assert cited
        assert cited <= known
