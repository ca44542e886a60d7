from simulator.acceptors.ntlm import names_of
from simulator.directory.store import Account
from simulator.faults.wrong_server import WrongServer

NAMES = names_of("EX1", "CONTOSO.LAB")


def test_the_named_server_has_another_computers_names() -> None:
    names = WrongServer(on="EX1", computer="ex3.contoso.lab").computer_names("EX1", NAMES)
    assert (names.computer, names.dns_computer) == ("EX3", "ex3.contoso.lab")
    assert (names.domain, names.dns_domain, names.forest) == ("CONTOSO", "contoso.lab", "contoso.lab")


def test_its_key_is_another_under_the_same_number(ex1: Account) -> None:
    other = WrongServer(on="EX1", computer="EX3").server_account("EX1", ex1)
    assert other.newest().kvno == ex1.newest().kvno
    assert {etype: len(key.contents) for etype, key in other.newest().keys.items()} == {18: 32, 17: 16}
    assert all(other.newest().keys[etype] != key for etype, key in ex1.newest().keys.items())


def test_the_other_servers_are_left_alone(ex1: Account) -> None:
    fault = WrongServer(on="EX2", computer="EX3")
    assert fault.computer_names("EX1", NAMES) is NAMES
    assert fault.server_account("EX1", ex1) is ex1
