from simulator.faults.smtp_down import SmtpDown
from simulator.net.actions import Listen


def test_only_the_named_server_is_down() -> None:
    assert SmtpDown(on="EX1").smtp_port("EX1") is Listen.REFUSE
    assert SmtpDown(on="EX1", mode="drop").smtp_port("EX1") is Listen.DROP
    assert SmtpDown(on="EX1").smtp_port("EX2") is Listen.SERVE
