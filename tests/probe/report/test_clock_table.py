from probe.report.clock_table import clock_table
from probe.trace.facts import Facts, TimeServer
from tests.support.traces import DC1, DC2, clock, greeting, identity, reading, trace


def shown(*steps: Facts) -> list[str]:
    return [" ".join(line.text.split()) for line in clock_table(trace(*steps), 80)]


def test_each_source_once_with_its_most_exact_reading() -> None:
    run = trace(clock(DC1, 0.25), clock(DC1, 0.5, clock=reading(DC1, 0.3, 0.1)), greeting(-600.0))
    assert [line.text for line in clock_table(run, 80)] == [
        "  dc1.contoso.lab:88                 +0.3 s ± 0.1 s   kdc-stime",
        "  ex1.contoso.lab                   -10 min ± 0.6 s   smtp-banner  ✗ off",
    ]


def test_the_sources_of_a_party_stand_together() -> None:
    beside = TimeServer(server="dc1.contoso.lab:123", clock=reading(DC1, 0.2, 0.01, "sntp"))
    there = TimeServer(server="ntp:123", clock=reading("ntp:123", 0.0, 0.01, "sntp"))
    assert shown(clock(DC1), greeting(0.0), there, identity(0.1), beside) == [
        "dc1.contoso.lab:88 +0.0 s ± 0.5 s kdc-stime",
        "dc1.contoso.lab:88 +0.2 s ± 0.0 s sntp",
        "ex1.contoso.lab +0.0 s ± 0.6 s smtp-banner",
        "ex1.contoso.lab +0.1 s ± 0.0 s ntlm-timestamp",
        "ntp:123 +0.0 s ± 0.0 s sntp",
    ]


def test_a_clock_that_is_about_to_leave_is_marked() -> None:
    assert shown(clock(DC1), clock(DC2), greeting(290.0))[-1].endswith("smtp-banner ! near")
    assert not any("!" in row for row in shown(clock(DC1), clock(DC2), greeting(230.0)))


def test_this_host_is_marked_when_it_is_the_odd_one() -> None:
    assert shown(clock(DC1, 600.0), clock(DC2, 600.0), greeting(600.0)) == [
        "this host +0.0 s ± 0.0 s its own clock ✗ off",
        "dc1.contoso.lab:88 +10 min ± 0.5 s kdc-stime",
        "dc2.contoso.lab:88 +10 min ± 0.5 s kdc-stime",
        "ex1.contoso.lab +10 min ± 0.6 s smtp-banner",
    ]


def test_no_clock_no_table() -> None:
    assert shown() == []
