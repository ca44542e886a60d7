"""Scopes, limits, pages and refusals; impacket's classes write the requests and read the answers."""

from typing import Any

import pytest
from impacket.ldap import ldap, ldapasn1
from pyasn1.codec.ber import encoder  # type: ignore[import-untyped]

from simulator.directory.store import Account, Directory
from simulator.ldap import messages as wire
from simulator.ldap.messages import Search
from simulator.ldap.search import MAXIMUM_PAGE, Searcher
from tests.support.ldap_sessions import BASE, REALM, code, domain, kinds, lab, messages, text

DOMAIN_SCOPE = "1.2.840.113556.1.4.1339"


def request(base: str = BASE, scope: int = 2, filter_text: str = "(objectClass=*)", **changes: Any) -> bytes:
    search = ldapasn1.SearchRequest()
    fields: dict[str, Any] = {"sizeLimit": 0, "timeLimit": 0, "typesOnly": False, "derefAliases": 0}
    attributes = changes.pop("attributes", ())
    controls = changes.pop("controls", ())
    for name, value in {"baseObject": base, "scope": scope, **(fields | changes)}.items():
        search[name] = value
    client = ldap.LDAPConnection.__new__(ldap.LDAPConnection)
    search["filter"] = client._parseFilter(filter_text)
    search["attributes"].setComponents(*attributes)
    message = ldapasn1.LDAPMessage()
    message["messageID"] = 7
    message["protocolOp"].setComponentByType(search.getTagSet(), search)
    if controls:
        message["controls"].setComponents(*controls)
    return bytes(encoder.encode(message))


def ask(searcher: Searcher, data: bytes, *, bound: bool = True) -> bytes:
    decoded = wire.decode(data)
    assert isinstance(decoded.operation, Search)
    return searcher.answer(decoded.number, decoded.operation, decoded.controls, bound=bound)


def searcher(**changes: Any) -> Searcher:
    return Searcher(lab(**changes).controller)


def names(data: bytes) -> list[str]:
    return [
        str(message["protocolOp"].getComponent()["objectName"])
        for message in messages(data)
        if str(message["protocolOp"].getName()) == "searchResEntry"
    ]


def test_the_three_scopes() -> None:
    computers = f"CN=Computers,{BASE}"
    assert names(ask(searcher(), request(computers, scope=0))) == [computers]
    servers = [f"CN=EX1,{computers}", f"CN=EX2,{computers}"]
    assert names(ask(searcher(), request(computers, scope=1))) == servers
    assert names(ask(searcher(), request(computers, scope=2))) == [computers, *servers]


def test_a_search_from_the_top_names_what_is_not_below_it() -> None:
    data = ask(searcher(), request(attributes=("1.1",)))
    (reference,) = [m for m in messages(data) if str(m["protocolOp"].getName()) == "searchResRef"]
    where = f"ldap://contoso.lab/CN=Configuration,{BASE}"
    assert [str(uri) for uri in reference["protocolOp"].getComponent()] == [where]
    control = ldapasn1.Control()
    control["controlType"] = DOMAIN_SCOPE
    assert "searchResRef" not in kinds(ask(searcher(), request(controls=(control,))))
    assert "searchResRef" not in kinds(ask(searcher(), request(f"CN=Users,{BASE}")))
    assert f"CN=Configuration,{BASE}" in names(data)


def test_attributes_and_types() -> None:
    query: dict[str, Any] = {"filter_text": "(sAMAccountName=EX1$)", "attributes": ("pwdLastSet", "memberOf")}
    for types_only, values in ((False, [1, 2]), (True, [0, 0])):
        entry = messages(ask(searcher(), request(**query, typesOnly=types_only)))[0]
        attributes = entry["protocolOp"].getComponent()["attributes"]
        assert [str(each["type"]) for each in attributes] == ["pwdLastSet", "memberOf"]
        assert [len(each["vals"]) for each in attributes] == values


def test_the_size_limit() -> None:
    data = ask(searcher(), request(sizeLimit=2))
    assert len(names(data)) == 2
    assert code(messages(data)[-1]) == 4
    data = ask(searcher(), request(f"CN=Computers,{BASE}", sizeLimit=3))
    assert (len(names(data)), code(messages(data)[-1])) == (3, 0)


def test_no_search_gives_more_than_ads_limit_but_pages_do() -> None:
    crowd = Directory(
        realm=REALM, accounts=tuple(Account(name=f"u{n}", realm=REALM) for n in range(MAXIMUM_PAGE + 5))
    )
    many = searcher(views=lambda: (crowd,))
    data = ask(many, request(filter_text="(sAMAccountName=*)", attributes=("1.1",)))
    assert (len(names(data)), code(messages(data)[-1])) == (MAXIMUM_PAGE, 4)
    control = ldapasn1.SimplePagedResultsControl(size=5000)
    paged: dict[str, Any] = {
        "filter_text": "(sAMAccountName=*)",
        "attributes": ("1.1",),
        "controls": (control,),
    }
    first = ask(many, request(**paged))
    control.setCookie(cookie(first))
    second = ask(many, request(**paged))
    assert (len(names(first)), len(names(second))) == (MAXIMUM_PAGE, 5)
    assert cookie(second) == b""


def cookie(data: bytes) -> bytes:
    (control,) = messages(data)[-1]["controls"]
    return wire.decode_page(bytes(control["controlValue"])).cookie


def test_a_cookie_is_good_once_and_for_its_own_search() -> None:
    one, control = searcher(), ldapasn1.SimplePagedResultsControl(size=2)
    first = ask(one, request(controls=(control,)))
    control.setCookie(cookie(first))
    assert code(messages(ask(one, request(filter_text="(cn=*)", controls=(control,))))[-1]) == 53
    second = ask(one, request(controls=(control,)))
    assert not set(names(first)) & set(names(second))
    assert code(messages(ask(one, request(controls=(control,))))[-1]) == 53
    assert code(messages(ask(searcher(), request(controls=(control,))))[-1]) == 53


def test_a_paged_control_that_is_none() -> None:
    control = ldapasn1.Control()
    control["controlType"], control["controlValue"] = wire.PAGED_RESULTS, b"\x30\x80"
    assert code(messages(ask(searcher(), request(controls=(control,))))[-1]) == 2


@pytest.mark.parametrize(
    ("base", "expected", "says"),
    [
        (f"CN=EX9,CN=Computers,{BASE}", 32, f"CN=Computers,{BASE}"),
        ("DC=fabrikam,DC=lab", 10, "ref 1: 'fabrikam.lab'"),
        ("no name", 34, "BAD_NAME"),
        ("", 32, "NO_OBJECT"),
    ],
)
def test_a_base_that_is_not_there(base: str, expected: int, says: str) -> None:
    (done,) = messages(ask(searcher(), request(base)))
    assert code(done) == expected
    assert says in text(done)
    referral = done["protocolOp"].getComponent()["referral"]
    given = [str(uri) for uri in referral] if referral.hasValue() else []
    assert given == ([f"ldap://fabrikam.lab/{base}"] if expected == 10 else [])


def test_the_catalog_has_every_domain_and_no_references() -> None:
    other = Directory(
        realm="FABRIKAM.LAB",
        accounts=(Account(name="EX7$", realm="FABRIKAM.LAB", spns=("SMTPSVC/ex1.contoso.lab",)),),
    )
    catalog = searcher(views=lambda: (domain(), other), catalog=True)
    data = ask(catalog, request("", filter_text="(servicePrincipalName=SMTPSVC/ex1.contoso.lab)"))
    assert names(data) == [f"CN=EX1,CN=Computers,{BASE}", "CN=EX7,CN=Computers,DC=fabrikam,DC=lab"]
    assert code(messages(data)[-1]) == 0
    assert "searchResRef" not in kinds(ask(catalog, request()))


def test_who_is_not_bound_reads_the_root_alone() -> None:
    data = ask(searcher(), request("", scope=0, attributes=("dnsHostName",)), bound=False)
    assert kinds(data) == ["searchResEntry", "searchResDone"]
    (done,) = messages(ask(searcher(), request(), bound=False))
    assert (code(done), text(done)[:9]) == (1, "000004DC:")


def test_a_view_that_changes_shows_at_the_next_search() -> None:
    views = [domain()]
    one = searcher(views=lambda: (views[0],))
    wanted = request(filter_text="(sAMAccountName=NEW$)")
    assert names(ask(one, wanted)) == []
    views[0] = domain().with_account(Account(name="NEW$", realm=REALM))
    assert names(ask(one, wanted)) == [f"CN=NEW,CN=Computers,{BASE}"]
