"""Expected octets: tests/vectors/gss_context.json (what MIT's acceptor sent and took), or impacket's."""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import asn1, gssapi
from impacket.krb5 import crypto as foreign

from probe.wire import crypto, kerberos
from probe.wire.crypto import Key
from probe.wire.gssapi.frame import ContextFlag
from probe.wire.gssapi.initiator import (
    ContextError,
    Initiator,
    Malformed,
    NotMutual,
    OutOfSequence,
    PeerError,
)
from probe.wire.kerberos import Credential, PrincipalName
from tests.support.foreign_kerberos import octets, read, set_encrypted
from tests.support.vectors import VECTOR_FOLDER

Case = dict[str, Any]

VECTORS = json.loads((VECTOR_FOLDER / "gss_context.json").read_text("utf-8"))
CASES: list[Case] = VECTORS["cases"]
MUTUAL = [case for case in CASES if case["mutual"]]
AES_CASE = next(case for case in MUTUAL if case["etype"] == 18)
RC4_CASE = next(case for case in MUTUAL if case["etype"] == 23)
KERBEROS_OID = bytes.fromhex("06092a864886f712010202")  # RFC 4121 section 1


def name_of(case: Case) -> str:
    return f"{case['etype']}-{'mutual' if case['mutual'] else 'one-way'}"


every_case = pytest.mark.parametrize("case", CASES, ids=name_of)
mutual_case = pytest.mark.parametrize("case", MUTUAL, ids=name_of)


def recorded_randomness() -> Callable[[int], bytes]:
    """What the recorded initiator had; see "about" in the vectors."""
    requests = 0

    def randomness(size: int) -> bytes:
        nonlocal requests
        requests += 1
        return hashlib.shake_256(b"x" + bytes((requests,))).digest(size)

    return randomness


def initiator(case: Case, **options: Any) -> Initiator:
    ticket = kerberos.decode_ticket(bytes.fromhex(case["ticket"]))
    credential = Credential(
        client=PrincipalName.parse("alice"),
        client_realm="CONTOSO.LAB",
        server=ticket.sname,
        server_realm=ticket.realm,
        ticket=ticket,
        session_key=Key(case["etype"], bytes.fromhex(case["session_key"])),
        auth_time=case["now"],
        start_time=case["now"],
        end_time=case["now"] + 3600,
        renew_till=None,
        flags=0,
    )
    options = {"now": case["now"], "randomness": recorded_randomness(), "mutual": case["mutual"]} | options
    return Initiator(credential=credential, **options)


def established(case: Case, **options: Any) -> Initiator:
    context = initiator(case, **options)
    context.token()
    if case["mutual"]:
        context.accept(bytes.fromhex(case["ap_rep"]))
    return context


# Against MIT


@every_case
def test_the_first_token_is_the_one_that_mit_accepted(case: Case) -> None:
    context = initiator(case)
    assert context.token().hex() == case["ap_req"]
    assert context.token() is context.token()


@every_case
def test_messages_as_mit_sends_and_takes_them(case: Case) -> None:
    context = established(case)
    for message in case["from_acceptor"]:
        assert context.unwrap(bytes.fromhex(message["token"])).hex() == message["data"]
    for message in case["from_initiator"]:
        data = bytes.fromhex(message["data"])
        assert context.wrap(data, confidential=message["confidential"]).hex() == message["token"]


@every_case
def test_session_key_is_what_mit_gives_to_sspi(case: Case) -> None:
    assert established(case).session_key == Key(case["etype"], bytes.fromhex(case["sspi_session_key"]))


@mutual_case
def test_the_answer_may_come_without_its_frame(case: Case) -> None:
    framed = bytes.fromhex(case["ap_rep"])
    ap_rep = gssapi.MechIndepToken.from_bytes(framed).data[2:]
    part = initiator(case).accept(ap_rep)
    assert part == initiator(case).accept(framed)
    assert (part.ctime, part.cusec) == (int(case["now"]), 250_000)


@mutual_case
def test_wrap_and_unwrap_need_the_answer_first(case: Case) -> None:
    context = initiator(case)
    assert not context.established
    with pytest.raises(RuntimeError):
        context.wrap(b"")
    with pytest.raises(RuntimeError):
        context.unwrap(bytes.fromhex(case["from_acceptor"][0]["token"]))


@pytest.mark.parametrize("frame", [True, False])
def test_a_krb_error_brings_the_acceptors_clock(frame: bool) -> None:
    case = VECTORS["skewed"]
    token = bytes.fromhex(case["ap_rep"])
    if not frame:
        token = gssapi.MechIndepToken.from_bytes(token).data[2:]
    with pytest.raises(PeerError) as caught:
        initiator(case).accept(token)
    assert caught.value.krb_error.error_code == 37
    assert caught.value.krb_error.stime - case["now"] == pytest.approx(600, abs=2)


@every_case
def test_messages_out_of_sequence_are_noticed(case: Case) -> None:
    first, second = (bytes.fromhex(message["token"]) for message in case["from_acceptor"][:2])
    context = established(case)
    with pytest.raises(OutOfSequence) as caught:
        context.unwrap(second)
    assert caught.value.came == caught.value.expected + 1
    context.unwrap(first)
    with pytest.raises(OutOfSequence):
        context.unwrap(first)
    tolerant = established(case, flags=ContextFlag.INTEGRITY)
    assert tolerant.unwrap(second) == b"sealed by the acceptor"


def unprotected(case: Case, index: int) -> set[int]:
    """Octets that no checksum covers."""
    if case["etype"] != 23:
        return {6, 7}  # RRC (RFC 4121 section 4.2.5)
    # The number in SND_SEQ goes into nothing but the sealing key (RFC 4757 section 7.3).
    return set() if case["from_acceptor"][index]["confidential"] else {21, 22, 23, 24}


def test_a_changed_number_of_an_rc4_message_is_out_of_sequence() -> None:
    token = bytearray.fromhex(RC4_CASE["from_acceptor"][0]["token"])
    for position in unprotected(RC4_CASE, 0):
        token[position] ^= 1
        with pytest.raises(OutOfSequence):
            established(RC4_CASE).unwrap(bytes(token))
        token[position] ^= 1


@every_case
@pytest.mark.parametrize("index", [0, 1])
def test_every_changed_octet_of_a_message_is_noticed(case: Case, index: int) -> None:
    token = bytes.fromhex(case["from_acceptor"][index]["token"])
    context = established(case, flags=0)
    for position in set(range(len(token))) - unprotected(case, index):
        changed = token[:position] + bytes((token[position] ^ 1,)) + token[position + 1 :]
        with pytest.raises(ContextError):
            context.unwrap(changed)
    context.unwrap(token)


@every_case
def test_every_cut_of_a_message_is_noticed(case: Case) -> None:
    token = bytes.fromhex(case["from_acceptor"][0]["token"])
    context = established(case, flags=0)
    for cut in [token[:length] for length in range(len(token))] + [token + b"\0"]:
        with pytest.raises(ContextError):
            context.unwrap(cut)


@mutual_case
def test_every_cut_of_the_answer_is_noticed(case: Case) -> None:
    token = bytes.fromhex(case["ap_rep"])
    context = initiator(case)
    for cut in [token[:length] for length in range(len(token))] + [token + b"\0"]:
        with pytest.raises(Malformed):
            context.accept(cut)


@every_case
@pytest.mark.parametrize("confidential", [True, False])
def test_our_own_message_is_not_taken_back(case: Case, confidential: bool) -> None:
    context = established(case, flags=0)
    with pytest.raises(ContextError):
        context.unwrap(context.wrap(b"reflected", confidential=confidential))


@pytest.mark.parametrize("count", [1, 12, 16, 28, 60, 61, 1000])
@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("case", [case for case in MUTUAL if case["etype"] != 23], ids=name_of)
def test_rotated_messages(case: Case, index: int, count: int) -> None:
    # Windows rotates by 28 (MS-KILE section 3.4.5.4.1); impacket's rotation is the foreign one here.
    message = case["from_acceptor"][index]
    token = bytes.fromhex(message["token"])
    body = gssapi.GSSAPI_AES().rotate(token[16:], count)
    context = established(case, flags=0)
    rotated = token[:6] + count.to_bytes(2, "big") + token[8:16] + body
    assert context.unwrap(rotated).hex() == message["data"]


# Against impacket


def foreign_key(key: Key) -> Any:
    return foreign.Key(key.etype, key.contents)


@pytest.mark.parametrize("case", [case for case in CASES if case["etype"] in {17, 18, 23}], ids=name_of)
def test_impacket_reads_the_ap_req(case: Case) -> None:
    context = initiator(case, channel_bindings=bytes(range(16)))
    framed = gssapi.MechIndepToken.from_bytes(context.token())
    assert (framed.token_oid, framed.data[:2]) == (KERBEROS_OID, b"\x01\x00")
    ap_req = read(framed.data[2:], asn1.AP_REQ())
    # mutual-required is bit 2 (RFC 4120 section 5.5.1).
    assert ap_req["ap-options"].asBinary() == ("001" if case["mutual"] else "000") + "0" * 29
    session_key = foreign.Key(case["etype"], bytes.fromhex(case["session_key"]))
    plain = foreign.decrypt(session_key, 11, ap_req["authenticator"]["cipher"].asOctets())
    authenticator = read(plain, asn1.Authenticator())
    # RFC 4121 section 4.1.1: sixteen, the bindings, the flags, all little-endian.
    flags = 0x3E if case["mutual"] else 0x3C
    assert authenticator["cksum"]["cksumtype"] == 0x8003
    assert authenticator["cksum"]["checksum"].asOctets() == (
        b"\x10\0\0\0" + bytes(range(16)) + bytes((flags, 0, 0, 0))
    )
    assert authenticator["seq-number"] == context.sequence_number < 1 << 30
    assert authenticator["subkey"]["keytype"] == case["etype"]
    assert authenticator["subkey"]["keyvalue"].asOctets() == context.session_key.contents
    assert authenticator["cusec"] == 250_000
    assert str(authenticator["crealm"]) == "CONTOSO.LAB"


def test_without_a_subkey_the_tickets_session_key_is_used() -> None:
    case = CASES[2]
    context = initiator(case, with_subkey=False)
    session_key = Key(case["etype"], bytes.fromhex(case["session_key"]))
    assert context.session_key == session_key
    ap_req = read(gssapi.MechIndepToken.from_bytes(context.token()).data[2:], asn1.AP_REQ())
    plain = foreign.decrypt(foreign_key(session_key), 11, ap_req["authenticator"]["cipher"].asOctets())
    authenticator = read(plain, asn1.Authenticator())
    assert not authenticator["subkey"].hasValue()


def foreign_ap_rep(case: Case, **options: Any) -> bytes:
    """An AP-REP as impacket's classes encode and its crypto encrypts it."""
    changes: Case = {"ctime": case["now"], "key": bytes.fromhex(case["session_key"])} | options
    part = asn1.EncAPRepPart()
    part["ctime"] = kerberos_time(changes["ctime"])
    part["cusec"] = changes.get("cusec", 250_000)
    subkey = changes.get("subkey")
    if subkey is not None:
        part["subkey"]["keytype"] = subkey.etype
        part["subkey"]["keyvalue"] = subkey.contents
    if "sequence_number" in changes:
        part["seq-number"] = changes["sequence_number"]
    key = foreign.Key(case["etype"], changes["key"])
    cipher = foreign.encrypt(key, 12, octets(part), bytes(crypto.confounder_length(case["etype"])))
    ap_rep = asn1.AP_REP()
    ap_rep["pvno"] = 5
    ap_rep["msg-type"] = 15
    set_encrypted(ap_rep, "enc-part", etype=case["etype"], kvno=None, cipher=cipher)
    return octets(ap_rep)


def kerberos_time(seconds: float) -> str:
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(seconds))


both_forms = pytest.mark.parametrize("case", [AES_CASE, RC4_CASE], ids=name_of)


def flags_of(token: bytes) -> int:
    assert token[:2] == b"\x05\x04"
    return token[2]


@both_forms
def test_an_answer_without_a_subkey_leaves_ours_in_use(case: Case) -> None:
    context = initiator(case)
    ours = context.session_key
    part = context.accept(foreign_ap_rep(case, sequence_number=7))
    assert (part.subkey, part.sequence_number) == (None, 7)
    assert context.session_key == ours
    if case is AES_CASE:
        assert flags_of(context.wrap(b"")) == 0


def test_the_acceptors_subkey_of_another_type_is_used() -> None:
    # An AES subkey after an RC4 ticket (RFC 4121 section 2): the newer form from there on.
    context = initiator(RC4_CASE)
    subkey = Key(18, bytes(range(32)))
    context.accept(foreign_ap_rep(RC4_CASE, subkey=subkey, sequence_number=7))
    assert context.session_key == subkey
    token = context.wrap(b"message", confidential=True)
    assert flags_of(token) == 6
    assert foreign.decrypt(foreign_key(subkey), 24, token[16:]) == b"message" + token[:16]


def test_the_acceptors_rc4_subkey_is_not_used_after_an_rc4_ticket() -> None:
    context = initiator(RC4_CASE)
    ours = context.session_key
    context.accept(foreign_ap_rep(RC4_CASE, subkey=Key(23, bytes(range(16)))))
    assert context.session_key == ours


@pytest.mark.parametrize(
    "subkey", [Key(3, bytes(8)), Key(18, bytes(16)), Key(18, b"")], ids=["des", "short", "empty"]
)
def test_a_subkey_that_cannot_be_used_stops_messages_only(subkey: Key) -> None:
    context = initiator(AES_CASE, flags=0)
    context.accept(foreign_ap_rep(AES_CASE, subkey=subkey))
    assert context.established
    with pytest.raises(ContextError):
        context.wrap(b"message")
    with pytest.raises(ContextError):
        context.unwrap(bytes.fromhex(AES_CASE["from_acceptor"][0]["token"]))


@both_forms
@pytest.mark.parametrize(
    "changes",
    [{"ctime": 1_700_000_000}, {"cusec": 250_001}, {"key": True}],
    ids=["another second", "another microsecond", "another key"],
)
def test_an_answer_that_proves_nothing(case: Case, changes: Case) -> None:
    if "key" in changes:
        changes = {"key": bytes(len(bytes.fromhex(case["session_key"])))}
    context = initiator(case)
    with pytest.raises(NotMutual):
        context.accept(foreign_ap_rep(case, **changes))
    assert not context.established


@both_forms
def test_tokens_that_are_no_answer(case: Case) -> None:
    context = initiator(case)
    ours = context.token()
    for token in (ours, ours[17:], b"", b"\x60", b"235 2.7.0", KERBEROS_OID):
        with pytest.raises(Malformed):
            context.accept(token)


@given(
    st.binary(max_size=200)
    | st.binary(max_size=200).map(lambda body: b"\x6f\x81" + bytes((len(body) & 255,)) + body)
)
def test_garbage_is_malformed_and_nothing_else(garbage: bytes) -> None:
    with pytest.raises(ContextError):
        initiator(AES_CASE).accept(garbage)
    for case in (AES_CASE, RC4_CASE):
        with pytest.raises(ContextError):
            ESTABLISHED[case["etype"]].unwrap(garbage)


ESTABLISHED = {case["etype"]: established(case) for case in (AES_CASE, RC4_CASE)}


def test_arguments_of_ours_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="channel bindings"):
        initiator(AES_CASE, channel_bindings=b"short")
    with pytest.raises(crypto.UnsupportedEncryptionType):
        initiator(AES_CASE | {"etype": 3})


def test_keys_stay_out_of_sight() -> None:
    context = established(AES_CASE)
    assert context.session_key.contents.hex() not in repr(vars(context))
    assert AES_CASE["session_key"] not in repr(vars(context))
