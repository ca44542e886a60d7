"""The AP-REQ is one that MIT took (tests/vectors/gss_context.json); impacket's ASN.1 classes find its parts."""

import pytest
from impacket.krb5 import asn1
from impacket.krb5.gssapi import MechIndepToken

from probe.settings.injection import MAXIMUM_SKEW_S, Fault, Injection, damage, parse_injection
from tests.support.foreign_kerberos import read
from tests.support.mit_receiver import AES

AP_REQ = bytes.fromhex(AES["ap_req"])
TICKET_CIPHER = bytes(read(bytes.fromhex(AES["ticket"]), asn1.Ticket())["enc-part"]["cipher"])


@pytest.mark.parametrize(
    ("text", "fault", "skew_s", "spn", "said"),
    [
        ("skew=+6m", Fault.SKEW, 360.0, "", "skew=+6 min"),
        ("skew=-90s", Fault.SKEW, -90.0, "", "skew=-1 min 30 s"),
        ("skew=+250ms", Fault.SKEW, 0.25, "", "skew=+0.2 s"),
        ("skew=1h", Fault.SKEW, 3600.0, "", "skew=+1 h"),
        ("skew", Fault.SKEW, 360.0, "", "skew=+6 min"),
        ("wrong-spn", Fault.WRONG_SPN, 0.0, "", "wrong-spn"),
        ("wrong-spn=HTTP/web", Fault.WRONG_SPN, 0.0, "HTTP/web", "wrong-spn=HTTP/web"),
        ("cut-token", Fault.CUT_TOKEN, 0.0, "", "cut-token"),
        ("corrupt-token", Fault.CORRUPT_TOKEN, 0.0, "", "corrupt-token"),
        ("replay", Fault.REPLAY, 0.0, "", "replay"),
    ],
)
def test_what_can_be_injected(text: str, fault: Fault, skew_s: float, spn: str, said: str) -> None:
    injection = parse_injection(text)
    assert injection == Injection(fault=fault, skew_s=skew_s, spn=spn)
    assert str(injection) == said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "skew, wrong-spn, cut-token, corrupt-token, replay"),
        ("Skew=1m", "'Skew' is no fault to inject"),
        ("skew=soon", "write 250ms, 90s, 10m"),
        ("skew=99999999h", "more than ten years"),
        ("replay=2", "replay takes no value"),
        ("cut-token=", "cut-token takes no value"),
    ],
)
def test_what_cannot(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_injection(text)


def test_the_largest_skew_still_has_a_year_of_four_digits() -> None:
    assert parse_injection(f"skew={MAXIMUM_SKEW_S}").skew_s == MAXIMUM_SKEW_S
    assert 2100 + MAXIMUM_SKEW_S / (365 * 86_400) < 9999


@pytest.mark.parametrize("text", [None, "skew=+6m", "wrong-spn", "replay"])
def test_faults_that_are_not_in_the_token(text: str | None) -> None:
    injection = None if text is None else parse_injection(text)
    assert damage(AP_REQ, injection, ticket_cipher=TICKET_CIPHER) == AP_REQ


def test_a_cut_token_is_a_beginning() -> None:
    cut = damage(AP_REQ, parse_injection("cut-token"), ticket_cipher=TICKET_CIPHER)
    assert 0 < len(cut) < len(AP_REQ)
    assert AP_REQ.startswith(cut)


def test_corruption_turns_one_bit_of_the_tickets_cipher_and_nothing_else() -> None:
    corrupt = damage(AP_REQ, parse_injection("corrupt-token"), ticket_cipher=TICKET_CIPHER)
    whole, damaged = (read_ap_req(token) for token in (AP_REQ, corrupt))
    before, after = (bytes(message["ticket"]["enc-part"]["cipher"]) for message in (whole, damaged))
    assert before == TICKET_CIPHER
    turned = [one ^ other for one, other in zip(before, after, strict=True) if one != other]
    assert [bits.bit_count() for bits in turned] == [1]
    damaged["ticket"]["enc-part"]["cipher"] = before
    assert damaged == whole


def test_a_ticket_that_is_not_in_the_token_is_not_damaged() -> None:
    assert damage(AP_REQ, parse_injection("corrupt-token"), ticket_cipher=b"elsewhere") == AP_REQ


def read_ap_req(token: bytes) -> asn1.AP_REQ:
    """The frame of RFC 2743 section 3.1 with the token id 01 00, off."""
    inner = MechIndepToken.from_bytes(token).data
    assert inner[:2] == b"\x01\x00"
    return read(inner[2:], asn1.AP_REQ())
