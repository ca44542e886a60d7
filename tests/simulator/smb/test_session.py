"""The SMB session against requests that impacket's structures make; whole log-ons are in tests/interop."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket import smb3structs as foreign
from spnego._spnego import NegTokenInit, unpack_token

from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.ledger import Ledger
from simulator.smb.session import MAXIMUM_SESSIONS, SmbService, SmbSession
from tests.support.impacket_initiator import (
    KERBEROS,
    MICROSOFT_KERBEROS,
    NOW,
    REALM,
    Initiator,
    service_account,
)

ACCOUNT = service_account()
GUID = bytes(range(16))
LEDGER = Ledger(clock=lambda: 0.0)


def session(ledger: Ledger = LEDGER) -> SmbSession:
    def acceptor() -> Acceptor:
        return Acceptor(
            server="EX1",
            account=lambda: ACCOUNT,
            realm=REALM,
            clock=lambda: NOW,
            randomness=os.urandom,
            replays=ReplayCache(),
            explains_as="EX1$",
        )

    numbers = iter(range(7, 10_000))
    return SmbSession(
        SmbService(
            server="EX1",
            guid=GUID,
            acceptor=acceptor,
            clock=lambda: NOW,
            session_id=lambda: next(numbers),
            ledger=ledger,
        )
    )


def framed(command: int, body: bytes, *, message_id: int = 0, session_id: int = 0, **fields: Any) -> bytes:
    packet = foreign.SMB2Packet()
    packet["Command"], packet["Data"] = command, body
    packet["MessageID"], packet["SessionID"] = message_id, session_id
    for name, value in fields.items():
        packet[name] = value
    message = bytes(packet.getData())
    return len(message).to_bytes(4, "big") + message


def negotiate(*dialects: int) -> bytes:
    body = foreign.SMB2Negotiate()
    body["DialectCount"], body["Dialects"] = len(dialects), list(dialects)
    body["ClientGuid"], body["ClientStartTime"] = GUID, bytes(8)
    return framed(foreign.SMB2_NEGOTIATE, body.getData())


def set_up(token: bytes, **more: Any) -> bytes:
    body = foreign.SMB2SessionSetup()
    body["SecurityBufferLength"], body["Buffer"] = len(token), token
    return framed(foreign.SMB2_SESSION_SETUP, body.getData(), **more)


def ticket(**changes: Any) -> bytes:
    token = Initiator(account=ACCOUNT, **changes).token()
    return bytes(NegTokenInit(mech_types=[MICROSOFT_KERBEROS, KERBEROS], mech_token=token).pack())


def answers(octets: bytes) -> list[Any]:
    found = []
    while octets:
        length = int.from_bytes(octets[:4], "big")
        found.append(foreign.SMB2Packet(octets[4 : 4 + length]))
        octets = octets[4 + length :]
    return found


def logged_on(smb: SmbSession) -> int:
    smb.receive(negotiate(0x0302))
    (answer,) = answers(smb.receive(set_up(ticket(), message_id=1)))
    assert answer["Status"] == 0
    return int(answer["SessionID"])


def test_the_newest_dialect_that_both_speak_and_the_servers_clock() -> None:
    (answer,) = answers(session().receive(negotiate(0x0202, 0x0210, 0x0311)))
    body = foreign.SMB2Negotiate_Response(answer["Data"])
    assert (answer["Status"], body["DialectRevision"], body["ServerGuid"]) == (0, 0x0210, GUID)
    assert body["SystemTime"] == 116_444_736_000_000_000 + int(NOW * 10_000_000)
    assert MICROSOFT_KERBEROS in unpack_token(bytes(body["Buffer"])).mech_types


def test_no_common_dialect() -> None:
    (answer,) = answers(session().receive(negotiate(0x0311)))
    assert answer["Status"] == 0xC00000BB


def test_a_log_on_octet_by_octet_and_a_log_off() -> None:
    ledger = Ledger(clock=lambda: 0.0)
    smb = session(ledger)
    octets = negotiate(0x0302) + set_up(ticket(), message_id=1)
    first, second = answers(b"".join(smb.receive(octets[n : n + 1]) for n in range(len(octets))))
    assert (first["Status"], second["Status"], second["SessionID"]) == (0, 0, 7)
    assert second["Flags"] & foreign.SMB2_FLAGS_SIGNED
    assert second["Signature"] != bytes(16)
    off = foreign.SMB2Logoff().getData()
    (last,) = answers(smb.receive(framed(foreign.SMB2_LOGOFF, off, message_id=2, session_id=7)))
    (gone,) = answers(smb.receive(framed(foreign.SMB2_LOGOFF, off, message_id=3, session_id=7)))
    assert (last["Status"], gone["Status"]) == (0, 0xC0000203)
    assert [entry.kind for entry in ledger.entries] == ["smb-negotiate", "smb-session", "smb-logoff"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"kvno": 9}, 0xC0000016), ({"now": NOW - 600}, 0xC0000016), ({"service": "cifs/ex9"}, 0xC000006D)],
)
def test_refusals(changes: dict[str, Any], status: int) -> None:
    smb = session()
    smb.receive(negotiate(0x0302))
    (answer,) = answers(smb.receive(set_up(ticket(**changes), message_id=1)))
    assert answer["Status"] == status
    assert not answer["Flags"] & foreign.SMB2_FLAGS_SIGNED


def test_no_token_at_all() -> None:
    smb = session()
    smb.receive(negotiate(0x0302))
    (answer,) = answers(smb.receive(set_up(b"what is this", message_id=1)))
    assert answer["Status"] == 0xC000000D


@pytest.mark.parametrize(
    ("command", "status"), [(foreign.SMB2_TREE_CONNECT, 0xC0000022), (foreign.SMB2_CREATE, 0xC00000BB)]
)
def test_nothing_can_be_opened(command: int, status: int) -> None:
    smb = session()
    number = logged_on(smb)
    (answer,) = answers(smb.receive(framed(command, bytes(16), message_id=2, session_id=number)))
    assert answer["Status"] == status


@pytest.mark.parametrize("number", [0, 99])
def test_without_a_session_there_is_none(number: int) -> None:
    smb = session()
    smb.receive(negotiate(0x0302))
    request = framed(foreign.SMB2_TREE_CONNECT, bytes(16), message_id=1, session_id=number)
    (answer,) = answers(smb.receive(request))
    assert answer["Status"] == 0xC0000203


@pytest.mark.parametrize(
    "octets",
    [
        b"\x00\xff\xff\xff",
        b"\x00\x00\x00\x3f",
        b"\x00\x00\x00\x40" + b"\xffSMB" + bytes(60),
        framed(foreign.SMB2_NEGOTIATE, bytes(36), NextCommand=64),
        framed(foreign.SMB2_NEGOTIATE, bytes(36), Flags=1),
        framed(foreign.SMB2_NEGOTIATE, bytes(35)),
        negotiate(0x0202)[:-2].replace(b"\0\0\0\x66", b"\0\0\0\x64"),
        set_up(b"token"),
        negotiate(0x0302) * 2,
        negotiate(0x0302) + framed(foreign.SMB2_SESSION_SETUP, bytes(3)),
    ],
)
def test_what_ends_the_connection(octets: bytes) -> None:
    smb = session()
    smb.receive(octets)
    assert smb.closed
    assert smb.receive(negotiate(0x0302)) == b""


def test_the_number_of_sessions_is_bounded() -> None:
    smb = session()
    smb.receive(negotiate(0x0302))
    for number in range(MAXIMUM_SESSIONS):
        assert smb.receive(set_up(ticket(), message_id=number))
    assert smb.receive(set_up(ticket(), message_id=99)) == b""
    assert smb.closed


MAKERS: list[Callable[[bytes], bytes]] = [
    lambda data: data,
    lambda data: framed(foreign.SMB2_NEGOTIATE, data),
    lambda data: negotiate(0x0302) + framed(foreign.SMB2_SESSION_SETUP, data, message_id=1),
    lambda data: negotiate(0x0302) + set_up(data, message_id=1),
]


@given(st.sampled_from(MAKERS), st.binary(max_size=300))
def test_octets_from_anywhere_raise_nothing(make: Callable[[bytes], bytes], data: bytes) -> None:
    session(Ledger(clock=lambda: 0.0)).receive(make(data))
