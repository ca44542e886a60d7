import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.cli.errors import BadInput
from probe.cli.targets import (
    choose_ehlo_name,
    default_ehlo_name,
    parse_ehlo_name,
    parse_kdc,
    parse_kdcs,
    parse_source,
    parse_spn,
    parse_target,
    realm_of_host,
)
from probe.settings.options import Credentials
from probe.tickets.client.transport import Transport
from probe.tickets.files.krb5conf import parse
from probe.wire.kerberos import PrincipalName
from probe.wire.smtp.replies import command

CONFIG = parse("[domain_realm]\n.branch.contoso.com = HQ.CONTOSO.COM\nalone = LONE.LAB\n")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("mail1.contoso.com", ("mail1.contoso.com", 25)),
        ("mail1.contoso.com.", ("mail1.contoso.com.", 25)),
        ("EX_1:2525", ("EX_1", 2525)),
        ("10.0.0.1", ("10.0.0.1", 25)),
        ("10.0.0.1:717", ("10.0.0.1", 717)),
        ("[::1]:25", ("::1", 25)),
        ("::1", ("::1", 25)),
        ("[fe80::1%eth0]:25", ("fe80::1%eth0", 25)),
        # Python's codec and RFC 5891 agree; the forms are those of IDNA tables published with RFC 3492 and DNS.
        ("m\u00fcnchen.de", ("xn--mnchen-3ya.de", 25)),
        ("b\u00fccher.example:2525", ("xn--bcher-kva.example", 2525)),
        ("\u043f\u043e\u0447\u0442\u0430.\u0440\u0444", ("xn--80a1acny.xn--p1ai", 25)),
    ],
)
def test_targets(text: str, target: tuple[str, int]) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a b",
        "mail:",
        "mail:x",
        "mail:0",
        "mail:65536",
        "mail:25:26:",
        "[::1",
        "[mail]:25x",
        "smtp://mail",
        "alice@mail",
        "-mail",
        "mail-.com",
        "mail..com",
        "stra\xdfe.de",
        "\u3002",
        "\xfc" * 64,
        "x" * 64 + ".com",
        ".".join(["label"] * 60),
        "ma\nil",
        "mail\0",
        "fe80::1%\x1b31m",
        "fe80::1%\xfc",
        "--help me",
    ],
)
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(BadInput, match="TARGET") as caught:
        parse_target(text)
    assert caught.value.exit_code == 3
    assert caught.value.message.isprintable(), "one line, whatever was typed"


def test_a_kdc_may_name_a_transport() -> None:
    kdc = parse_kdc("tcp/dc1.contoso.com")
    assert (kdc.host, kdc.port, kdc.only) == ("dc1.contoso.com", 88, Transport.TCP)
    with pytest.raises(BadInput, match="--kdc: 'dc1:no'"):
        parse_kdc("dc1:no")


@given(st.text(max_size=40))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        host, port = parse_target(text)
    except BadInput:
        return
    assert 0 < port < 65536
    assert host.isascii()


@pytest.mark.parametrize(
    ("host", "realm"),
    [
        ("mail1.contoso.com", "CONTOSO.COM"),
        ("mail1.contoso.com.", "CONTOSO.COM"),
        ("ex1.branch.contoso.com", "HQ.CONTOSO.COM"),
        ("alone", "LONE.LAB"),
        ("mail1", ""),
        ("mail1.local", ""),
        ("10.0.0.1", ""),
        ("fe80::1%eth0", ""),
    ],
)
def test_the_realm_of_a_host(host: str, realm: str) -> None:
    assert realm_of_host(host, CONFIG) == realm


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("jump1.contoso.com", "jump1.contoso.com"),
        ("", "localhost"),
        ("b\xfcro.contoso.com", "localhost"),
        ("two words", "localhost"),
    ],
)
def test_what_we_call_ourselves(monkeypatch: pytest.MonkeyPatch, own: str, said: str) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: own)
    assert default_ehlo_name() == said
    assert command("EHLO", default_ehlo_name())


@pytest.mark.parametrize("name", ["ex2.contoso.com", "EX2", "[192.0.2.1]", "[IPv6:2001:db8::1]"])
def test_a_name_for_ehlo(name: str) -> None:
    assert parse_ehlo_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "ex2\r\nMAIL FROM:<>", "ex 2", "m\xfcnchen", "[ex2]", "[]", "192.0.2.300]"]
)
def test_what_is_none(name: str) -> None:
    with pytest.raises(BadInput, match="--ehlo") as caught:
        parse_ehlo_name(name)
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    "spn", ["SMTPSVC/mail1.contoso.com", "smtp/MAIL1", "EX1$", "ldap/dc1.contoso.com/contoso.com"]
)
def test_a_service_principal_name(spn: str) -> None:
    assert parse_spn(spn) == spn


@pytest.mark.parametrize(
    "spn", ["", "SMTPSVC/", "/mail", "a b/c", "a/b/c/d", "smtp/mail\n", "smtp/m\xfc", "a@B"]
)
def test_what_is_no_service_principal_name(spn: str) -> None:
    with pytest.raises(BadInput, match="--spn"):
        parse_spn(spn)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_our_own_address(address: str) -> None:
    assert parse_source(address) == address


# 192.0.2.1 is nobody's (RFC 5737).
@pytest.mark.parametrize("address", ["192.0.2.1", "localhost", "", "127.0.0.1:25"])
def test_an_address_that_is_not_ours(address: str) -> None:
    with pytest.raises(BadInput, match="--source"):
        parse_source(address)


def test_kdcs_of_our_realm_and_of_others() -> None:
    own, others = parse_kdcs(["dc1", "fabrikam.lab=fdc1:1088", "FABRIKAM.LAB = tcp/[::1]", "B = dc9"])
    assert [str(kdc) for kdc in own] == ["dc1:88"]
    assert {realm: [str(kdc) for kdc in kdcs] for realm, kdcs in others.items()} == {
        "FABRIKAM.LAB": ["fdc1:1088", "[::1]:88"],
        "B": ["dc9:88"],
    }
    assert others["FABRIKAM.LAB"][1].only is Transport.TCP


@pytest.mark.parametrize("text", ["=dc1", "a b=dc1", "FABRIKAM.LAB=", "FABRIKAM.LAB=a=b", "x" * 64 + "=dc1"])
def test_what_names_no_kdc(text: str) -> None:
    with pytest.raises(BadInput, match="--kdc: "):
        parse_kdcs([text])


@pytest.mark.parametrize(
    ("given", "account", "mail_host", "expected"),
    [
        ("ex9.contoso.com", "EX2$", "ex2.contoso.com", ("ex9.contoso.com", "given")),
        (None, "EX2$", "mail.contoso.com", ("mail.contoso.com", "keytab")),
        (None, "EX2$", "", ("ex2.contoso.com", "account")),
        (None, "EX2$", "two words.contoso.com", ("ex2.contoso.com", "account")),
        (None, "two words$", "", ("jump1.contoso.com", "host")),
        (None, "alice", "", ("jump1.contoso.com", "host")),
        (None, "", "", ("jump1.contoso.com", "host")),
    ],
)
def test_what_we_say_in_ehlo_is_the_senders_name(
    monkeypatch: pytest.MonkeyPatch,
    given: str | None,
    account: str,
    mail_host: str,
    expected: tuple[str, str],
) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: "jump1.contoso.com")
    principal = PrincipalName(name_type=1, components=(account,)) if account else None
    credentials = Credentials(source="keytab", principal=principal, mail_host=mail_host)
    assert choose_ehlo_name(given, credentials, "CONTOSO.COM") == expected
