from typing import Literal

import pytest

from simulator.faults.dns_srv import DnsSrv
from simulator.faults.values import Record

NAME = "_kerberos._tcp.contoso.lab"
RIGHT = Record(name=NAME, kind="SRV", data="0 100 1088 dc1.contoso.lab.")


@pytest.mark.parametrize(
    ("mode", "data"),
    [
        ("missing", []),
        ("wrong", ["0 100 88 gone.contoso.lab."]),
        ("stale", ["0 100 88 gone.contoso.lab.", "10 100 1088 dc1.contoso.lab."]),
    ],
)
def test_what_is_found_of_a_domain_controller(
    mode: Literal["missing", "wrong", "stale"], data: list[str]
) -> None:
    fault = DnsSrv(service="kerberos", mode=mode, port=88)
    assert [record.data for record in fault.dns_records(NAME, 1, (RIGHT,))] == data


def test_the_port_of_the_one_that_it_stands_for() -> None:
    (found,) = DnsSrv(mode="wrong", target="old.contoso.lab").dns_records(NAME, 1, (RIGHT,))
    assert found.data == "0 100 1088 old.contoso.lab."


def test_other_services_and_addresses_are_as_ever() -> None:
    records = (RIGHT,)
    assert DnsSrv(service="ldap").dns_records(NAME, 1, records) is records
    addresses = (Record(name="dc1.contoso.lab", kind="A", data="127.0.0.1"),)
    assert DnsSrv().dns_records("dc1.contoso.lab", 1, addresses) is addresses
