"""Our requests, read by impacket's LDAP classes; whatever a name holds, it stays a value."""

import pytest

from probe.wire.ldap import requests as ldap
from probe.wire.ldap.requests import Scope, Search, equals, present
from tests.support.foreign_ldap import read

HOSTILE = ("*)(objectClass=*", "a\\2ab", "x\0y", "(|(a=b))", "é" * 300, "\ud800", "")
"""Names from the network that would change a filter that is made of text (RFC 4515 section 3)."""


def search(wanted: ldap.Filter) -> Search:
    return Search(
        base="DC=contoso,DC=lab",
        scope=Scope.SUBTREE,
        filter=wanted,
        attributes=("cn", "memberOf"),
        size_limit=50,
        time_limit_s=10,
    )


def test_a_search() -> None:
    request = read(ldap.search_request(7, search(present("cn"))))
    assert int(request["messageID"]) == 7
    asked = request["protocolOp"]["searchRequest"]
    assert str(asked["baseObject"]) == "DC=contoso,DC=lab"
    assert [int(asked[name]) for name in ("scope", "derefAliases", "sizeLimit", "timeLimit")] == [
        2,
        0,
        50,
        10,
    ]
    assert bool(asked["typesOnly"]) is False
    assert [str(name) for name in asked["attributes"]] == ["cn", "memberOf"]
    assert str(asked["filter"]["present"]) == "cn"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_value(name: str) -> None:
    request = read(ldap.search_request(1, search(equals("servicePrincipalName", name))))
    match = request["protocolOp"]["searchRequest"]["filter"]["equalityMatch"]
    assert str(match["attributeDesc"]) == "servicePrincipalName"
    assert bytes(match["assertionValue"]) == name.encode("utf-8", "replace")


def test_a_bind() -> None:
    bind = read(ldap.sasl_bind_request(2, ldap.GSS_SPNEGO, b"\0token"))["protocolOp"]["bindRequest"]
    assert (int(bind["version"]), str(bind["name"])) == (3, "")
    sasl = bind["authentication"]["sasl"]
    assert (str(sasl["mechanism"]), bytes(sasl["credentials"])) == ("GSS-SPNEGO", b"\0token")


def test_start_tls_and_goodbye() -> None:
    request = read(ldap.start_tls_request(3))["protocolOp"]["extendedReq"]
    assert str(request["requestName"]) == "1.3.6.1.4.1.1466.20037"
    assert read(ldap.unbind_request(4))["protocolOp"].getName() == "unbindRequest"
