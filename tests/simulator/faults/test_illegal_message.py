from simulator.faults.illegal_message import IllegalMessage
from simulator.faults.values import Acceptance

GOOD = Acceptance(status="OK", client="EX2$@CONTOSO.LAB", token=b"reply")
LINE = b"x" * 600


def test_reject_makes_every_token_illegal_and_gives_no_token_back() -> None:
    fault = IllegalMessage(on="EX1")
    refused = fault.on_accept("EX1", b"token", GOOD)
    assert (refused.status, refused.token, refused.client) == ("IllegalMessage", b"", "")
    assert fault.on_accept("EX2", b"token", GOOD) is GOOD
    assert fault.on_receive("EX1", LINE) == LINE


def test_cut_shortens_long_lines_only() -> None:
    fault = IllegalMessage(on="EX1", mode="cut", octets=512)
    assert fault.on_receive("EX1", LINE) == b"x" * 512
    assert fault.on_receive("EX1", b"x" * 512) == b"x" * 512
    assert fault.on_receive("EX2", LINE) == LINE
    assert fault.on_accept("EX1", b"token", GOOD) is GOOD


def test_damage_keeps_the_length_and_puts_in_a_character_that_is_no_base64() -> None:
    fault = IllegalMessage(on="EX1", mode="damage", octets=100)
    damaged = fault.on_receive("EX1", LINE)
    assert damaged == b"x" * 100 + b"!" + b"x" * 499
    assert fault.on_receive("EX1", b"x" * 100) == b"x" * 100
    assert fault.on_receive("EX2", LINE) == LINE


def test_a_token_over_the_limit_is_not_understood() -> None:
    fault = IllegalMessage(on="EX1", mode="too-long", octets=100)
    good = Acceptance(status="OK")
    assert fault.on_accept("EX1", bytes(101), good).status == "IllegalMessage"
    assert fault.on_accept("EX1", bytes(100), good) is good
    assert fault.on_accept("EX2", bytes(101), good) is good
    assert fault.on_receive("EX1", b"a" * 101) == b"a" * 101
