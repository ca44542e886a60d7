"""Messages put together by hand after MS-NEGOEX section 2.2.6."""

import struct

from probe.dissect.gssapi import token
from probe.dissect.node import Settings, Walk
from probe.dissect.session_messages import SESSION_MESSAGES


def message(kind: int, number: int, body: bytes = b"") -> bytes:
    return struct.pack("<8sIIII", b"NEGOEXTS", kind, number, 40, 40 + len(body)) + bytes(range(16)) + body


def tree(data: bytes) -> list[str]:
    made = token(Walk(settings=Settings()), data, 0, len(data), 0)
    return [f"{node.name}: {node.value} {node.problem}".strip() for node in made.walk()]


def test_each_message_is_named_with_its_mechanism() -> None:
    lines = tree(message(0, 0, bytes(56)) + message(2, 1, bytes(range(16, 32)) + b"data"))
    assert "INITIATOR_NEGO:" in lines
    assert "INITIATOR_META_DATA:" in lines
    assert "conversation: 03020100-0504-0706-0809-0a0b0c0d0e0f" in lines
    assert "mechanism: 13121110-1514-1716-1819-1a1b1c1d1e1f" in lines


def test_what_is_cut_or_unknown_is_said() -> None:
    whole = message(99, 7, b"1234")
    assert "message type 99:" in tree(whole)
    for length in range(8, len(whole)):
        assert any("begins here" in line or "announced" in line for line in tree(whole[:length])), length
    assert any("no NEGOEX header begins here" in line for line in tree(whole + b"behind"))


def test_messages_of_a_session_have_names() -> None:
    for tag, (title, *_) in SESSION_MESSAGES.items():
        # RFC 4120 sections 5.6 to 5.8: [APPLICATION n] SEQUENCE { [0] 5, [1] n }
        data = bytes.fromhex(f"{0x60 | tag:02x}0c300aa003020105a1030201{tag:02x}")
        assert tree(data)[0].startswith(title)
