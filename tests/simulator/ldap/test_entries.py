import pytest
from impacket.ldap import ldap
from pyasn1.codec.ber import encoder  # type: ignore[import-untyped]

from simulator.ldap import filters
from simulator.ldap.entries import Entry, Extensible, entry

EX1 = entry(
    "CN=EX1,CN=Computers,DC=contoso,DC=lab",
    {
        "objectClass": ("top", "person", "computer"),
        "objectCategory": "CN=Computer,CN=Schema,CN=Configuration,DC=contoso,DC=lab",
        "sAMAccountName": "EX1$",
        "servicePrincipalName": ("SMTPSVC/ex1.contoso.lab", "HOST/ex1"),
        "userAccountControl": "4096",
        "memberOf": "CN=Exchange Servers,OU=Groups,DC=contoso,DC=lab",
        "msDS-KeyVersionNumber": "3",
        "empty": (),
    },
    constructed=("msDS-KeyVersionNumber",),
)


def opinion(text: str, found: Entry = EX1) -> bool | None:
    """Of a filter that impacket parsed and encoded."""
    client = ldap.LDAPConnection.__new__(ldap.LDAPConnection)
    return filters.read(encoder.encode(client._parseFilter(text))).matches(found)


TRUE = """
(objectClass=*) (OBJECTCLASS=Computer) (sAMAccountName=ex1$) (servicePrincipalName=smtpsvc/EX1.contoso.lab)
(servicePrincipalName=SMTPSVC/*) (servicePrincipalName=*contoso*) (servicePrincipalName=*.lab)
(servicePrincipalName=s*ex1*lab) (&(objectClass=computer)(!(sAMAccountName=EX2$)))
(|(sAMAccountName=EX2$)(sAMAccountName=EX1$)) (userAccountControl>=4096) (userAccountControl<=4096)
(userAccountControl:1.2.840.113556.1.4.803:=4096) (userAccountControl:1.2.840.113556.1.4.804:=4098)
(objectCategory=computer) (memberOf=cn=exchange\\20servers,ou=groups,dc=CONTOSO,dc=lab)
(memberOf=CN=Exchange\\20Servers,OU=Groups,DC=contoso,DC=lab) (sAMAccountName~=EX1$) (!(notThere=*))
(objectCategory=CN=Computer,CN=Schema,CN=Configuration,DC=contoso,DC=lab)
"""
FALSE = """
(objectClass=user) (notThere=*) (notThere=x) (servicePrincipalName=SMTP/*) (servicePrincipalName=*ex2*)
(servicePrincipalName=SMTPSVC/ex1.contoso.lab*lab) (userAccountControl>=4097) (userAccountControl<=4095)
(userAccountControl:1.2.840.113556.1.4.803:=4098) (userAccountControl:1.2.840.113556.1.4.804:=2)
(objectCategory=person) (&(objectClass=computer)(sAMAccountName=EX2$)) (!(objectClass=top))
(msDS-KeyVersionNumber=3) (sAMAccountName>=4) (memberOf=EX)
"""


@pytest.mark.parametrize("text", [word.replace("\\20", " ") for word in TRUE.split()])
def test_it_fits(text: str) -> None:
    assert opinion(text) is True


@pytest.mark.parametrize("text", FALSE.split())
def test_it_does_not_fit(text: str) -> None:
    assert opinion(text) is False


@pytest.mark.parametrize("text", ["(cn:1.2.3:=x)", "(!(cn:1.2.3:=x))", "(userAccountControl>=many)"])
def test_what_cannot_be_said_is_neither_true_nor_false(text: str) -> None:
    assert opinion(text) is None
    assert opinion(f"(&(objectClass=top){text})") is None
    assert opinion(f"(&(objectClass=user){text})") is False
    assert opinion(f"(|(objectClass=top){text})") is True


def test_an_unreadable_mask_is_no_number() -> None:
    assert Extensible(rule="1.2.840.113556.1.4.803", attribute="x", value=b"9" * 5000).matches(EX1) is None


def chosen(*wanted: str) -> list[str]:
    return [name for name, _ in EX1.chosen(wanted)]


def test_attributes_are_chosen_by_name_and_spelled_as_in_the_schema() -> None:
    assert chosen("SAMACCOUNTNAME", "msds-keyversionnumber") == ["sAMAccountName", "msDS-KeyVersionNumber"]
    assert chosen("1.1") == []
    assert chosen("notThere", "empty") == []


def test_a_computed_attribute_has_to_be_asked_for() -> None:
    for everything in ((), ("*",)):
        assert "msDS-KeyVersionNumber" not in chosen(*everything)
        assert "userAccountControl" in chosen(*everything)
    assert "msDS-KeyVersionNumber" in chosen("*", "msDS-KeyVersionNumber")


@pytest.mark.parametrize(
    "octets",
    [
        "a200",  # a negation of nothing
        "a20a8701618701628701" + "63",  # of three
        "a003870161" + "00",  # something behind
        "a0048702",  # cut off
        "a408040161300380" + "00",  # cut off in a substring
        "a0",
        "",
    ],
)
def test_a_filter_that_is_none(octets: str) -> None:
    from simulator.kerberos.codec import DECODER_ERRORS

    with pytest.raises((filters.FilterError, *DECODER_ERRORS)):
        filters.read(bytes.fromhex(octets))
