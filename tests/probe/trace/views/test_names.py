import pytest

from probe.trace import Target
from probe.trace.facts import Certificate, DirectoryAccount, DirectoryAnswer, Facts, Look, Resolve
from probe.trace.views.names import Said, read_names, same_host
from tests.support.traces import FQDN, ehlo, greeting, identity, inside, tls, trace


def certificate(*names: str) -> Certificate:
    return Certificate(
        subject=f"CN={names[0]}",
        names=names,
        issuer="CN=x",
        self_signed=True,
        key_type="rsa",
        key_bits=2048,
        not_before=0.0,
        not_after=1.0,
        sha256="",
        public_key_sha256="",
    )


def dns(*addresses: str, source: str = "dns") -> Resolve:
    return Resolve(name=FQDN, source=source, addresses=addresses, error="" if addresses else "no-such-name")


def odd(*steps: Facts, target: str = FQDN) -> list[str]:
    where = Target(name=target, host=target, port=25)
    return [said.source for said in read_names(trace(*steps, target=where)) if said.contradicts]


def test_every_source_once_and_in_order() -> None:
    owner = DirectoryAnswer(
        dc="dc1:389",
        question="owners",
        subject=f"SMTPSVC/{FQDN}",
        accounts=(DirectoryAccount(name="EX1$", dns_host_name=FQDN), DirectoryAccount(name="OLD$")),
    )
    run = trace(
        Resolve(name=FQDN, source="hosts", addresses=("192.0.2.10",)),
        dns("192.0.2.10"),
        Resolve(name=FQDN, source="dns", record="CNAME", error="no-records"),
        Resolve(name="192.0.2.10", source="dns", record="PTR", names=(FQDN,)),
        greeting(),
        ehlo(),
        tls(certificate=certificate("ex1", FQDN)),
        inside(),
        identity(),
        greeting(),
        ehlo(),
        Look(address="192.0.2.10", port=25, banner_name=FQDN, advertised_name=FQDN),
        owner,
    )
    said = read_names(run)
    assert [one.source for one in said] == [
        "target",
        *("hosts", "dns", "cname", "ptr", "banner", "ehlo", "ehlo-in-tls", "certificate", "ntlm", "look"),
        *("spn-owner", "ehlo-name"),
    ]
    by_source = {one.source: one for one in said}
    assert by_source["ptr"] == Said(source="ptr", step="resolve-4", about="192.0.2.10", names=(FQDN,))
    assert by_source["banner"].step == "greeting-1"
    assert by_source["ntlm"].names == (FQDN, "EX1")
    assert by_source["spn-owner"].names == (FQDN, "OLD")
    assert by_source["ehlo-name"].names == ("ex2.contoso.lab",)
    assert not any(one.contradicts for one in said)


def test_contradictions_are_marked() -> None:
    assert odd(greeting(name="ex3.contoso.lab"), ehlo(), identity(computer="EX3", dns_computer="")) == [
        "banner",
        "ntlm",
    ]
    assert odd(dns("192.0.2.1", source="hosts"), dns("192.0.2.2")) == ["hosts"]
    assert odd(dns("192.0.2.1", source="system"), dns("192.0.2.2", "192.0.2.1")) == []
    assert odd(dns("192.0.2.1", source="hosts"), dns()) == []


def test_what_an_alias_leads_to_is_meant_too() -> None:
    alias = Resolve(name="mail.contoso.lab", source="dns", record="CNAME", names=(FQDN,))
    assert odd(alias, ehlo(), target="mail.contoso.lab") == []
    assert odd(ehlo(), target="mail.contoso.lab") == ["ehlo"]


def test_for_an_address_the_name_of_the_ehlo_reply_counts() -> None:
    assert odd(ehlo(), identity(), greeting(name="ex3"), target="192.0.2.10") == ["banner"]


@pytest.mark.parametrize(
    ("names", "fits"),
    [
        (("*.contoso.lab",), True),
        (("*.CONTOSO.lab", "x"), True),
        (("*.fabrikam.com",), False),
        (("*",), False),
        (("EX1",), True),
        (("ex3", FQDN), True),
    ],
)
def test_the_names_of_a_certificate(names: tuple[str, ...], fits: bool) -> None:
    assert odd(tls(certificate=certificate(*names))) == ([] if fits else ["certificate"])


def test_short_and_full_names() -> None:
    assert same_host("EX1", "ex1.contoso.lab.")
    assert same_host("MAILSERVER-NUMB", "mailserver-number-1.contoso.lab")
    assert not same_host("ex1.contoso.lab", "ex1.fabrikam.com")
    assert not same_host("ex1", "ex11.contoso.lab")
