from dataclasses import replace

import pytest

from simulator.directory.store import Account, LogonLimit
from simulator.ldap.entries import Entry
from simulator.ldap.tree import encryption_types, filetime, limits, objects, user_account_control
from tests.support.ldap_sessions import BASE, domain

OBJECTS = {found.dn: found for found in objects(domain())}


def texts(found: Entry, attribute: str) -> tuple[str, ...]:
    return tuple(value.decode() for value in found.attributes.get(attribute, ()))


def test_every_object_is_below_its_parent() -> None:
    names = {found.name for found in OBJECTS.values()}
    assert all(found.name.parent() in names for found in OBJECTS.values() if found.dn != BASE)
    assert len(names) == len(OBJECTS)


def test_a_server() -> None:
    ex1 = OBJECTS[f"CN=EX1,CN=Computers,{BASE}"]
    assert texts(ex1, "objectClass") == ("top", "person", "organizationalPerson", "user", "computer")
    assert texts(ex1, "servicePrincipalName") == ("SMTPSVC/ex1.contoso.lab", "SMTP/ex1.contoso.lab")
    assert texts(ex1, "dNSHostName") == ("ex1.contoso.lab",)
    assert texts(ex1, "msDS-KeyVersionNumber") == ("3",)
    assert texts(ex1, "pwdLastSet") == ("132444736000000000",)
    groups = "OU=Microsoft Exchange Security Groups"
    assert texts(ex1, "memberOf")[0] == f"CN=Exchange Servers,{groups},{BASE}"
    members = texts(OBJECTS[f"CN=Exchange Servers,{groups},{BASE}"], "member")
    assert members == (f"CN=EX1,CN=Computers,{BASE}", f"CN=EX2,CN=Computers,{BASE}")


def test_a_moment_as_windows_counts() -> None:
    # Microsoft's example: 1970-01-01 is 116444736000000000; and `w32tm /ntte 132444736000000000` is 2020-09-13 12:26:40
    assert filetime(0) == "116444736000000000"
    assert filetime(1_600_000_000) == "132444736000000000"


@pytest.mark.parametrize(
    ("dn", "value"),
    [
        (f"CN=EX1,CN=Computers,{BASE}", 0x1000),
        (f"CN=DC1,OU=Domain Controllers,{BASE}", 0x2000 | 0x80000),
        (f"CN=alice,CN=Users,{BASE}", 0x200 | 0x2 | 0x400000),
        (f"CN=krbtgt,CN=Users,{BASE}", 0x200 | 0x2),
    ],
)
def test_what_an_account_is_and_may(dn: str, value: int) -> None:
    assert texts(OBJECTS[dn], "userAccountControl") == (str(value),)


MOMENT = "134274240000000000"
"""2026-07-02T00:00:00Z: 13,427,424,000 s after 1601."""


@pytest.mark.parametrize(
    ("name", "etypes", "expected"),
    [
        ("EX1$", (18, 17, 20, 19, 23), ("28",)),
        ("EX1$", (18, 17), ("24",)),
        ("EX1$", (23,), ("4",)),
        ("alice", (18, 17, 20, 19, 23), ()),
        ("alice", (23,), ("4",)),
    ],
)
def test_encryption_types_are_ads_bits(name: str, etypes: tuple[int, ...], expected: tuple[str, ...]) -> None:
    assert encryption_types(Account(name=name, realm="R", etypes=etypes)) == expected


def test_disabling_shows() -> None:
    account = Account(name="EX1$", realm="R")
    assert user_account_control(replace(account, disabled=True)) - user_account_control(account) == 2


# MS-ADA1: lockoutTime, accountExpires (2^63 - 1: never), logonHours (21 octets), pwdLastSet; MS-ADTS 3.1.1.4.5.17.
@pytest.mark.parametrize(
    ("limit", "changes"),
    [
        ("locked-out", {"lockoutTime": MOMENT, "msDS-User-Account-Control-Computed": "16"}),
        ("account-expired", {"accountExpires": MOMENT}),
        ("logon-hours", {"logonHours": "\0" * 21}),
        ("workstation", {"userWorkstations": "ELSEWHERE"}),
        ("password-expired", {"msDS-User-Account-Control-Computed": "8388608"}),
        ("password-must-change", {"pwdLastSet": "0"}),
    ],
)
def test_what_keeps_an_account_from_logging_on_shows(limit: str, changes: dict[str, str]) -> None:
    account = Account(name="EX1$", realm="R")
    usual, limited = limits(account), limits(replace(account, limit=LogonLimit(limit)))
    assert usual["accountExpires"] == "9223372036854775807"
    assert limited == {**usual, **changes}


def test_a_trust_is_an_object() -> None:
    found = OBJECTS[f"CN=fabrikam.lab,CN=System,{BASE}"]
    assert texts(found, "trustPartner") == ("fabrikam.lab",)
    assert texts(found, "flatName") == ("FABRIKAM",)
    assert (texts(found, "trustDirection"), texts(found, "trustType")) == (("3",), ("2",))


def test_an_account_without_keys_has_no_version() -> None:
    view = domain().with_account(Account(name="NEW$", realm="CONTOSO.LAB"))
    new = next(found for found in objects(view) if found.dn.startswith("CN=NEW,"))
    assert texts(new, "msDS-KeyVersionNumber") == ()
