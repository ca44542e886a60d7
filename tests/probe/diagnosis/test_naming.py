"""KDCs by name in everything that a verdict says."""

from probe.checks import Finding, Status
from probe.diagnosis.naming import named
from probe.diagnosis.verdict import judge
from probe.trace.facts import DirectoryAnswer
from probe.trace.views.evidence import Evidence
from tests.support.traces import clock, trace

KDC = "192.0.2.1:88"
FOUND = Finding(
    check="x",
    status=Status.CONFIRMED,
    cause="clock-skew-kdc",
    says=f"{KDC} is off",
    evidence=(Evidence(step="kdc-1", says=f"{KDC}: +10 min"),),
    names={"kdc": KDC},
    would_decide=(f"ask {KDC}",),
)


def test_a_finding_whole() -> None:
    found = named(FOUND, {KDC: "dc1.contoso.lab"})
    assert found.says == "dc1.contoso.lab is off"
    assert found.evidence[0].says == "dc1.contoso.lab: +10 min"
    assert found.names == {"kdc": "dc1.contoso.lab"}
    assert found.would_decide == ("ask dc1.contoso.lab",)


def test_the_remedy_names_the_host_and_not_its_address() -> None:
    run = trace(clock(KDC, 600.0), DirectoryAnswer(dc="192.0.2.1:389", host="dc1.contoso.lab", kdc=KDC))
    verdict = judge(run, [FOUND]).verdict
    assert verdict.summary == "dc1.contoso.lab is off"
    assert any("dc1.contoso.lab" in remedy.where for remedy in verdict.remedy)
    assert not any("192.0.2.1" in f"{remedy.where} {remedy.command}" for remedy in verdict.remedy)
