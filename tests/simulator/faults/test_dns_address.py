from typing import Literal

import pytest

from simulator.faults.dns_address import DnsAddress
from simulator.faults.values import Record

HERE = Record(name="ex1.contoso.lab", kind="A", data="127.0.0.1")
TEXT = Record(name="ex1.contoso.lab", kind="TXT", data='"x"')


@pytest.mark.parametrize(
    ("place", "addresses"),
    [
        ("instead", ["127.0.0.9"]),
        ("before", ["127.0.0.9", "127.0.0.1"]),
        ("behind", ["127.0.0.1", "127.0.0.9"]),
    ],
)
def test_the_address_stands_at_its_place(
    place: Literal["instead", "before", "behind"], addresses: list[str]
) -> None:
    fault = DnsAddress(name="EX1.contoso.lab", address="127.0.0.9", place=place)
    found = fault.dns_records("ex1.contoso.lab", 1, (HERE, TEXT))
    assert [record.data for record in found if record.kind == "A"] == addresses
    assert TEXT in found


def test_an_address_of_the_other_kind() -> None:
    (found,) = DnsAddress(name="ex1.contoso.lab", address="::1").dns_records("ex1.contoso.lab", 1, (HERE,))
    assert found.kind == "AAAA"


def test_other_names_and_queries_get_the_right_one() -> None:
    fault, records = DnsAddress(name="ex1.contoso.lab", address="127.0.0.9", after=1, every=3), (HERE,)
    assert fault.dns_records("dc1.contoso.lab", 2, records) is records
    wrong = [n for n in range(1, 9) if fault.dns_records("ex1.contoso.lab", n, records) is not records]
    assert wrong == [2, 5, 8]
