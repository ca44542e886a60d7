from simulator.faults.ntlm_denied import NtlmDenied
from simulator.faults.values import Acceptance

GOOD = Acceptance(status="OK", client="alice@CONTOSO.LAB")
NTLM = b"NTLMSSP\0\3\0\0\0"


def test_a_good_answer_is_denied() -> None:
    assert NtlmDenied(on="EX1").on_accept("EX1", NTLM, GOOD).status == "LogonDenied"


def test_kerberos_and_the_other_servers_are_left_alone() -> None:
    assert NtlmDenied(on="EX1").on_accept("EX1", b"\x60\x06", GOOD) is GOOD
    assert NtlmDenied(on="EX1").on_accept("EX2", NTLM, GOOD) is GOOD
