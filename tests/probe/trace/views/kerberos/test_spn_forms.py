import pytest

from probe.trace.views.kerberos.spn_forms import all_forms, forms_left, forms_of, registered
from tests.support.traces import DC2, SPN, asks, trace


def test_the_forms_of_a_host_are_those_of_the_article() -> None:
    """KB 979174: setspn -L must show SMTP and SMTPSVC, each with the short and the full name."""
    assert forms_of("ex1.contoso.lab", ("SMTPSVC", "SMTP")) == (
        "SMTPSVC/ex1.contoso.lab",
        "SMTPSVC/ex1",
        "SMTP/ex1.contoso.lab",
        "SMTP/ex1",
    )
    assert forms_of("EX1.", ("HOST",)) == ("HOST/EX1",)


@pytest.mark.parametrize(
    "host", ["", ".", "192.0.2.10", "[192.0.2.10]", "2001:db8::1", "a/b", "x y", "ü.example"]
)
def test_what_names_no_host_has_no_forms(host: str) -> None:
    assert forms_of(host) == ()


def test_each_form_once_whatever_the_case() -> None:
    forms = all_forms(("ex1.contoso.lab", "EX1.contoso.lab"), "EX1.CONTOSO.LAB")
    assert len(forms) == 6
    assert (
        all_forms(("mail.contoso.com", "ex1.contoso.lab"), "ex2.contoso.lab")[-1] == "SMTPSVC/ex2.contoso.lab"
    )
    assert len(all_forms(("mail.contoso.com", "ex1.contoso.lab"), "ex2.contoso.lab")) == 13


def test_what_only_one_kdc_was_asked_for_is_left() -> None:
    run = trace(asks(purpose="tgs"), asks("host/ex1.contoso.lab"))
    assert forms_left((SPN, "HOST/ex1.contoso.lab"), run.steps) == (SPN,)


def test_a_form_is_registered_when_any_kdc_knows_it() -> None:
    run = trace(asks(code=7), asks(kdc=DC2), asks("SMTP/EX1", code=7), asks("SMTPSVC/ex1", code=37))
    assert registered(run, SPN) == {SPN: True, "SMTP/ex1": False}
