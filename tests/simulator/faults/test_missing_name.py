from simulator.faults.missing_name import MissingName


def test_the_one_name_has_no_address() -> None:
    fault = MissingName(name="ex1.contoso.lab")
    assert fault.resolvable("EX1.Contoso.lab", "127.0.0.1") == ""
    assert fault.resolvable("dc1.contoso.lab", "127.0.0.1") == "127.0.0.1"
