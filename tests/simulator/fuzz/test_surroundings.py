from dataclasses import replace

from simulator.faults.clock_skew import ClockSkew
from simulator.faults.fqdn_mismatch import FqdnMismatch
from simulator.faults.kdc_transport import KdcTransport
from simulator.faults.values import Seconds
from simulator.fuzz.surroundings import logs_on, surroundings_of
from simulator.scenario.values import (
    AccountSetup,
    Expect,
    KdcSetup,
    Lesson,
    ProbeSettings,
    Scenario,
    TrustSetup,
)

LAB = Scenario(
    name="x",
    title="t",
    story="s",
    lesson=Lesson(explain="e"),
    expect=Expect(cause="healthy"),
    accounts=(
        AccountSetup(name="EX1$", realm="FABRIKAM.LAB", spns=("SMTPSVC/ex1.fabrikam.lab",)),
        AccountSetup(name="EX2$", spns=("SMTPSVC/ex2.contoso.lab",)),
    ),
    trusts=(TrustSetup(realm="FABRIKAM.LAB"),),
    kdcs=(KdcSetup(name="DC1"), KdcSetup(name="FDC1", realm="FABRIKAM.LAB"), KdcSetup(name="DC2")),
)


def with_probe(**settings: object) -> Scenario:
    return replace(LAB, probe=replace(LAB.probe, **settings))  # type: ignore[arg-type]


def test_realms_controllers_and_names() -> None:
    found = surroundings_of(LAB)
    assert (found.sender, found.receiver, found.receiver_account) == ("EX2$", "EX1", "EX1$")
    assert list(found.on_the_way()) == ["CONTOSO.LAB", "FABRIKAM.LAB"]
    assert found.kdcs == {"CONTOSO.LAB": ("DC1", "DC2"), "FABRIKAM.LAB": ("FDC1",)}
    assert found.spns == {"smtpsvc/ex1.fabrikam.lab"}
    assert found.return_spn == "smtpsvc/ex2.contoso.lab"
    assert found.owners["smtpsvc/ex1.fabrikam.lab"] == ("EX1$",)
    assert found.home_of("EX1$") == "FABRIKAM.LAB"


def test_the_sender_asks_for_the_name_that_is_advertised() -> None:
    lab = replace(LAB, faults=(FqdnMismatch(on="EX1", fqdn="Mail.contoso.lab"),))
    assert surroundings_of(lab).spns == {"smtpsvc/mail.contoso.lab"}
    assert surroundings_of(lab).own_name == "smtpsvc/ex1.fabrikam.lab"


def test_only_a_computer_that_may_use_exchangeauth_has_a_return_leg() -> None:
    assert surroundings_of(with_probe(mechanism="exchangeauth")).return_spn
    assert not surroundings_of(with_probe(mechanism="exps-gssapi")).return_spn
    assert not surroundings_of(with_probe(credentials="password", user="alice")).return_spn


def test_where_nobody_logs_on_the_sender_is_meant() -> None:
    nobody = with_probe(credentials="none", user="alice")
    assert not logs_on(nobody.probe)
    assert not logs_on(ProbeSettings(mechanism="none"))
    assert surroundings_of(nobody).sender == "EX2$"
    assert surroundings_of(nobody).return_spn


def test_offsets_are_those_of_all_faults_together() -> None:
    lab = replace(
        LAB,
        faults=(
            ClockSkew(on="PROBE", offset=Seconds(100.0)),
            ClockSkew(on="EX1", offset=Seconds(30.0)),
            ClockSkew(on="EX1", offset=Seconds(-10.0)),
        ),
    )
    offsets = surroundings_of(lab).offsets
    assert offsets == {"PROBE": 0.0, "EX1": -80.0, "DC1": -100.0, "FDC1": -100.0, "DC2": -100.0}


def test_a_controller_is_closed_where_both_of_its_ports_are() -> None:
    half = replace(LAB, faults=(KdcTransport(only="udp", on="DC1"),))
    assert not surroundings_of(half).closed
    whole = replace(LAB, faults=(KdcTransport(only="udp", on="DC1"), KdcTransport(only="tcp")))
    assert surroundings_of(whole).closed == {"DC1"}
