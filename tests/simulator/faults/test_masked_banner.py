from simulator.faults.masked_banner import MaskedBanner

KEYWORDS = ("SIZE 37748736", "X-ANONYMOUSTLS", "X-EXPS GSSAPI NTLM", "8BITMIME")


def test_the_banner_is_masked_to_its_length() -> None:
    masked = MaskedBanner(on="EX1").banner("EX1", "ex1.contoso.lab Microsoft ESMTP MAIL Service")
    assert masked == "*" * 42 + "ce"


def test_unknown_keywords_become_x_and_known_ones_stay() -> None:
    masked = MaskedBanner(on="EX1").offered("EX1", KEYWORDS, "none")
    assert masked == ("SIZE 37748736", "XXXXXXXXXXXXXA", "XXXXXXXXXXXXXXXXXA", "8BITMIME")


def test_inside_tls_the_device_sees_nothing() -> None:
    assert MaskedBanner(on="EX1").offered("EX1", KEYWORDS, "starttls") is KEYWORDS


def test_other_servers_and_switched_off_parts_stay() -> None:
    fault = MaskedBanner(on="EX1", mask_banner=False, mask_keywords=False)
    assert fault.banner("EX1", "text") == "text"
    assert fault.offered("EX1", KEYWORDS, "none") is KEYWORDS
    assert MaskedBanner(on="EX1").banner("EX2", "text") == "text"
    assert MaskedBanner(on="EX1").offered("EX2", KEYWORDS, "none") is KEYWORDS
