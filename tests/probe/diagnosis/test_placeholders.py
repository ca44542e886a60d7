"""Whose names are put into remedies."""

from dataclasses import replace

from probe.diagnosis.placeholders import placeholders
from probe.diagnosis.verdict import judge
from probe.trace.facts import Outcome, Resolve
from tests.support.traces import asks, healthy, step, trace

OTHER = "FABRIKAM.LAB"


def test_the_domain_is_our_own_where_nothing_says_more() -> None:
    assert placeholders(healthy())["domain"] == "contoso.lab"
    assert placeholders(trace(asks(purpose="tgs", referral_realm=OTHER)))["domain"] == "contoso.lab"


def test_the_domain_is_the_receivers_where_its_ticket_came_over_a_trust() -> None:
    run = trace(
        asks(purpose="tgs", referral_realm=OTHER), asks(purpose="tgs", realm=OTHER), asks("HOST/x", realm="X")
    )
    assert (placeholders(run)["domain"], placeholders(run)["realm"]) == ("fabrikam.lab", "CONTOSO.LAB")


def test_a_host_without_windows_is_told_its_own_commands() -> None:
    lookup = Resolve(name="ex1.contoso.lab", source="system", error="no-such-name")
    run = trace(step(lookup, Outcome.REFUSED))
    commands = {
        platform: [
            remedy.command for remedy in judge(replace(run, tool={"platform": platform})).verdict.remedy
        ]
        for platform in ("linux", "win32")
    }
    assert "resolvectl flush-caches" in commands["linux"]
    assert "ipconfig /flushdns" not in commands["linux"]
    assert "ipconfig /flushdns" in commands["win32"]
    unknown = judge(replace(run, tool={})).verdict.remedy
    assert "ipconfig /flushdns" in [remedy.command for remedy in unknown], "a trace of an older version"
