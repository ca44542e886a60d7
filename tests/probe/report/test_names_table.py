from probe.report.names_table import names_json, names_table
from probe.trace.facts import Look, Resolve
from tests.support.traces import FQDN, ehlo, greeting, identity, inside, trace


def test_a_row_a_source_with_contradictions_marked() -> None:
    run = trace(
        Resolve(name=FQDN, source="hosts", error="no-records"),
        Resolve(name=FQDN, source="dns", addresses=("192.0.2.10", "2001:db8::1")),
        Resolve(name="192.0.2.10", source="dns", record="PTR", error="timed-out"),
        greeting(),
        ehlo(advertised_name="ex3.contoso.lab"),
        inside(advertised_name="ex3.contoso.lab"),
        identity(),
        Look(address="192.0.2.10", port=25, advertised_name="ex3"),
    )
    assert [line.text for line in names_table(run, 80)] == [
        "  asked for                             ex1.contoso.lab",
        "  hosts file                            nothing",
        "  DNS, A and AAAA                       192.0.2.10, 2001:db8::1",
        "  DNS, PTR of 192.0.2.10                no answer",
        "  banner                                ex1.contoso.lab",
        "≠ EHLO reply                            ex3.contoso.lab",
        "≠ EHLO reply inside TLS                 ex3.contoso.lab",
        "  NTLM challenge                        ex1.contoso.lab, EX1",
        "≠ another connection to 192.0.2.10      ex3",
        "  our own EHLO name                     ex2.contoso.lab",
    ]


def test_nobody_said_anything() -> None:
    assert names_table(trace(), 80) == []


def test_the_table_for_programs() -> None:
    _, banner, *_ = names_json(trace(greeting(name="ex3")))
    assert banner == {
        "source": "banner",
        "step": "greeting-1",
        "about": "",
        "names": ["ex3"],
        "addresses": [],
        "error": "",
        "contradicts": True,
    }
