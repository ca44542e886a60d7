from simulator.faults.smb_down import SmbDown
from simulator.net.actions import Listen


def test_only_the_named_server_is_down() -> None:
    assert SmbDown(on="EX1").smb_port("EX1") is Listen.REFUSE
    assert SmbDown(on="EX1", mode="drop").smb_port("EX1") is Listen.DROP
    assert SmbDown(on="EX1").smb_port("EX2") is Listen.SERVE
