from probe.checks import Status
from probe.checks.name_not_resolved import examine
from probe.trace import Step
from probe.trace.facts import Facts, Outcome, Resolve
from tests.support.traces import FQDN, connect, healthy, step, trace


def looked_up(source: str, *addresses: str) -> Step[Facts]:
    found = Resolve(name=FQDN, source=source, addresses=addresses, error="" if addresses else "no such name")
    return step(found, Outcome.OK if addresses else Outcome.REFUSED)


def test_no_address_is_a_suspicion() -> None:
    finding = examine(trace(looked_up("system"), looked_up("dns")))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert FQDN in finding.says


def test_hosts_file_and_dns_apart() -> None:
    apart = looked_up("system", "192.0.2.1"), looked_up("dns", "192.0.2.2")
    assert examine(trace(*apart, step(connect(), Outcome.TIMEOUT))).status is Status.SUSPECT
    working = examine(trace(*apart, connect()))
    assert (working.status, working.breaks) == (Status.NOTICE, False)


def test_the_hosts_file_itself_is_named() -> None:
    apart = looked_up("hosts", "192.0.2.1"), looked_up("system", "192.0.2.1"), looked_up("dns", "192.0.2.2")
    finding = examine(trace(*apart, connect()))
    assert (finding.status, finding.names) == (Status.NOTICE, {"target": FQDN})
    assert finding.says.startswith("the hosts file and DNS give different addresses")
    assert finding.evidence[0].says == "the hosts file: 192.0.2.1"


def test_an_entry_that_only_the_hosts_file_has_passes() -> None:
    """An Edge server has its neighbours there and in no DNS."""
    assert examine(trace(looked_up("hosts", "192.0.2.1"), looked_up("dns"), connect())).status is Status.PASS


def test_other_records_are_no_addresses() -> None:
    pointer = Resolve(name="192.0.2.1", source="dns", record="PTR", error="no-such-name")
    assert examine(trace(looked_up("system", "192.0.2.1"), pointer, connect())).status is Status.PASS
    assert examine(trace(pointer)).status is Status.NOT_APPLICABLE


def test_one_common_address_is_enough() -> None:
    common = looked_up("system", "192.0.2.1"), looked_up("dns", "192.0.2.1", "192.0.2.2")
    assert examine(trace(*common)).status is Status.PASS


def test_a_name_that_only_the_hosts_file_knows_passes() -> None:
    assert examine(trace(looked_up("system", "192.0.2.1"), looked_up("dns"), connect())).status is Status.PASS


def test_a_connection_by_option_needs_no_address() -> None:
    assert examine(trace(looked_up("system"), connect())).status is Status.PASS


def test_healthy_passes_and_nothing_looked_up_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(connect())).status is Status.NOT_APPLICABLE
