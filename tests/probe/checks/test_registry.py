from probe.causes import codes
from probe.checks import Status, examine_all, registry
from tests.support import traces


def test_each_check_is_named_by_its_file_and_has_title_citation_and_cause() -> None:
    checks = registry()
    assert len(checks) == 23
    assert all(check.name and check.title and check.citation for check in checks)
    assert {check.cause for check in checks} <= set(codes())


def test_each_finding_names_its_check_and_cause() -> None:
    for trace in (traces.healthy(), traces.failing(), traces.trace()):
        for check, finding in zip(registry(), examine_all(trace), strict=True):
            assert (finding.check, finding.cause) == (check.name, check.cause)


def test_no_check_accuses_a_healthy_run() -> None:
    assert {finding.check: finding.status for finding in examine_all(traces.healthy())} == {
        check.name: Status.PASS for check in registry()
    }


def test_an_empty_trace_applies_to_no_check() -> None:
    assert {finding.status for finding in examine_all(traces.trace())} == {Status.NOT_APPLICABLE}


def test_evidence_names_steps_that_exist() -> None:
    for trace in (traces.healthy(), traces.failing()):
        known = {step.id for step in trace.steps}
        cited = {item.step for finding in examine_all(trace) for item in finding.evidence}
        assert cited
        assert cited <= known
