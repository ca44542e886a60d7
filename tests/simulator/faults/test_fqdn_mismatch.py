from simulator.faults.fqdn_mismatch import FqdnMismatch


def test_only_the_named_server_gives_the_other_name() -> None:
    fault = FqdnMismatch(on="EX1", fqdn="mail.contoso.example")
    assert fault.advertised_name("EX1", "ex1.contoso.lab") == "mail.contoso.example"
    assert fault.advertised_name("EX2", "ex2.contoso.lab") == "ex2.contoso.lab"
