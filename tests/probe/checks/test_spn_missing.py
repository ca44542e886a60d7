from probe.checks import Status
from probe.checks.spn_missing import examine
from probe.diagnosis.verdict import judge
from probe.trace.facts import Facts
from tests.support.traces import (
    DC1,
    DC2,
    FQDN,
    SPN,
    asked,
    asks,
    ehlo,
    greeting,
    healthy,
    logon,
    no_ticket,
    postfix,
    ticket,
    trace,
)

HOST = f"HOST/{FQDN}"


def test_known_passes() -> None:
    assert examine(healthy()).status is Status.PASS


def test_unknown_everywhere_while_another_name_is_known_is_a_strong_suspicion() -> None:
    missing = trace(greeting(), ehlo(), asks(code=7), asks(kdc=DC2, code=7), asks(HOST), no_ticket(7))
    finding = examine(missing)
    assert (finding.status, finding.breaks, finding.names["spn"]) == (Status.SUSPECT, True, SPN)


def test_who_has_no_trust_says_unknown_of_every_name() -> None:
    other = "FABRIKAM.LAB"
    lost = (asks(purpose="tgs", referral_realm=other), asks(realm=other, code=7), no_ticket(7))
    own = asks(f"krbtgt/{other}", realm=other, code=7)
    assert examine(trace(greeting(), ehlo(), *lost)).status is Status.SUSPECT
    finding = examine(trace(greeting(), ehlo(), *lost, own))
    assert finding.status is Status.NOTICE
    assert "the way to its realm is not open" in finding.says


def test_the_short_name_of_the_host_counts_as_another_name() -> None:
    assert examine(trace(greeting(), ehlo(), asks(code=7), asks("HOST/EX1"))).status is Status.SUSPECT


def test_a_name_of_another_host_is_no_proof() -> None:
    other = trace(greeting(), ehlo(), asks(code=7), asks("HOST/ex11.contoso.lab"))
    assert examine(other).status is Status.SUSPECT


def test_unknown_alone_is_a_suspicion() -> None:
    finding = examine(trace(greeting(), ehlo(), asks(code=7)))
    assert finding.status is Status.SUSPECT
    assert any("setspn -F -Q" in text for text in finding.would_decide)


def test_unknown_on_one_kdc_only_is_not_missing() -> None:
    assert examine(trace(greeting(), ehlo(), asks(code=7), asks(kdc=DC2))).status is Status.PASS


def test_a_kdc_that_could_not_say_does_not_count() -> None:
    skewed = trace(greeting(), ehlo(), asks(code=7), asks(kdc=DC2, code=37), asks(HOST))
    assert examine(skewed).status is Status.SUSPECT


def test_the_same_kdc_knowing_it_once_is_enough() -> None:
    twice = trace(greeting(), ehlo(), asks(code=7), asks(kdc=DC1), asks(kdc=DC1, code=7))
    assert examine(twice).status is Status.PASS


def test_case_does_not_matter() -> None:
    assert examine(trace(greeting(), ehlo(), asks(SPN.lower()))).status is Status.PASS


def test_exchange_needs_smtpsvc_and_others_take_smtp() -> None:
    asked_both = asks(code=7), asks(f"smtp/{FQDN}"), ticket(requested=(SPN, f"smtp/{FQDN}"))
    assert examine(trace(greeting(), ehlo(), *asked_both)).status is Status.SUSPECT
    assert examine(trace(*postfix(), *asked_both)).status is Status.PASS


def test_an_spn_given_by_the_user_is_the_one_that_counts() -> None:
    given = trace(
        greeting(), ehlo(), asks(), asks("SMTPSVC/other", code=7), request=asked(spn="SMTPSVC/other")
    )
    assert examine(given).status is Status.SUSPECT


def test_an_advertised_name_that_is_not_the_hosts_is_left_to_the_connector_check() -> None:
    wrong = trace(
        greeting(), ehlo(advertised_name="mail.contoso.com"), asks("SMTPSVC/mail.contoso.com", code=7), asks()
    )
    assert examine(wrong).status is Status.NOTICE


def test_a_native_ticket_error_is_a_suspicion() -> None:
    assert examine(trace(greeting(), ehlo(), no_ticket(7, source="native"))).status is Status.SUSPECT


def test_not_asked_does_not_apply() -> None:
    assert examine(trace(greeting(), ehlo(), logon())).status is Status.NOT_APPLICABLE


def test_a_wrong_spn_on_request_is_not_what_a_sender_needs() -> None:
    wrong = "SMTPSVC/nobody.contoso.lab"
    ours = trace(
        *postfix(),
        asks(),
        asks(wrong, code=7),
        no_ticket(requested=(wrong,)),
        request=asked(inject="wrong-spn"),
    )
    assert examine(ours).status is Status.PASS


FORMS = ("SMTPSVC/ex1", "SMTP/ex1.contoso.lab", "SMTP/EX1")


def commands(*seen: Facts) -> list[str]:
    found = judge(trace(greeting(), ehlo(), asks(code=7), asks(HOST), *seen, no_ticket(7)))
    assert found.verdict.cause == "spn-missing"
    return [remedy.command for remedy in found.verdict.remedy if remedy.command.startswith("setspn -S")]


def test_exactly_the_missing_forms_are_to_be_registered() -> None:
    own = "setspn -S SMTPSVC/ex1.contoso.lab EX1$"
    short, smtp, smtp_short = (
        "setspn -S SMTPSVC/EX1 EX1$",
        "setspn -S SMTP/ex1.contoso.lab EX1$",
        "setspn -S SMTP/EX1 EX1$",
    )
    assert commands() == [own, short, smtp, smtp_short]
    assert commands(*(asks(form) for form in FORMS)) == [own]
    assert commands(*(asks(form, code=7) for form in FORMS)) == [own, short, smtp, smtp_short]
    assert commands(asks(FORMS[0]), asks(FORMS[1], code=7), asks(FORMS[2])) == [own, smtp]


def test_a_form_that_one_kdc_knows_is_registered() -> None:
    assert "setspn -S SMTP/EX1 EX1$" not in commands(asks(FORMS[2], code=7), asks(FORMS[2], kdc=DC2))


def test_known_tells_which_other_forms_are_not_there() -> None:
    finding = examine(trace(greeting(), ehlo(), asks(), asks("SMTP/ex1", code=7), asks("SMTPSVC/EX1")))
    assert finding.status is Status.PASS
    assert finding.says.endswith("not registered, and not asked for by Exchange: SMTP/ex1")
