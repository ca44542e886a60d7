"""KDCs called by the names that the directories on their hosts gave."""

from probe.trace.facts import DirectoryAnswer
from probe.trace.views.kerberos.kdc_names import by_name, kdc_names
from tests.support.traces import trace

ONE, TWO = "192.0.2.1:88", "192.0.2.2:88"


def answer(kdc: str, host: str) -> DirectoryAnswer:
    return DirectoryAnswer(dc=kdc.replace(":88", ":389"), host=host, kdc=kdc)


def test_a_directory_tells_the_name_of_the_kdc_on_its_host() -> None:
    told = trace(
        answer(ONE, "dc1.contoso.lab"), answer(TWO, "dc2.contoso.lab"), answer("", "dc3.contoso.lab")
    )
    assert kdc_names(told) == {ONE: "dc1.contoso.lab", TWO: "dc2.contoso.lab"}


def test_a_name_that_two_have_tells_neither_apart() -> None:
    assert kdc_names(trace(answer(ONE, "dc1.contoso.lab"), answer(TWO, "dc1.contoso.lab"))) == {}


def test_a_kdc_that_was_named_keeps_its_name() -> None:
    assert kdc_names(trace(answer("dc1.contoso.lab:88", "dc1.contoso.lab"))) == {}


def test_addresses_in_a_sentence() -> None:
    names = {"192.0.2.1:88": "dc1", "192.0.2.1:8801": "dc2"}
    assert by_name("192.0.2.1:8801 is behind 192.0.2.1:88", names) == "dc2 is behind dc1"
