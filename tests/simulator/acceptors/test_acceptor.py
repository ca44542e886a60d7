"""The acceptor judged by foreign initiators: impacket makes the AP-REQs, pyspnego the SPNEGO around them."""

import os
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from impacket.krb5 import asn1
from spnego._asn1 import unpack_asn1
from spnego._spnego import (
    InitialContextToken,
    NegState,
    NegTokenInit,
    NegTokenResp,
    unpack_token,
)

from probe.wire.crypto import Key, random_key
from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.directory.store import Account, KeySet
from tests.support.impacket_initiator import (
    FLAGS,
    KERBEROS,
    MICROSOFT_KERBEROS,
    MUTUAL,
    NOW,
    NTLM,
    REALM,
    Initiator,
    frame,
    mic,
    read,
    seconds,
    service_account,
    subkey_of,
)

ACCOUNT = service_account()
WINDOWS_LIST = [MICROSOFT_KERBEROS, KERBEROS, NTLM]


def acceptor(account: Account = ACCOUNT, *, now: float = NOW, replays: ReplayCache | None = None) -> Acceptor:
    return Acceptor(
        server="EX1",
        account=lambda: account,
        realm=REALM,
        clock=lambda: now,
        randomness=os.urandom,
        replays=replays or ReplayCache(),
    )


def initiator(**changes: Any) -> Initiator:
    return Initiator(account=ACCOUNT, **changes)


def offer(token: bytes | None, mechanisms: list[str] | None = None) -> bytes:
    return NegTokenInit(mech_types=mechanisms or WINDOWS_LIST, mech_token=token).pack()


def resp(token: bytes) -> NegTokenResp:
    """pyspnego's opinion."""
    message = unpack_token(token)
    assert isinstance(message, NegTokenResp)
    return message


def krb_error(token: bytes) -> Any:
    """impacket's opinion of a framed KRB-ERROR."""
    value, rest = unpack_asn1(token)
    assert not rest
    framed = InitialContextToken.unpack(value.b_data)
    assert framed.inner_context_token[:2] == b"\x03\x00"
    return read(framed.inner_context_token[2:], asn1.KRB_ERROR())


@pytest.mark.parametrize("etype", [17, 18, 23])
@pytest.mark.parametrize("with_subkey", [True, False])
def test_a_bare_token_without_mutual_authentication_is_complete_at_once(
    etype: int, with_subkey: bool
) -> None:
    client, server = initiator(etype=etype, with_subkey=with_subkey), acceptor()
    acceptance = server.accept(client.token())
    assert (acceptance.status, acceptance.client, acceptance.token) == ("OK", f"EX2$@{REALM}", b"")
    assert not acceptance.continue_needed
    assert server.context is not None
    assert server.context.session_key == client.key
    # RFC 1964 section 1.2.1: both directions begin with the initiator's number
    assert server.context.send_sequence == server.context.receive_sequence == client.sequence_number
    assert server.context.flags == FLAGS


@pytest.mark.parametrize("etype", [17, 18, 23])
def test_mutual_authentication_is_answered_with_the_clients_own_time(etype: int) -> None:
    client, server = initiator(etype=etype, flags=FLAGS | MUTUAL), acceptor()
    acceptance = server.accept(client.token())
    part = client.ap_rep_part(acceptance.token)
    assert (seconds(part["ctime"]), int(part["cusec"])) == (int(NOW), 654_321)
    assert server.context is not None
    assert int(part["seq-number"]) == server.context.send_sequence
    # MIT gives no subkey with the older tokens of rc4-hmac, which cannot say that it is used
    assert part["subkey"].hasValue() == (etype != 23)
    if etype != 23:
        assert subkey_of(part) == server.context.key != client.subkey


def test_an_optimistic_token_in_spnego() -> None:
    client = initiator(flags=FLAGS | MUTUAL)
    acceptance = acceptor().accept(offer(client.token()))
    assert (acceptance.status, acceptance.continue_needed) == ("OK", False)
    answer = resp(acceptance.token)
    assert (answer.neg_state, answer.supported_mech) == (NegState.accept_complete, MICROSOFT_KERBEROS)
    assert answer.mech_list_mic is None
    assert answer.response_token is not None
    assert int(client.ap_rep_part(answer.response_token)["cusec"]) == 654_321


def test_spnego_without_mutual_authentication_still_ends_with_a_token() -> None:
    acceptance = acceptor().accept(offer(initiator().token()))
    answer = resp(acceptance.token)
    assert (answer.neg_state, answer.response_token) == (NegState.accept_complete, None)


def test_kerberos_preferred_but_without_a_token() -> None:
    server, client = acceptor(), initiator()
    first = server.accept(offer(None))
    assert first.continue_needed
    assert (resp(first.token).neg_state, resp(first.token).supported_mech) == (
        NegState.accept_incomplete,
        MICROSOFT_KERBEROS,
    )
    last = server.accept(NegTokenResp(response_token=client.token()).pack())
    assert (last.status, last.continue_needed) == ("OK", False)
    # RFC 4178 section 4.2.2: supportedMech is in the first reply only
    assert (resp(last.token).neg_state, resp(last.token).supported_mech) == (NegState.accept_complete, None)


NTLM_FIRST = [NTLM, KERBEROS]
# SEQUENCE of the two OIDs in DER; the mechListMIC is over these octets (RFC 4178 section 4.2.1)
NTLM_FIRST_DER = bytes.fromhex("3017060a2b06010401823702020a06092a864886f712010202")


def test_ntlm_preferred_leads_to_kerberos_with_mics_in_both_directions() -> None:
    server, client = acceptor(), initiator(flags=FLAGS | MUTUAL)
    first = server.accept(offer(b"NTLMSSP\0 an optimistic token", NTLM_FIRST))
    assert (resp(first.token).neg_state, resp(first.token).supported_mech) == (NegState.request_mic, KERBEROS)
    second = server.accept(NegTokenResp(response_token=client.token()).pack())
    assert second.continue_needed
    answer = resp(second.token)
    assert answer.neg_state == NegState.accept_incomplete
    assert answer.response_token is not None
    part = client.ap_rep_part(answer.response_token)
    key, sequence = subkey_of(part), int(part["seq-number"])
    # flags: sent by acceptor, acceptor's subkey
    assert answer.mech_list_mic == mic(key, NTLM_FIRST_DER, usage=23, flags=5, sequence=sequence)
    ours = mic(key, NTLM_FIRST_DER, usage=25, flags=4, sequence=client.sequence_number)
    last = server.accept(NegTokenResp(neg_state=NegState.accept_complete, mech_list_mic=ours).pack())
    assert (last.status, last.client, last.token) == ("OK", f"EX2$@{REALM}", b"")
    assert not last.continue_needed


def test_a_mic_that_comes_with_the_last_token_is_answered_at_once() -> None:
    server, client = acceptor(), initiator()
    server.accept(offer(None, NTLM_FIRST))
    ours = mic(client.subkey, NTLM_FIRST_DER, usage=25, flags=0, sequence=client.sequence_number)
    last = server.accept(NegTokenResp(response_token=client.token(), mech_list_mic=ours).pack())
    answer = resp(last.token)
    assert (last.status, last.continue_needed, answer.neg_state) == ("OK", False, NegState.accept_complete)
    theirs = mic(client.subkey, NTLM_FIRST_DER, usage=23, flags=1, sequence=client.sequence_number)
    assert answer.mech_list_mic == theirs


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"data": b"another list"}, "MessageAltered"),
        ({"usage": 23}, "MessageAltered"),
        ({"flags": 5}, "MessageAltered"),  # our own, reflected
        ({"sequence": 7}, "OutOfSequence"),
    ],
)
def test_a_mic_that_does_not_verify_ends_the_context(change: dict[str, Any], status: str) -> None:
    server, client = acceptor(), initiator(flags=FLAGS | MUTUAL)
    server.accept(offer(None, NTLM_FIRST))
    second = server.accept(NegTokenResp(response_token=client.token()).pack())
    token = resp(second.token).response_token
    assert token is not None
    key = subkey_of(client.ap_rep_part(token))
    arguments: dict[str, Any] = {
        "data": NTLM_FIRST_DER,
        "usage": 25,
        "flags": 4,
        "sequence": client.sequence_number,
    } | change
    last = server.accept(NegTokenResp(mech_list_mic=mic(key, **arguments)).pack())
    assert last.status == status
    assert server.context is None


def test_a_missing_mic_is_illegal() -> None:
    server = acceptor()
    server.accept(offer(None, NTLM_FIRST))
    server.accept(NegTokenResp(response_token=initiator().token()).pack())
    assert server.accept(NegTokenResp(neg_state=NegState.accept_complete).pack()).status == "IllegalMessage"


def test_an_empty_first_token_is_answered_with_the_hint() -> None:
    server = acceptor()
    acceptance = server.accept(b"")
    hint = unpack_token(acceptance.token)
    assert isinstance(hint, NegTokenInit)
    assert acceptance.continue_needed
    # the list and the name that postfix, Dovecot and exim were seen to send, and Windows since Vista
    assert (hint.mech_types, hint.hint_name) == (WINDOWS_LIST, b"not_defined_in_RFC4178@please_ignore")
    assert server.accept(offer(initiator().token())).status == "OK"


@pytest.mark.parametrize("token", [b"NTLMSSP\0\x01", offer(b"NTLMSSP\0\x01", [NTLM])])
def test_ntlm_alone_is_denied(token: bytes) -> None:
    acceptance = acceptor().accept(token)
    assert (acceptance.status, acceptance.token) == ("LogonDenied", b"")
    assert "NTLM" in acceptance.reason


def test_an_unknown_mechanism_is_unsupported() -> None:
    assert acceptor().accept(offer(b"x", ["1.3.6.1.4.1.311.2.2.30"])).status == "Unsupported"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"service": "SMTPSVC/other.contoso.lab"}, "WrongPrincipal", 35),
        ({"realm": "FABRIKAM.LAB"}, "WrongPrincipal", 35),
        ({"ticket_key": random_key(18, os.urandom)}, "LogonDenied", 41),
        ({"kvno": 4}, "LogonDenied", 44),
        ({"kvno": 2}, "LogonDenied", 44),
        ({"claimed_client": "EX3$"}, "LogonDenied", 36),
        ({"start": 3600.0}, "TimeSkew", 33),
        ({"start": -36_000.0, "end": -301.0}, "ContextExpired", 32),
        ({"checksum_type": 16}, "InvalidToken", 50),
        ({"checksum": b"short"}, "InvalidToken", 50),
        ({"checksum": struct.pack("<L16xL", 17, FLAGS)}, "InvalidToken", None),
        ({"ap_options": 1 << 30}, "LogonDenied", None),
    ],
)
@pytest.mark.parametrize("wrap", [lambda token: token, offer])
def test_every_other_rejection_ends_without_a_token(
    changes: dict[str, Any], status: str, code: int | None, wrap: Callable[[bytes], bytes]
) -> None:
    server = acceptor()
    acceptance = server.accept(wrap(initiator(**changes).token()))
    assert (acceptance.status, acceptance.token, acceptance.continue_needed) == (status, b"", False)
    assert code is None or f"KRB error {code}" in acceptance.reason
    assert server.context is None


def test_an_encryption_type_without_a_key_is_named() -> None:
    keys = KeySet(kvno=3, keys={18: ACCOUNT.newest().keys[18]})
    acceptance = acceptor(replace(ACCOUNT, key_sets=(keys,))).accept(initiator(etype=17).token())
    assert (acceptance.status, "KRB error 45" in acceptance.reason) == ("KdcUnknownEncryptionType", True)


def test_an_older_key_set_still_opens_its_tickets() -> None:
    newer = KeySet(kvno=4, keys={18: random_key(18, os.urandom)})
    account = replace(ACCOUNT, key_sets=(newer, ACCOUNT.newest()))
    assert acceptor(account).accept(initiator().token()).status == "OK"
    assert acceptor(account).accept(initiator(kvno=None).token()).status == "OK"


@pytest.mark.parametrize("name", ["smtpsvc/EX1.CONTOSO.LAB", "smtp/ex1.contoso.lab", "ex1$"])
def test_the_case_of_a_name_does_not_matter(name: str) -> None:
    assert acceptor().accept(initiator(service=name).token()).status == "OK"


@pytest.mark.parametrize("ahead", [300.0, -300.0])
def test_five_minutes_are_within_the_limit(ahead: float) -> None:
    # the authenticator's own microseconds count too
    assert acceptor(now=NOW + ahead + 0.654321).accept(initiator().token()).status == "OK"


@pytest.mark.parametrize("ahead", [600.25, -600.25])
def test_a_skewed_clock_goes_back_in_a_krb_error(ahead: float) -> None:
    server = acceptor(now=NOW + ahead)
    acceptance = server.accept(offer(initiator().token()))
    assert (acceptance.status, acceptance.continue_needed) == ("TimeSkew", True)
    answer = resp(acceptance.token)
    assert (answer.neg_state, answer.supported_mech) == (NegState.accept_incomplete, MICROSOFT_KERBEROS)
    assert answer.response_token is not None
    error = krb_error(answer.response_token)
    assert int(error["error-code"]) == 37
    assert seconds(error["stime"]) + int(error["susec"]) / 1e6 == NOW + ahead
    assert bytes(error["e-data"]).hex() == "3005a103020102"  # Samba's, observed
    assert server.context is None
    # the client corrects its clock
    again = initiator(now=NOW + ahead, start=-3600.0).token()
    assert server.accept(NegTokenResp(response_token=again).pack()).status == "OK"


def test_a_skewed_clock_without_spnego() -> None:
    acceptance = acceptor(now=NOW + 600).accept(initiator().token())
    assert (acceptance.status, acceptance.continue_needed) == ("TimeSkew", True)
    assert int(krb_error(acceptance.token)["error-code"]) == 37


def test_a_replay_is_denied_within_the_servers_memory() -> None:
    replays, token = ReplayCache(), initiator().token()
    assert acceptor(replays=replays).accept(token).status == "OK"
    again = acceptor(replays=replays).accept(token)
    assert (again.status, "KRB error 34" in again.reason) == ("LogonDenied", True)
    assert acceptor(replays=replays).accept(initiator().token()).status == "OK"


def test_the_replay_cache_forgets_what_is_old_and_is_bounded() -> None:
    cache = ReplayCache(limit=10)
    assert cache.is_new(b"a", now=0.0, lifetime_s=600.0)
    assert not cache.is_new(b"a", now=599.0, lifetime_s=600.0)
    assert cache.is_new(b"a", now=600.0, lifetime_s=600.0)
    for number in range(1000):
        assert cache.is_new(number.to_bytes(2, "big"), now=0.0, lifetime_s=600.0)
    assert not cache.is_new((999).to_bytes(2, "big"), now=1.0, lifetime_s=600.0)
    assert len(cache._until) <= 11


@pytest.mark.parametrize(
    "token",
    [
        b"\0",
        b"\x60",
        b"\x60\x80",
        b"\x60\xff" + b"\xff" * 200,
        b"\xa1\x02\x30\x00",  # a NegTokenResp before any NegTokenInit
        frame(b"", b"\x02\x00"),  # an AP-REP
        frame(b"\x30\x00"),
        initiator().ap_req(),  # without its frame
        initiator().token() + b"\0",
        offer(initiator().token()) + b"\0",
        offer(b"\x60\x03abc"),
    ],
)
def test_what_does_not_parse_is_illegal(token: bytes) -> None:
    assert acceptor().accept(token).status == "IllegalMessage"


@pytest.mark.parametrize("wrap", [lambda token: token, offer])
def test_every_truncation_is_illegal(wrap: Callable[[bytes], bytes]) -> None:
    token = wrap(initiator().token())
    for length in range(1, len(token), 3):
        assert acceptor().accept(token[:length]).status == "IllegalMessage"


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1 << 20), st.integers(1, 255))
def test_one_damaged_octet_never_raises(position: int, damage: int) -> None:
    token = bytearray(_TOKEN)
    token[position % len(token)] ^= damage
    acceptance = acceptor().accept(bytes(token))
    assert acceptance.status
    assert len(acceptance.reason) < 2000


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=64), min_size=1, max_size=3))
def test_garbage_is_never_accepted(tokens: list[bytes]) -> None:
    server = acceptor()
    for token in tokens:
        acceptance = server.accept(token)
        assert acceptance.status != "OK" or acceptance.continue_needed  # the hint
    assert server.context is None


def test_no_key_is_in_a_representation() -> None:
    client, server = initiator(), acceptor()
    server.accept(client.token())
    assert isinstance(client.session_key, Key)
    assert repr(client.subkey.contents)[2:-1] not in repr(server.context)


_TOKEN = offer(initiator(flags=FLAGS | MUTUAL).token())
