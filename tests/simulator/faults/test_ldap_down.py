from simulator.faults.ldap_down import LdapDown
from simulator.net.actions import Listen


def test_one_controllers_ports_alone() -> None:
    both = LdapDown(on="DC1", mode="drop")
    assert [both.ldap_port("DC1", service) for service in ("ldap", "global-catalog")] == [Listen.DROP] * 2
    assert both.ldap_port("DC2", "ldap") is Listen.SERVE
    one = LdapDown(on="DC1", service="global-catalog")
    assert one.ldap_port("DC1", "global-catalog") is Listen.REFUSE
    assert one.ldap_port("DC1", "ldap") is Listen.SERVE
    assert one.kdc_port("DC1", "tcp") is Listen.SERVE
