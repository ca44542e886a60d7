import pytest

from simulator.faults.masked_commands import MaskedCommands


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (b"EHLO ex2.contoso.lab", b"XXXX ex2.contoso.lab"),
        (b"ehlo ex2.contoso.lab", b"XXXX ex2.contoso.lab"),
        (b"EHLO", b"XXXX"),
        (b"HELO ex2.contoso.lab", b"HELO ex2.contoso.lab"),
        (b"QUIT", b"QUIT"),
    ],
)
def test_ehlo_is_overwritten(line: bytes, left: bytes) -> None:
    assert MaskedCommands(on="EX1").on_receive("EX1", line) == left
    assert MaskedCommands(on="EX1").on_receive("EX2", line) == line


def test_other_commands_on_request() -> None:
    assert MaskedCommands(on="EX1", commands=("BDAT",)).on_receive("EX1", b"BDAT 3 LAST") == b"XXXX 3 LAST"
