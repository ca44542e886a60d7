"""NTLM messages: MS-NLMP's own examples, pyspnego's messages, and garbage."""

import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spnego._ntlm_raw.messages import (
    Authenticate,
    AvId,
    Challenge,
    FileTime,
    Negotiate,
    NegotiateFlags,
    TargetInfo,
    Version,
)

from probe.wire.ntlm import (
    ASKING,
    NtlmAuthenticate,
    NtlmChallenge,
    NtlmError,
    NtlmNegotiate,
    decode,
    negotiate_message,
)

# MS-NLMP section 4.2.4.3 (NTLMv2): CHALLENGE_MESSAGE and AUTHENTICATE_MESSAGE as printed there.
CHALLENGE = bytes.fromhex(
    "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000"
    "06007017 0000000f530065007200760065007200 02000c0044006f006d00610069006e00 01000c005300650072007600"
    "65007200 00000000".replace(" ", "")
)
AUTHENTICATE = bytes.fromhex(
    "4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000"
    "100010005c00000010001000d8000000358288e20501280a0000000f44006f006d00610069006e00"
    "550073006500720043004f004d005000550054004500520086c35097ac9cec102554764a57cccc19"
    "aaaaaaaaaaaaaaaa68cd0ab851e51c96aabc927bebef6a1c01010000000000000000000000000000"
    "aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e0001000c005300650072007600"
    "650072000000000000000000c5dad2544fc9799094ce1ce90bc9d03e"
)


def challenge(data: bytes) -> NtlmChallenge:
    message = decode(data)
    assert isinstance(message, NtlmChallenge)
    return message


def foreign_challenge(**changes: Any) -> bytes:
    """A CHALLENGE of pyspnego's, with every name that a Windows server gives."""
    info = TargetInfo()
    info[AvId.nb_domain_name], info[AvId.nb_computer_name] = "CONTOSO", "EX1"
    info[AvId.dns_domain_name], info[AvId.dns_computer_name] = "contoso.lab", "ex1.contoso.lab"
    info[AvId.dns_tree_name] = "forest.contoso.lab"
    moment = datetime(2016, 8, 5, 23, 24, 41, 123456, tzinfo=UTC)
    info[AvId.timestamp] = FileTime.from_datetime(moment, ns=700)
    flags = NegotiateFlags.unicode | NegotiateFlags.target_info | NegotiateFlags.request_target
    settings: dict[str, Any] = {
        "flags": int(flags),
        "server_challenge": b"\x01\x23\x45\x67\x89\xab\xcd\xef",
        "target_name": "CONTOSO",
        "target_info": info,
        "version": Version(major=10, minor=0, build=14393),
    }
    packed: bytes = Challenge(**(settings | changes)).pack()
    return packed


def test_the_specifications_challenge() -> None:
    message = challenge(CHALLENGE)
    assert (message.flags, message.server_challenge) == (0xE28A8233, bytes.fromhex("0123456789abcdef"))
    assert (message.target_name, message.domain, message.computer) == ("Server", "Domain", "Server")
    assert (message.dns_computer, message.forest, message.timestamp) == ("", "", None)
    assert str(message.version) == "6.0.6000"
    assert [(span.name, span.offset, span.length) for span in message.spans] == [
        ("TargetName", 0x38, 12),
        ("TargetInfo", 0x44, 36),
        ("Version", 48, 8),
    ]
    assert [(pair.identifier, pair.offset) for pair in message.pairs] == [(2, 0x44), (1, 0x54)]
    assert message.problems == ()


def test_the_specifications_authenticate() -> None:
    message = decode(AUTHENTICATE)
    assert isinstance(message, NtlmAuthenticate)
    assert (message.domain, message.user, message.workstation) == ("Domain", "User", "COMPUTER")
    assert (message.flags, str(message.version)) == (0xE2888235, "5.1.2600")
    assert message.nt_response[:16].hex() == "68cd0ab851e51c96aabc927bebef6a1c"
    assert message.lm_response.hex() == "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"
    assert message.session_key.hex() == "c5dad2544fc9799094ce1ce90bc9d03e"
    assert message.mic == b""  # its first value lies where the MIC would be


def test_a_windows_servers_challenge() -> None:
    message = challenge(foreign_challenge())
    names = (message.computer, message.domain, message.dns_computer, message.dns_domain, message.forest)
    assert names == ("EX1", "CONTOSO", "ex1.contoso.lab", "contoso.lab", "forest.contoso.lab")
    assert str(message.version) == "10.0.14393"
    # 2016-08-05 23:24:41.1234567 UTC by `date -u -d ... +%s`.
    assert message.timestamp == pytest.approx(1470439481.1234567, abs=3e-7)


def test_a_time_of_zero_is_none() -> None:
    info = TargetInfo()
    info[AvId.timestamp] = FileTime(1601, 1, 1)
    assert challenge(foreign_challenge(target_info=info)).timestamp is None


def test_an_unknown_pair_stays_a_number() -> None:
    info = struct.pack("<HH4s", 99, 4, b"what") + bytes(4)
    data = bytearray(foreign_challenge(target_info=None))
    data[40:48] = struct.pack("<HHI", len(info), len(info), len(data))
    message = challenge(bytes(data) + info)
    assert [(pair.identifier, pair.value) for pair in message.pairs] == [(99, b"what")]


def test_oem_names() -> None:
    data = foreign_challenge(flags=int(NegotiateFlags.oem), target_name="B\xdcRO")
    assert challenge(data).target_name == "B\xdcRO"


def test_a_short_challenge_of_an_old_server() -> None:
    data = foreign_challenge(target_info=None, version=None, target_name=None)[:32]
    message = challenge(data)
    assert (message.pairs, message.version, message.target_name) == ((), None, "")


def test_what_we_ask_with_is_read_by_others() -> None:
    theirs = Negotiate.unpack(negotiate_message())
    assert (theirs.flags, theirs.domain_name, theirs.workstation) == (int(ASKING), None, None)
    assert theirs.version is None
    assert len(negotiate_message()) == 32


def test_a_foreign_negotiate() -> None:
    theirs = Negotiate(domain_name="DOM", workstation="PC", version=Version(major=6, minor=1, build=7601))
    message = decode(theirs.pack())
    assert isinstance(message, NtlmNegotiate)
    assert (message.domain, message.workstation, str(message.version)) == ("DOM", "PC", "6.1.7601")


def test_a_negotiate_without_fields() -> None:
    assert decode(negotiate_message()[:16]) == NtlmNegotiate(flags=int(ASKING))


def test_a_foreign_authenticate_with_a_mic() -> None:
    theirs = Authenticate(
        flags=int(NegotiateFlags.unicode),
        nt_challenge_response=b"n" * 60,
        username="alice",
        domain_name="CONTOSO",
        version=Version(major=10, minor=0, build=1),
        mic=b"m" * 16,
    )
    message = decode(theirs.pack())
    assert isinstance(message, NtlmAuthenticate)
    assert (message.user, message.domain, message.mic) == ("alice", "CONTOSO", b"m" * 16)


def test_nothing_to_guess_a_password_from_is_shown() -> None:
    assert "server_challenge" not in repr(challenge(CHALLENGE))
    for word in ("lm_response", "nt_response", "session_key", "mic"):
        assert word not in repr(decode(AUTHENTICATE))


@pytest.mark.parametrize(
    ("field_at", "name"), [(12, "TargetName"), (40, "TargetInfo")], ids=["target", "info"]
)
@pytest.mark.parametrize("offset", [0xFFFFFFFF, len(CHALLENGE) - 1])
def test_a_value_outside_the_message_is_noted(field_at: int, name: str, offset: int) -> None:
    data = bytearray(CHALLENGE)
    data[field_at + 4 : field_at + 8] = struct.pack("<I", offset)
    message = challenge(bytes(data))
    assert message.problems == (f"{name} ends behind the message",)


def test_pairs_that_do_not_end() -> None:
    data = bytearray(CHALLENGE)
    data[-4:] = struct.pack("<HH", 3, 9)
    message = challenge(bytes(data))
    assert message.problems == ("TargetInfo has no end",)
    assert (message.domain, message.computer) == ("Domain", "Server")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no NTLMSSP signature at octet 0"),
        (b"NTLMSSP", "no NTLMSSP signature at octet 0"),
        (b"NTLMSSP\0", "cut: 4 octets are due at octet 8"),
        (b"NTLMSSP\0\x09\0\0\0", "unknown message type 9 at octet 8"),
        (CHALLENGE[:31], "cut: 8 octets are due at octet 24"),
        (AUTHENTICATE[:40], "cut: 8 octets are due at octet 36"),
        (b"NTLMSSP\0\x01\0\0\0", "cut: 4 octets are due at octet 12"),
    ],
)
def test_what_cannot_be_read(data: bytes, said: str) -> None:
    with pytest.raises(NtlmError) as caught:
        decode(data)
    assert str(caught.value) == said


@given(st.sampled_from([CHALLENGE, AUTHENTICATE, negotiate_message()]), st.data())
def test_damage_is_read_or_an_ntlm_error(message: bytes, data: st.DataObject) -> None:
    octets = bytearray(message[: data.draw(st.integers(0, len(message)))])
    for _ in range(data.draw(st.integers(0, 8))):
        if octets:
            octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    _read(bytes(octets))


@given(st.binary(max_size=200), st.integers(0, 4))
def test_garbage_is_an_ntlm_error_or_a_message(rest: bytes, kind: int) -> None:
    _read(rest)
    _read(b"NTLMSSP\0" + struct.pack("<I", kind) + rest)


def _read(octets: bytes) -> None:
    try:
        message = decode(octets)
    except NtlmError:
        return
    repr(message)
    for span in message.spans:
        assert 0 <= span.offset <= span.offset + span.length <= len(octets)
    if isinstance(message, NtlmChallenge):
        _ = message.computer, message.forest, message.timestamp
