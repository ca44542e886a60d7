from simulator.faults import Acceptance
from simulator.faults.ntlm_denied import NtlmDenied

GOOD = Acceptance(status="OK", client="alice@CONTOSO.LAB")
NTLM = b"NTLMSSP\0\3\0\0\0"


def test_a_good_answer_is_denied() -> None:
    assert NtlmDenied(on="EX1").accepted("EX1", NTLM, GOOD).status == "LogonDenied"


def test_kerberos_and_the_other_servers_are_left_alone() -> None:
    assert NtlmDenied(on="EX1").accepted("EX1", b"\x60\x06", GOOD) is GOOD
    assert NtlmDenied(on="EX1").accepted("EX2", NTLM, GOOD) is GOOD
