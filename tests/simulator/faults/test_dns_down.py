import pytest

from simulator.faults.dns_down import DnsDown
from simulator.net.actions import Listen


def test_a_stopped_server_and_a_firewall() -> None:
    assert DnsDown(mode="refuse").dns_port() is Listen.REFUSE
    assert DnsDown(mode="drop").dns_port() is Listen.DROP
    assert DnsDown(mode="drop").dns_failure("ex1.contoso.lab") == ""


@pytest.mark.parametrize(
    ("under", "name", "code"),
    [
        ("", "ex1.contoso.lab", "SERVFAIL"),
        ("Contoso.lab", "ex1.contoso.lab", "SERVFAIL"),
        ("contoso.lab", "contoso.lab", "SERVFAIL"),
        ("contoso.lab", "ex1.xcontoso.lab", ""),
        ("fabrikam.lab", "ex1.contoso.lab", ""),
    ],
)
def test_a_server_that_answers_and_says_nothing(under: str, name: str, code: str) -> None:
    fault = DnsDown(mode="SERVFAIL", under=under)
    assert fault.dns_failure(name) == code
    assert fault.dns_port() is Listen.SERVE
