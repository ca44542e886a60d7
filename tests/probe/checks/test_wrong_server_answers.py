from dataclasses import replace
from typing import Any

import pytest

from probe.checks import Status
from probe.checks.wrong_server_answers import examine
from probe.trace import Target
from probe.trace.facts import Certificate, Ehlo, Look, Outcome
from tests.support.traces import (
    ehlo,
    failing,
    greeting,
    handshake,
    healthy,
    identity,
    opening,
    refused,
    smb_session_check,
    step,
    tls,
    trace,
)

OTHER: dict[str, Any] = {"computer": "EX3", "dns_computer": "ex3.contoso.lab"}
CERTIFICATE = Certificate(
    subject="CN=ex3",
    names=("ex3", "ex3.contoso.lab"),
    issuer="CN=ex3",
    self_signed=True,
    key_type="rsa",
    key_bits=2048,
    not_before=1.0,
    not_after=2.0,
    sha256="00",
    public_key_sha256="11",
)


def target(name: str) -> Target:
    return Target(name=name, host=name, port=25, address="192.0.2.10")


def test_a_computer_of_another_name_is_a_suspicion() -> None:
    finding = examine(trace(greeting(), ehlo(), tls(certificate=CERTIFICATE), identity(**OTHER), refused()))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert "ex3.contoso.lab" in finding.says
    assert [item.step for item in finding.evidence] == ["ntlm-1", "greeting-1", "ehlo-1", "tls-1"]


def test_a_ticket_that_it_takes_was_made_for_it() -> None:
    finding = examine(trace(greeting(), ehlo(), identity(**OTHER), handshake()))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, False)


@pytest.mark.parametrize(
    ("asked", "advertised"),
    [
        ("ex1.contoso.lab", "ex1.contoso.lab"),
        ("EX1.Contoso.Lab.", "mail.contoso.example"),  # the connector's Fqdn is another matter
        ("mail.contoso.example", "ex1.contoso.lab"),  # an alias: the ticket is made for the real name
        ("mail.contoso.example", "EX1"),
        ("EX1", ""),
        ("192.0.2.10", "[192.0.2.10]"),  # nothing to compare
    ],
)
def test_a_name_of_the_computers_own_passes(asked: str, advertised: str) -> None:
    run = trace(
        greeting(), ehlo(advertised_name=advertised), identity(advertised_name=""), target=target(asked)
    )
    assert examine(run).status is Status.PASS


def test_a_netbios_name_alone_is_enough() -> None:
    assert examine(trace(ehlo(), identity(dns_computer=""))).status is Status.PASS


def test_a_netbios_name_is_the_first_15_characters() -> None:
    long = "mailserver-number-1.contoso.lab"
    run = trace(
        ehlo(advertised_name=long),
        identity(dns_computer="", computer="MAILSERVER-NUMB", advertised_name=long),
        target=target(long),
    )
    assert examine(run).status is Status.PASS


def test_another_domain_is_another_server() -> None:
    run = trace(ehlo(), identity(computer="", dns_computer="ex1.fabrikam.com"))
    assert examine(run).status is Status.SUSPECT


@pytest.mark.parametrize(
    "later", [identity(advertised_name="ex3.contoso.lab"), ehlo(advertised_name="ex3.contoso.lab")]
)
def test_different_answers_on_repeated_connections_are_a_suspicion(later: Ehlo) -> None:
    finding = examine(trace(ehlo(), later, step(refused(), Outcome.REFUSED)))
    assert finding.status is Status.SUSPECT
    assert [item.says for item in finding.evidence] == [
        "EHLO is answered by ex1.contoso.lab",
        "EHLO is answered by ex3.contoso.lab",
    ]


def key(number: int) -> Certificate:
    return replace(CERTIFICATE, public_key_sha256=f"{number:064x}")


def look(**changes: Any) -> Look:
    return Look(address="192.0.2.10", port=25, advertised_name="ex1.contoso.lab", **changes)


def test_different_keys_behind_one_name_are_a_suspicion() -> None:
    shown = tls(certificate=key(1))
    other = look(tls="x-anonymoustls", public_key_sha256=key(2).public_key_sha256)
    refusal = step(refused(), Outcome.REFUSED)
    finding = examine(trace(ehlo(), shown, other, refusal))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert [item.step for item in finding.evidence] == ["tls-1", "look-1"]
    same = look(tls="x-anonymoustls", public_key_sha256=key(1).public_key_sha256)
    assert examine(trace(ehlo(), shown, same, identity(), refusal)).status is Status.PASS
    assert examine(trace(ehlo(), shown, other, handshake())).breaks is False


def test_starttls_may_show_another_certificate_than_x_anonymoustls() -> None:
    public = tls(verb="STARTTLS", certificate=key(2))
    assert examine(trace(ehlo(), tls(certificate=key(1)), public, identity())).status is Status.PASS


def test_another_name_on_a_look_is_a_suspicion() -> None:
    finding = examine(trace(ehlo(), replace(look(), advertised_name="ex3.contoso.lab")))
    assert finding.status is Status.SUSPECT
    assert finding.evidence[-1].step == "look-1"


def test_the_short_form_is_the_same_answer() -> None:
    assert examine(trace(ehlo(), ehlo(advertised_name="EX1"), identity())).status is Status.PASS


def test_a_good_run_passes_and_a_refusal_alone_accuses_nobody() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(failing()).status is Status.PASS


def test_without_an_answer_it_does_not_apply() -> None:
    silent = identity(computer="", dns_computer="", problem="timed-out")
    for run in (trace(), trace(ehlo()), trace(*opening()[:8], silent)):
        assert examine(run).status is Status.NOT_APPLICABLE


def test_two_clocks_are_two_computers() -> None:
    """The banner may be a proxy's; the two agree when one clock was read twice."""
    run = trace(greeting(-600.0), ehlo(), identity(0.0), step(refused(), Outcome.REFUSED))
    finding = examine(run)
    assert finding.status is Status.SUSPECT
    assert {item.step for item in finding.evidence} == {"greeting-1", "ntlm-1"}
    assert examine(trace(greeting(-600.4), ehlo(), identity(-600.0))).status is Status.PASS


def test_another_computers_name_in_an_error_of_smb_is_a_suspicion() -> None:
    finding = examine(trace(greeting(), ehlo(), refused(), smb_session_check(41, who="ex3$")))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert finding.says.endswith("calls itself ex3$")
    assert finding.evidence[0].step == "second-opinion-1"


@pytest.mark.parametrize("who", ["ex1$", "cifs/ex1.contoso.lab", ""])
def test_smb_of_the_same_computer_or_of_nobody_accuses_none(who: str) -> None:
    said = examine(trace(greeting(), ehlo(), refused(), smb_session_check(41, who=who)))
    assert said.status is Status.NOT_APPLICABLE


def test_port_445_alone_may_be_elsewhere() -> None:
    run = trace(greeting(), ehlo(), identity(), refused(), smb_session_check(41, who="fs1$"))
    assert examine(run).status is Status.PASS


@pytest.mark.parametrize(
    ("names", "self_signed", "status"),
    [
        (("ex9.contoso.lab", "ex9"), True, Status.SUSPECT),
        (("ex1.contoso.lab", "ex1"), True, Status.NOT_APPLICABLE),
        (("mail.contoso.com",), False, Status.NOT_APPLICABLE),
        ((), True, Status.NOT_APPLICABLE),
    ],
)
def test_a_servers_own_certificate_names_it_where_nothing_else_does(
    names: tuple[str, ...], self_signed: bool, status: Status
) -> None:
    shown = replace(CERTIFICATE, names=names, self_signed=self_signed)
    found = examine(trace(greeting(), ehlo(), tls(certificate=shown), refused()))
    assert found.status is status
