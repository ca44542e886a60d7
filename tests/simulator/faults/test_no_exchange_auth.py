from simulator.faults.no_exchange_auth import NoExchangeAuth

KEYWORDS = ("DSN", "STARTTLS", "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM", "XRDST")


def test_what_the_flag_exchangeserver_brings_is_gone() -> None:
    assert NoExchangeAuth(on="EX1").offered("EX1", KEYWORDS, "none") == (
        "DSN",
        "STARTTLS",
        "AUTH NTLM",
        "XRDST",
    )


def test_without_integrated_auth_is_gone_too() -> None:
    fault = NoExchangeAuth(on="EX1", integrated=False)
    assert fault.offered("EX1", KEYWORDS, "none") == ("DSN", "STARTTLS", "XRDST")


def test_other_servers_stay() -> None:
    assert NoExchangeAuth(on="EX1").offered("EX2", KEYWORDS, "none") is KEYWORDS
