from spnego._spnego import NegState, NegTokenResp, unpack_token

from simulator.faults.prefers_ntlm import PrefersNtlm
from simulator.faults.values import Acceptance

GOOD = Acceptance(status="OK", client="EX2$@CONTOSO.LAB", token=b"reply")


def test_a_kerberos_token_is_answered_with_the_choice_of_ntlm() -> None:
    wanted = PrefersNtlm(on="EX1").on_accept("EX1", b"\x60\x06", GOOD)
    assert (wanted.status, wanted.continue_needed, wanted.client) == ("OK", True, "")
    choice = unpack_token(wanted.token)  # pyspnego's decoder
    assert isinstance(choice, NegTokenResp)
    assert choice.neg_state is NegState.accept_incomplete
    assert choice.supported_mech == "1.3.6.1.4.1.311.2.2.10"


def test_ntlm_and_the_other_servers_are_left_alone() -> None:
    assert PrefersNtlm(on="EX1").on_accept("EX1", b"NTLMSSP\0", GOOD) is GOOD
    assert PrefersNtlm(on="EX1").on_accept("EX2", b"\x60\x06", GOOD) is GOOD
