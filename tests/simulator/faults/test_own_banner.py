from simulator.faults.own_banner import OwnBanner


def test_only_the_named_server_has_it() -> None:
    fault = OwnBanner(on="EX1", text="mail.contoso.example ESMTP")
    assert fault.banner("EX1", "ex1 Microsoft ESMTP") == "mail.contoso.example ESMTP"
    assert fault.banner("EX2", "ex2 Microsoft ESMTP") == "ex2 Microsoft ESMTP"
