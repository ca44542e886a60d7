from simulator.faults.dns_alias import DnsAlias
from simulator.faults.values import Record

HERE = Record(name="ex1.contoso.lab", kind="A", data="127.0.0.1")


def test_the_alias_stands_alone() -> None:
    fault = DnsAlias(alias="Mail.contoso.lab", target="ex1.contoso.lab")
    (found,) = fault.dns_records("mail.contoso.lab", 1, ())
    assert (found.name, found.kind, found.data) == ("mail.contoso.lab", "CNAME", "ex1.contoso.lab.")
    assert fault.dns_records("mail.contoso.lab", 1, (HERE,)) == (found,)


def test_other_names_are_as_ever() -> None:
    fault = DnsAlias(alias="mail.contoso.lab", target="ex1.contoso.lab")
    records = (HERE,)
    assert fault.dns_records("ex1.contoso.lab", 1, records) is records
