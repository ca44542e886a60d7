import pytest

from simulator.ldap import names

# RFC 4514 section 4 gives these; spaces around a component's parts are RFC 2253's, which AD still takes.
SAME = [
    ("UID=jsmith,DC=example,DC=net", "uid=jsmith, dc=Example , DC = net"),
    (r"CN=James \"Jim\" Smith\, III,DC=example,DC=net", r"cn=james \22jim\22 smith\2C iii,dc=example,dc=net"),
    (r"CN=Before\0dAfter,DC=example,DC=net", "CN=before\\0DAFTER,dc=example,dc=net"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_that_are_written_differently_are_the_same(one: str, other: str) -> None:
    assert names.parse(one) == names.parse(other)


def test_below_and_above() -> None:
    domain, other = names.parse("DC=contoso,DC=lab"), names.parse("DC=lab")
    account = names.parse("CN=EX1,CN=Computers,DC=contoso,DC=lab")
    assert account.is_in(domain)
    assert domain.is_in(domain)
    assert not domain.is_in(account)
    assert domain.is_in(other)
    assert not names.parse("DC=fabrikam,DC=lab").is_in(domain)
    assert account.is_in(names.parse(""))
    assert account.parent() == names.parse("cn=computers,dc=contoso,dc=lab")


@pytest.mark.parametrize("text", ["contoso", "DC=contoso,", "=x", "CN=a\\", "CN=a,,DC=b", "x" * 4097])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(names.InvalidName):
        names.parse(text)


def test_a_value_with_special_characters_survives() -> None:
    for value in ("a,b", "a\\b", " leading", "trailing ", "#1", 'x"<>;=+y'):
        assert names.parse(f"CN={names.escaped(value)},DC=lab").parts[0] == ("cn", value.lower())


def test_the_name_of_a_domain() -> None:
    assert names.of_domain("emea.contoso.lab") == "DC=emea,DC=contoso,DC=lab"
