"""Per-message tokens of the acceptor: MIT's own, made again octet by octet, and those that MIT took."""

import contextlib
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import crypto as impacket_crypto
from impacket.krb5.gssapi import GSSAPI_RC4

from probe.wire.crypto import Key, hmac_md5, rc4
from simulator.acceptors.messages import Context, TokenError, frame, split_element, unframe
from tests.support.vectors import VECTOR_FOLDER

_RECORD = json.loads((VECTOR_FOLDER / "gss_context.json").read_text())
CASES = [case for case in _RECORD["cases"] if case["mutual"]]


def opened_ap_rep(case: dict[str, Any]) -> tuple[Key | None, int]:
    """Subkey and sequence number that MIT's acceptor gave, by the lab's cipher and pyasn1."""
    from impacket.krb5 import asn1
    from pyasn1.codec.der import decoder  # type: ignore[import-untyped]

    from probe.wire.crypto import decrypt

    _, body = unframe(bytes.fromhex(case["ap_rep"]))
    reply, _ = decoder.decode(body, asn1Spec=asn1.AP_REP())
    key = Key(case["etype"], bytes.fromhex(case["session_key"]))
    part, _ = decoder.decode(
        decrypt(key, 12, bytes(reply["enc-part"]["cipher"])), asn1Spec=asn1.EncAPRepPart()
    )
    subkey = None
    if part["subkey"].hasValue():
        subkey = Key(int(part["subkey"]["keytype"]), bytes(part["subkey"]["keyvalue"]))
    return subkey, int(part["seq-number"])


def initiator_side(case: dict[str, Any]) -> tuple[Key, int]:
    """The initiator's subkey (or the session key) and its sequence number, out of the recorded AP-REQ."""
    from simulator import kerberos as schema
    from simulator.kerberos.seal import unseal

    _, body = unframe(bytes.fromhex(case["ap_req"]))
    session_key = Key(case["etype"], bytes.fromhex(case["session_key"]))
    request = schema.decode_ap_req(body)
    authenticator = schema.decode_authenticator(unseal(session_key, 11, request.authenticator))
    return authenticator.subkey or session_key, authenticator.sequence_number or 0


def context(case: dict[str, Any], confounder: bytes = b"") -> Context:
    key, receive_sequence = initiator_side(case)
    subkey, send_sequence = opened_ap_rep(case)
    return Context(
        client="x",
        flags=0,
        session_key=key,
        acceptor_subkey=subkey,
        send_sequence=send_sequence,
        receive_sequence=receive_sequence,
        randomness=lambda count: confounder[:count],
    )


def confounder_of(token: bytes, key: Key, *, sealed: bool, sequence: int) -> bytes:
    """The confounder that MIT drew for a token: what is in front once it is open."""
    if key.etype == 23:
        message = unframe(token)[1][22:]
        if sealed:
            local = bytes(octet ^ 0xF0 for octet in key.contents)
            number = (sequence & 0xFFFFFFFF).to_bytes(4, "big")
            message = rc4(hmac_md5(hmac_md5(local, bytes(4)), number), message)
        return message[:8]
    if not sealed:
        return b""
    # RFC 3961 section 5.3 with impacket's AES, which has only the SHA-1 types
    cipher = {17: impacket_crypto._AES128CTS, 18: impacket_crypto._AES256CTS}[key.etype]
    derived = cipher.derive(impacket_crypto.Key(key.etype, key.contents), struct.pack(">IB", 22, 0xAA))
    return bytes(cipher.basic_decrypt(derived, token[16:-12])[:16])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"etype-{case['etype']}")
def test_what_mit_wrapped_we_wrap_alike(case: dict[str, Any]) -> None:
    compared = 0
    for message in case["from_acceptor"]:
        token, sealed = bytes.fromhex(message["token"]), bool(message["confidential"])
        if sealed and case["etype"] in (19, 20):
            continue  # impacket cannot tell MIT's confounder
        made = context(case)
        sequence = made.send_sequence + case["from_acceptor"].index(message)
        made = context(case, confounder_of(token, made.key, sealed=sealed, sequence=sequence))
        made.send_sequence = sequence
        assert made.wrap(bytes.fromhex(message["data"]), sealed=sealed) == token
        compared += 1
    assert compared >= 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"etype-{case['etype']}")
def test_tokens_that_mit_took_are_taken_and_in_this_order_only(case: dict[str, Any]) -> None:
    receiver = context(case)
    for message in case["from_initiator"]:
        assert receiver.unwrap(bytes.fromhex(message["token"])).hex() == message["data"]
    with pytest.raises(TokenError) as caught:
        receiver.unwrap(bytes.fromhex(case["from_initiator"][0]["token"]))
    assert caught.value.status == "OutOfSequence"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"etype-{case['etype']}")
def test_a_damaged_token_never_passes(case: dict[str, Any]) -> None:
    for message in case["from_initiator"]:
        token = bytes.fromhex(message["token"])
        for position in range(len(token)):
            damaged = bytearray(token)
            damaged[position] ^= 0x41
            if case["etype"] != 23 and position in (6, 7):
                continue  # RFC 4121 protects all but RRC, and a full turn is none
            with pytest.raises(TokenError):
                context(case).unwrap(bytes(damaged))
        for length in range(len(token)):
            with pytest.raises(TokenError):
                context(case).unwrap(token[:length])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"etype-{case['etype']}")
def test_our_own_tokens_do_not_come_back_as_the_clients(case: dict[str, Any]) -> None:
    for sealed in (True, False):
        ours = context(case, bytes(16)).wrap(b"abcd", sealed=sealed)
        with pytest.raises(TokenError):
            context(case).unwrap(ours)


def test_an_rc4_mic_is_the_one_that_impacket_makes() -> None:
    key = Key(23, bytes(range(16)))
    # impacket pads to four octets, which RFC 4757 does not ask for: data of four octets
    foreign = impacket_crypto.Key(23, key.contents)
    theirs = bytes(GSSAPI_RC4().GSS_GetMIC(foreign, b"abcd", 77, "init"))
    ours = bytes(GSSAPI_RC4().GSS_GetMIC(foreign, b"abcd", 9, "accept"))
    made = Context(
        client="x", flags=0, session_key=key, send_sequence=9, receive_sequence=77, randomness=bytes
    )
    assert made.mic(b"abcd") == ours
    made.verify_mic(b"abcd", theirs)
    assert made.receive_sequence == 78
    with pytest.raises(TokenError):
        made.verify_mic(b"abcd", ours)


def test_framing() -> None:
    # RFC 2743 section 3.1; the long length form from 128 octets on (X.690 section 8.1.3.5)
    head = "06092a864886f712010202"
    assert frame(b"\x01\x00", b"abc").hex() == "6010" + head + "0100" + "616263"
    assert frame(b"\x01\x00", bytes(300))[:4].hex() == "60820139"
    assert unframe(frame(b"\x03\x00", bytes(70_000))) == (b"\x03\x00", bytes(70_000))


@given(st.binary(max_size=64))
def test_garbage_is_a_token_error(data: bytes) -> None:
    for read in (unframe, lambda octets: split_element(octets, tag=0x60)):
        with contextlib.suppress(TokenError):
            read(data)
    for case in CASES[:1]:
        with pytest.raises(TokenError):
            context(case).unwrap(b"\x05\x04" + data)
