from probe.checks import Status
from probe.checks.spn_duplicate import examine
from tests.support.traces import DC2, FQDN, SPN, asks, ehlo, greeting, handshake, healthy, trace


def test_not_unique_is_proof() -> None:
    finding = examine(trace(greeting(), ehlo(), asks(code=8)))
    assert (finding.status, finding.breaks, finding.names["spn"]) == (Status.CONFIRMED, True, SPN)


def test_etypes_that_differ_between_kdcs_are_a_possibility() -> None:
    assert examine(trace(greeting(), ehlo(), asks(), asks(kdc=DC2, ticket_etype=23))).status is Status.NOTICE


def test_unknown_while_other_names_are_known_is_a_possibility() -> None:
    finding = examine(trace(greeting(), ehlo(), asks(code=7), asks(f"HOST/{FQDN}")))
    assert finding.status is Status.NOTICE
    assert "setspn -F -X" in finding.would_decide[0]


def test_unknown_with_no_other_name_known_says_nothing() -> None:
    assert examine(trace(greeting(), ehlo(), asks(code=7))).status is Status.PASS


def test_healthy_passes_and_unasked_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(greeting(), ehlo(), handshake())).status is Status.NOT_APPLICABLE
