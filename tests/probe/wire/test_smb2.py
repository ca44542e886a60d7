"""What we send is read by impacket's structures; what we read are the answers of Samba 4.17.12's smbd."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket import smb3structs as foreign

from probe.wire import smb2
from probe.wire.smb2 import Smb2Error
from tests.support.foreign_smb import (
    ACCEPTED,
    GUID,
    LOGGED_OFF,
    LOGON_FAILURE,
    NEGOTIATED_21,
    NEGOTIATED_311,
    REQUIRES_SIGNING_311,
    SALT,
)


def test_negotiates_answer() -> None:
    answer = smb2.decode(NEGOTIATED_311)
    negotiated = smb2.decode_negotiate(answer)
    assert (answer.command, answer.status, answer.message_id) == (0, 0, 0)
    assert (negotiated.dialect, negotiated.signing_required) == ("3.1.1", False)
    assert negotiated.server_guid == b"ex1".ljust(16, b"\0")  # Samba's is its NetBIOS name
    assert negotiated.system_time is not None
    stamped = datetime.fromtimestamp(negotiated.system_time, tz=UTC)
    # The minute is that of the recording, by the clock of the machine that smbd ran on.
    assert stamped.isoformat(timespec="milliseconds") == "2026-11-25T17:22:00.681+00:00"
    assert negotiated.token.startswith(bytes.fromhex("605e06062b0601050502"))
    assert len(negotiated.token) == 0x60


def test_an_older_dialect_and_the_need_to_sign() -> None:
    assert smb2.decode_negotiate(smb2.decode(NEGOTIATED_21)).dialect == "2.1"
    assert smb2.decode_negotiate(smb2.decode(REQUIRES_SIGNING_311)).signing_required


def test_an_unknown_dialect_stays_a_number_and_no_time_stays_none() -> None:
    strange = NEGOTIATED_21[:68] + b"\xff\x02" + NEGOTIATED_21[70:104] + bytes(8) + NEGOTIATED_21[112:]
    negotiated = smb2.decode_negotiate(smb2.decode(strange))
    assert (negotiated.dialect, negotiated.system_time) == ("0x02ff", None)


def test_session_setups_answers() -> None:
    accepted = smb2.decode(ACCEPTED)
    assert (accepted.status, accepted.session_id) == (0, 0xC40B5A2C)
    token = smb2.decode_session_setup(accepted)
    assert token == ACCEPTED[72:]
    assert len(token) == 0xBA
    refused = smb2.decode(LOGON_FAILURE)
    assert refused.status == 0xC000006D
    assert smb2.decode_session_setup(refused) == b""
    assert smb2.decode(LOGGED_OFF).command == smb2.Command.LOGOFF


def test_a_token_beside_an_error_status_is_read() -> None:
    rejected = ACCEPTED[:8] + LOGON_FAILURE[8:12] + ACCEPTED[12:]
    assert smb2.decode_session_setup(smb2.decode(rejected)) == ACCEPTED[72:]


@pytest.mark.parametrize("whole", [NEGOTIATED_311, NEGOTIATED_21, ACCEPTED, LOGON_FAILURE])
def test_cut_answers_are_refused_at_every_octet_of_their_fixed_part(whole: bytes) -> None:
    fixed = 64 + (64 if whole[12] == 0 else 8)
    for length in range(fixed):
        with pytest.raises(Smb2Error):
            _read(whole[:length])


@pytest.mark.parametrize("whole", [NEGOTIATED_21, ACCEPTED])
def test_a_token_that_is_cut_is_refused_and_what_follows_it_is_not_read(whole: bytes) -> None:
    with pytest.raises(Smb2Error, match="are announced at"):
        _read(whole[:-1])
    assert _read(whole + b"more") == _read(whole)


@pytest.mark.parametrize(
    ("damaged", "says"),
    [
        (b"\xffSMB" + ACCEPTED[4:], "SMB1 came"),
        (b"HTTP/1.1 400 Bad Request" + bytes(80), "48545450 came"),
        (b"", "nothing came"),
        (ACCEPTED[:4] + b"\x41" + ACCEPTED[5:], "says so"),
        (ACCEPTED[:16] + bytes(4) + ACCEPTED[20:], "a request came"),
        (ACCEPTED[:20] + b"\x48" + ACCEPTED[21:], "a chain"),
        (ACCEPTED[:12] + b"\x03" + ACCEPTED[13:], "command 3 came"),
        (ACCEPTED[:68] + b"\x10\x00" + ACCEPTED[70:], "are announced at 16"),
        (ACCEPTED[:64] + b"\x08" + ACCEPTED[65:], "8 octets and more"),
        (NEGOTIATED_21[:8] + b"\xbb\x00\x00\xc0" + NEGOTIATED_21[12:], "status 0xc00000bb"),
        (NEGOTIATED_21[:64] + b"\x40" + NEGOTIATED_21[65:], "64 octets and more"),
    ],
)
def test_what_is_no_answer_is_named(damaged: bytes, says: str) -> None:
    with pytest.raises(Smb2Error, match=says):
        _read(damaged)


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: ACCEPTED[:64] + tail))
def test_octets_from_anywhere_give_a_value_or_the_one_error(data: bytes) -> None:
    try:
        read = _read(data)
    except Smb2Error:
        return
    assert read is not None


@given(st.integers(0, len(NEGOTIATED_311) * 8 - 1))
def test_one_bit_turned_gives_a_value_or_the_one_error(bit: int) -> None:
    damaged = bytearray(NEGOTIATED_311)
    damaged[bit // 8] ^= 1 << bit % 8
    try:
        smb2.decode_negotiate(smb2.decode(bytes(damaged)))
    except Smb2Error:
        return


def test_frames() -> None:
    assert smb2.frame(LOGON_FAILURE)[:4] == bytes.fromhex("00000049")
    assert smb2.frame_length(bytes.fromhex("00000049")) == 73


@pytest.mark.parametrize("head", ["", "000000", "0000003f", "00020001", "85000049", "48545450"])
def test_frames_that_nobody_reads(head: str) -> None:
    with pytest.raises(Smb2Error):
        smb2.frame_length(bytes.fromhex(head))


def test_impacket_reads_our_negotiate() -> None:
    request = smb2.negotiate(client_guid=GUID, salt=SALT)
    packet = foreign.SMB2Packet(request)
    body = foreign.SMB2Negotiate(packet["Data"])
    assert (packet["Command"], packet["MessageID"], packet["Flags"]) == (foreign.SMB2_NEGOTIATE, 0, 0)
    assert (body["StructureSize"], body["DialectCount"], body["ClientGuid"]) == (36, 5, GUID)
    listed = [int.from_bytes(request[n : n + 2], "little") for n in range(100, 110, 2)]
    assert listed == [0x202, 0x210, 0x300, 0x302, foreign.SMB2_DIALECT_311]
    where = foreign.SMB311ContextData(request[92:100])
    assert where["NegotiateContextCount"] == 1
    assert where["NegotiateContextOffset"] % 8 == 0
    context = foreign.SMB2NegotiateContext(request[where["NegotiateContextOffset"] :])
    assert context["ContextType"] == foreign.SMB2_PREAUTH_INTEGRITY_CAPABILITIES
    hashes = foreign.SMB2PreAuthIntegrityCapabilities(context["Data"])
    assert (hashes["HashAlgorithmCount"], hashes["HashAlgorithms"], hashes["Salt"]) == (1, b"\x01\x00", SALT)


def test_without_the_newest_dialect_there_are_no_contexts() -> None:
    request = smb2.negotiate(client_guid=GUID, salt=SALT, dialects=(0x202, 0x210))
    assert foreign.SMB2Negotiate(foreign.SMB2Packet(request)["Data"])["ClientStartTime"] == bytes(8)
    assert len(request) == 64 + 36 + 4


def test_impacket_reads_our_session_setup_and_logoff() -> None:
    packet = foreign.SMB2Packet(smb2.session_setup(b"token", message_id=1))
    body = foreign.SMB2SessionSetup(packet["Data"])
    assert (packet["Command"], packet["MessageID"], packet["SessionID"]) == (1, 1, 0)
    assert body["Buffer"] == b"token"
    assert (body["PreviousSessionId"], body["Flags"]) == (0, 0)
    last = foreign.SMB2Packet(smb2.logoff(message_id=2, session_id=0xC40B5A2C))
    assert (last["Command"], last["MessageID"], last["SessionID"]) == (2, 2, 0xC40B5A2C)
    assert foreign.SMB2Logoff(last["Data"])["StructureSize"] == 4


def test_a_token_of_64_kib_has_no_room() -> None:
    assert len(smb2.session_setup(bytes(0xFFFF), message_id=1)) == 88 + 0xFFFF
    with pytest.raises(ValueError, match="at most 65535"):
        smb2.session_setup(bytes(0x10000), message_id=1)


def _read(data: bytes) -> object:
    message = smb2.decode(data)
    return smb2.decode_negotiate(message) if message.command == 0 else smb2.decode_session_setup(message)
