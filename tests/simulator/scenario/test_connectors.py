"""What has to hold among a scenario's connectors."""

import pytest

from simulator.scenario import ScenarioError, parse
from simulator.scenario.values import Scenario

END = '[expect]\ncause = "healthy"\n[lesson]\nexplain = "e"\n'
TWO = '[[connector]]\nname = "A"\n{0}\n[[connector]]\nname = "B"\n{1}\n'


def scenario(tables: str) -> Scenario:
    return parse(f'title = "t"\nstory = "s"\n{tables}{END}', name="small", file="small.toml")


def test_connectors_of_a_server_and_port_share_it() -> None:
    tables = TWO.format("", 'remote_ip_ranges = ["127.0.0.2"]') + (
        '[[connector]]\nname = "C"\nport = 2525\n[[connector]]\nname = "D"\nserver = "EX2"\n'
    )
    ports = scenario(tables).ports
    assert [[connector.name for connector in port] for port in ports] == [["A", "B"], ["C"], ["D"]]


@pytest.mark.parametrize(
    ("tables", "due"),
    [
        (
            TWO.format("", ""),
            "connector[1].remote_ip_ranges: another connector of EX1's port has 0.0.0.0-255",
        ),
        (
            TWO.format('remote_ip_ranges = ["192.0.2.0/30"]', 'remote_ip_ranges = ["192.0.2.0-192.0.2.3"]'),
            "another connector of EX1's port has 192.0.2.0-192.0.2.3 already",
        ),
        (
            '[[connector]]\nremote_ip_ranges = ["ex2"]\n',
            'connector[0].remote_ip_ranges: "ex2" is no range: write 192.0.2.17, 192.0.2.0/24 or',
        ),
        ("[[connector]]\nport = 0\n", "connector[0].port: a number from 1 to 65535 is due"),
        (
            "[[connector]]\nutc_offset_minutes = 900\n",
            "connector[0].utc_offset_minutes: -720 to 840 are due: there are no other zones",
        ),
        ("[[connector]]\ntarpit = -1\n", "connector[0].tarpit: 0 to 10 minutes are due"),
        ("[[connector]]\nmax_logon_failures = 11\n", "connector[0].max_logon_failures: 0 to 10 are due"),
        (
            '[[connector]]\nprofile = "edeg"\n',
            'connector[0].profile: unknown word "edeg"; did you mean "edge"?',
        ),
        ('[probe]\nsource = "192.0.2.1"\n', 'probe.source: "192.0.2.1" is no address of the loopback'),
        ('[probe]\nsource = "ex2"\n', 'probe.source: "ex2" is no address of the loopback interface'),
        (
            '[probe]\nconnector = "Defalt EX1"\n',
            'probe.connector: unknown connector "Defalt EX1"; did you mean "Default EX1"?',
        ),
    ],
)
def test_what_does_not_fit_is_named(tables: str, due: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        scenario(tables)
    assert due in str(raised.value)


def test_a_range_may_be_written_twice_and_ports_keep_equal_ranges_apart() -> None:
    ranges = 'remote_ip_ranges = ["127.0.0.2", "127.0.0.2/32"]'
    assert scenario(TWO.format(ranges, ranges + "\nport = 26")).connectors[1].port == 26
