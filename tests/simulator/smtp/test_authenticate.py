"""Log-on conversations: the security layer's round with impacket's checksums, and what a client may not say."""

import os
import struct
from base64 import b64decode, b64encode

import pytest
from impacket.krb5 import crypto as impacket_crypto

from probe.wire.crypto import Key
from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.faults.values import Acceptance
from simulator.smtp.authenticate import Conversation, GssapiLogOn, Result
from tests.support.impacket_initiator import FLAGS, MUTUAL, NOW, REALM, Initiator, service_account, subkey_of

ACCOUNT = service_account()


def log_on(*, layer: bool, judge: bool = True) -> GssapiLogOn:
    acceptor = Acceptor(
        server="EX1",
        account=lambda: ACCOUNT,
        realm=REALM,
        clock=lambda: NOW,
        randomness=os.urandom,
        replays=ReplayCache(),
    )
    denied = Acceptance(status="IllegalMessage", reason="declared")
    return GssapiLogOn(acceptor, lambda _, opinion: opinion if judge else denied, layer=layer)


def finish(conversation: Conversation, line: bytes) -> Result:
    with pytest.raises(StopIteration) as caught:
        conversation.send(line)
    result = caught.value.value
    assert isinstance(result, Result)
    return result


def wrapped(key: Key, data: bytes, *, sequence: int, flags: int) -> bytes:
    """A sign-only wrap token of RFC 4121 section 4.2.6.2 with impacket's checksum, key usage 24."""
    foreign = impacket_crypto.Key(key.etype, key.contents)
    header = struct.pack(">HBBHHQ", 0x0504, flags, 0xFF, 0, 0, sequence)
    value = impacket_crypto.make_checksum(16, foreign, 24, data + header)
    return bytes(header[:4] + struct.pack(">H", len(value)) + header[6:] + data + value)


def at_the_layer_round(client: Initiator) -> tuple[Conversation, Key]:
    """A conversation that has just offered its layers, and the key that both now use."""
    conversation = log_on(layer=True).converse(None)
    assert next(conversation).text == b"GSSAPI supported"
    challenge = conversation.send(b64encode(client.token()))
    key = client.key
    if client.flags & MUTUAL:
        key = subkey_of(client.ap_rep_part(b64decode(challenge.text)))
        challenge = conversation.send(b"")
    token = b64decode(challenge.text)
    length = int.from_bytes(token[4:6], "big")
    assert token[16:-length] == b"\x01\0\0\0"  # RFC 4752 section 3.1: no layer, and no size
    header = token[:4] + bytes(4) + token[8:16]
    foreign = impacket_crypto.Key(key.etype, key.contents)
    impacket_crypto.verify_checksum(16, foreign, 22, token[16:-length] + header, token[-length:])
    return conversation, key


@pytest.mark.parametrize("mutual", [0, MUTUAL])
@pytest.mark.parametrize("identity", [b"", b"EX2$", b"ex2$@contoso.lab"])
def test_no_layer_is_agreed_on(mutual: int, identity: bytes) -> None:
    client = Initiator(account=ACCOUNT, flags=FLAGS | mutual)
    conversation, key = at_the_layer_round(client)
    flags = 4 if mutual else 0
    choice = wrapped(key, b"\x01\0\0\0" + identity, sequence=client.sequence_number, flags=flags)
    result = finish(conversation, b64encode(choice))
    assert (result.succeeded, result.client) == (True, f"EX2$@{REALM}")


@pytest.mark.parametrize(
    ("choice", "status"),
    [
        (b"\x02\0\0\0", "IllegalMessage"),
        (b"\x01\0\0", "IllegalMessage"),
        (b"\x01\0\0\0administrator", "LogonDenied"),
        (b"\x01\0\0\0\xff\xfe", "LogonDenied"),
    ],
)
def test_what_a_client_may_not_choose(choice: bytes, status: str) -> None:
    client = Initiator(account=ACCOUNT)
    conversation, key = at_the_layer_round(client)
    token = wrapped(key, choice, sequence=client.sequence_number, flags=0)
    assert finish(conversation, b64encode(token)).status == status


@pytest.mark.parametrize("line", [b"", b"AAAA", b"!", b64encode(b"\x05\x04" + bytes(40))])
def test_a_choice_that_is_not_wrapped(line: bytes) -> None:
    conversation, _ = at_the_layer_round(Initiator(account=ACCOUNT))
    result = finish(conversation, line)
    assert not result.succeeded
    assert result.status in ("IllegalMessage", "MessageAltered")


def test_a_cancel_in_the_layer_round() -> None:
    conversation, _ = at_the_layer_round(Initiator(account=ACCOUNT))
    result = finish(conversation, b"*")
    assert (result.cancelled, result.succeeded) == (True, False)


def test_x_exps_has_no_layer_round() -> None:
    conversation = log_on(layer=False).converse(b64encode(Initiator(account=ACCOUNT).token()))
    with pytest.raises(StopIteration) as caught:
        next(conversation)
    assert caught.value.value.succeeded


def test_a_fault_has_the_last_word() -> None:
    conversation = log_on(layer=False, judge=False).converse(None)
    next(conversation)
    result = finish(conversation, b64encode(Initiator(account=ACCOUNT).token()))
    assert (result.status, result.reason) == ("IllegalMessage", "declared")
