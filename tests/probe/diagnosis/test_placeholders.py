"""Whose names are put into remedies."""

from probe.diagnosis.placeholders import placeholders
from tests.support.traces import asks, healthy, trace

OTHER = "FABRIKAM.LAB"


def test_the_domain_is_our_own_where_nothing_says_more() -> None:
    assert placeholders(healthy())["domain"] == "contoso.lab"
    assert placeholders(trace(asks(purpose="tgs", referral_realm=OTHER)))["domain"] == "contoso.lab"


def test_the_domain_is_the_receivers_where_its_ticket_came_over_a_trust() -> None:
    run = trace(
        asks(purpose="tgs", referral_realm=OTHER), asks(purpose="tgs", realm=OTHER), asks("HOST/x", realm="X")
    )
    assert (placeholders(run)["domain"], placeholders(run)["realm"]) == ("fabrikam.lab", "CONTOSO.LAB")
