import pytest

from probe.trace.facts import Ntlm
from probe.trace.views.answering import answering_computer, other_owner
from tests.support.directories import account, owners
from tests.support.traces import SPN, failing, identity, tls, trace, without

EX1, EX3 = account("EX1$"), account("EX3$", dns_host_name="ex3.contoso.lab", dn="CN=EX3,DC=contoso,DC=lab")


def test_the_computers_own_names() -> None:
    seen = answering_computer(trace(identity()))
    assert seen is not None
    assert seen.name == "ex1.contoso.lab"
    assert seen.is_called("EX1")
    assert not seen.is_called("ex1.fabrikam.lab"), "first labels do not suffice"


def test_a_certificate_is_nobodys_word() -> None:
    assert answering_computer(trace(tls())) is None


@pytest.mark.parametrize(("owner", "due"), [(EX1, None), (EX3, "EX3$")])
def test_whose_spn_it_is(owner: object, due: str | None) -> None:
    run = failing(identity(), owners(SPN, owner))  # type: ignore[arg-type]
    found = other_owner(run, SPN)
    assert (found[0].name if found else None) == due


def test_without_a_directory_or_a_name_nothing_is_known() -> None:
    assert other_owner(failing(identity()), SPN) is None
    assert other_owner(without(failing(owners(SPN, EX3)), Ntlm), SPN) is None
