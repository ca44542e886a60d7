"""Whose a name is; the classes are Active Directory's sPNMappings, read from a Samba domain controller."""

import pytest

from simulator.directory.store import Account, Directory

EX1 = Account(name="EX1$", realm="CONTOSO.LAB", spns=("SMTPSVC/ex1.contoso.lab", "HOST/ex1.contoso.lab"))
FILES = Account(name="files", realm="CONTOSO.LAB", spns=("http/ex1.contoso.lab",))
VIEW = Directory(realm="CONTOSO.LAB", accounts=(EX1, FILES))


@pytest.mark.parametrize("spn", ["cifs/ex1.contoso.lab", "CIFS/EX1.contoso.lab", "rpcss/ex1.contoso.lab"])
def test_host_stands_in_for_services_that_nobody_has(spn: str) -> None:
    assert VIEW.owners(spn) == (EX1,)
    assert EX1.answers_to(spn)


@pytest.mark.parametrize(
    "spn", ["smtp/ex1.contoso.lab", "ldap/ex1.contoso.lab", "cifs/ex2.contoso.lab", "cifs/"]
)
def test_host_does_not_stand_in_for_others(spn: str) -> None:
    assert VIEW.owners(spn) == ()
    assert not EX1.answers_to(spn)


def test_a_name_of_its_own_comes_first() -> None:
    assert VIEW.owners("HTTP/ex1.contoso.lab") == (FILES,)


def test_an_account_answers_to_its_own_name_too() -> None:
    assert EX1.answers_to("ex1$")
