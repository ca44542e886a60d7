from probe.report.around import look_text, resolve_text, time_server_text
from probe.report.ladder import ladder
from probe.trace.facts import Look, Outcome, Resolve, TimeServer
from tests.support.traces import FQDN, reading, refused, step, trace


def test_look_ups() -> None:
    assert (
        resolve_text(Resolve(name=FQDN, source="dns", addresses=("192.0.2.1",))) == f"{FQDN} (dns): 192.0.2.1"
    )
    alias = Resolve(name="mail", source="dns", record="CNAME", names=("a", "b"))
    assert resolve_text(alias) == "mail (dns CNAME): a, b"
    assert resolve_text(Resolve(name="x", source="dns", error="timed-out")) == "x (dns): timed-out"


def test_time_servers() -> None:
    clock = reading("dc1:88", 1.5, 0.02, "sntp")
    said = TimeServer(server="dc1:123", stratum=3, reference="192.0.2.1", synchronized=True, clock=clock)
    assert time_server_text(said) == "SNTP dc1:123: +1.5 s ± 0.0 s against this host, stratum 3 of 192.0.2.1"
    unsure = TimeServer(server="dc1:123", synchronized=False, clock=clock)
    assert time_server_text(unsure).endswith("; it does not trust its own clock")
    assert time_server_text(TimeServer(server="dc1:123", error="timed-out")) == "SNTP dc1:123: timed-out"


def test_looks() -> None:
    look = Look(
        address="192.0.2.1", port=25, banner_name="ex3", advertised_name="ex3", public_key_sha256="ab" * 32
    )
    assert look_text(look) == "another connection to 192.0.2.1 port 25: ex3, key abababababababab"
    assert look_text(Look(address="192.0.2.1", port=25, error="refused")).endswith("nobody (refused)")


def test_a_name_of_an_address_that_nobody_gives_is_not_where_it_broke() -> None:
    pointer = Resolve(name="192.0.2.1", source="dns", record="PTR", error="server-failure")
    run = trace(step(refused(), Outcome.REFUSED), step(pointer, Outcome.REFUSED))
    lines = [line.text for line in ladder(run, 80, failed=True)]
    assert "broke" in lines[-2]
    assert "PTR" in lines[-1]
