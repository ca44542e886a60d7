"""The lab's NTLM against MS-NLMP's example, pyspnego and impacket as clients, and garbage."""

import os
import struct
from base64 import b64decode, b64encode
from typing import Any

import pytest
import spnego
from hypothesis import given
from hypothesis import strategies as st
from impacket import ntlm as impacket_ntlm
from spnego._ntlm_raw.messages import AvId, Challenge, NegotiateFlags

from probe.wire.crypto import EncryptionType, Key
from simulator.acceptors.messages import TokenError
from simulator.acceptors.ntlm import WINDOWS, NtlmAcceptor, names_of
from simulator.directory.store import Account, KeySet, LogonLimit, password_keys
from simulator.faults.values import Acceptance, ComputerNames
from simulator.smtp.authenticate import Conversation, NtlmLogOn, Result
from simulator.smtp.profiles import PROFILES

REALM = "CONTOSO.LAB"
NOW = 1_600_000_000.25
NAMES = names_of("EX1", REALM)
ALICE = Account(name="alice", realm=REALM, key_sets=(password_keys("Passw0rd", salt="", kvno=1),))
# A computer's NT hash is random; it is what `--keytab` has.
MACHINE_HASH = bytes(range(16))
MACHINE = Account(name="EX2$", realm=REALM, key_sets=(KeySet(kvno=3, keys={23: Key(23, MACHINE_HASH)}),))
ACCOUNTS = {account.name.lower(): account for account in (ALICE, MACHINE)}

# MS-NLMP section 4.2: server challenge (4.2.1), NTOWFv1 of "Password" (4.2.2.1.2) and the AUTHENTICATE_MESSAGE of
# User in Domain (4.2.4.3).
NONCE = bytes.fromhex("0123456789abcdef")
USER = Account(
    name="User",
    realm="Domain",
    key_sets=(KeySet(kvno=1, keys={23: Key(23, bytes.fromhex("a4f49c406510bdcab6824ee7c30fd852"))}),),
)
AUTHENTICATE = bytes.fromhex(
    "4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000"
    "100010005c00000010001000d8000000358288e20501280a0000000f44006f006d00610069006e00"
    "550073006500720043004f004d005000550054004500520086c35097ac9cec102554764a57cccc19"
    "aaaaaaaaaaaaaaaa68cd0ab851e51c96aabc927bebef6a1c01010000000000000000000000000000"
    "aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e0001000c005300650072007600"
    "650072000000000000000000c5dad2544fc9799094ce1ce90bc9d03e"
)
NEGOTIATE = b"NTLMSSP\0" + struct.pack("<II", 1, 0xE2088297) + bytes(16)


def acceptor(**changes: Any) -> NtlmAcceptor:
    settings: dict[str, Any] = {
        "names": NAMES,
        "realm": REALM,
        "account": lambda name: ACCOUNTS.get(name.lower()),
        "clock": lambda: NOW,
        "randomness": os.urandom,
    }
    return NtlmAcceptor(**(settings | changes))


def pyspnego(user: str, password: str | None = None, **changes: Any) -> Acceptance:
    """A whole exchange with pyspnego's own client."""
    server = acceptor(**changes)
    secret = (
        spnego.Password(username=user, password=password)
        if password is not None
        else spnego.NTLMHash(username=user, nt_hash=MACHINE_HASH.hex())
    )
    client = spnego.client(secret, protocol="ntlm")
    answer = client.step(server.challenge(client.step() or b""))
    return server.accept(answer or b"")


def test_the_specifications_example() -> None:
    names = ComputerNames(computer="Server", domain="Domain", dns_computer="", dns_domain="", forest="")
    server = acceptor(names=names, realm="Domain", account=lambda _: USER, randomness=lambda _: NONCE)
    server.challenge(NEGOTIATE)
    assert server.accept(AUTHENTICATE) == Acceptance(status="OK", client="User@Domain")


def test_the_challenge_as_pyspnego_reads_it() -> None:
    message = Challenge.unpack(acceptor().challenge(NEGOTIATE))
    info = message.target_info
    assert info is not None
    assert (message.target_name, str(message.version)) == ("CONTOSO", "10.0.14393.15")
    assert [info[AvId(number)] for number in range(1, 6)] == [
        "EX1",
        "CONTOSO",
        "ex1.contoso.lab",
        "contoso.lab",
        "contoso.lab",
    ]
    # 1600000000 is 2020-09-13 12:26:40 UTC by `date -u -d @1600000000`.
    assert str(info[AvId.timestamp]) == "2020-09-13T12:26:40.250000Z"
    assert not message.flags & NegotiateFlags.oem


def test_oem_for_a_client_without_unicode() -> None:
    message = Challenge.unpack(acceptor().challenge(NEGOTIATE[:12] + struct.pack("<I", 2) + bytes(16)))
    assert (message.target_name, bool(message.flags & NegotiateFlags.unicode)) == ("CONTOSO", False)


def test_every_challenge_is_another() -> None:
    server = acceptor()
    assert server.challenge(NEGOTIATE)[24:32] != server.challenge(NEGOTIATE)[24:32]


# Builds of Windows Server 2003, 2008 R2 SP1 and 2019 as Microsoft's tables of releases have them.
@pytest.mark.parametrize(
    ("profile", "version"), [("2003", "5.2.3790"), ("2010", "6.1.7601"), ("2019", "10.0.17763")]
)
def test_a_profile_has_its_windows(profile: str, version: str) -> None:
    message = Challenge.unpack(acceptor(profile=profile).challenge(NEGOTIATE))
    assert str(message.version) == f"{version}.15"


def test_every_profile_has_a_windows() -> None:
    assert set(WINDOWS) == set(PROFILES)


@pytest.mark.parametrize(
    "user",
    [
        "CONTOSO\\alice",
        "contoso\\ALICE",
        "contoso.lab\\alice",
        "CONTOSO.LAB\\alice",
        "alice@contoso.lab",
        "alice",
    ],
)
def test_pyspnego_logs_on(user: str) -> None:
    on_accept = pyspnego(user, "Passw0rd")
    assert (on_accept.status, on_accept.client.lower()) == ("OK", "alice@contoso.lab")


def test_a_computer_account_logs_on_with_its_hash() -> None:
    assert pyspnego("CONTOSO\\EX2$").client == "EX2$@CONTOSO.LAB"


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        ("CONTOSO\\alice", "wrong password"),
        ("CONTOSO\\nobody", "no such account"),
        ("CONTOSO\\krbtgt", "an account that nobody logs on with"),
        ("FABRIKAM\\alice", "not a domain of ours: FABRIKAM"),
        ("alice@fabrikam.com", "not a domain of ours: fabrikam.com"),
    ],
)
def test_what_is_denied(user: str, reason: str) -> None:
    denied = pyspnego(user, "wrong")
    assert (denied.status, denied.reason) == ("LogonDenied", reason)


def test_a_disabled_account_is_denied() -> None:
    disabled = Account(name="alice", realm=REALM, key_sets=ALICE.key_sets, disabled=True)
    assert pyspnego("alice", "Passw0rd", account=lambda _: disabled).reason == "the account is disabled"


def test_a_limited_account_is_denied_with_the_right_password_only() -> None:
    locked = Account(name="alice", realm=REALM, key_sets=ALICE.key_sets, limit=LogonLimit.LOCKED_OUT)
    denied = pyspnego("alice", "Passw0rd", account=lambda _: locked)
    assert (denied.status, denied.reason) == ("LogonDenied", "limited: locked-out")
    assert pyspnego("alice", "wrong", account=lambda _: locked).reason == "wrong password"


def test_an_account_without_an_nt_hash_is_denied() -> None:
    keys = {k: v for k, v in ALICE.newest().keys.items() if k != EncryptionType.RC4_HMAC}
    modern = Account(name="alice", realm=REALM, key_sets=(KeySet(kvno=1, keys=keys),))
    assert pyspnego("alice", "Passw0rd", account=lambda _: modern).reason == "the account has no NT hash"


def test_a_challenge_that_was_altered_on_its_way_is_noticed() -> None:
    server = acceptor()
    client = spnego.client("CONTOSO\\alice", "Passw0rd", protocol="ntlm")
    challenge = bytearray(server.challenge(client.step() or b""))
    challenge[32] ^= 1  # reserved: nothing but the MIC is over it
    answer = client.step(bytes(challenge))
    assert "MIC" in server.accept(answer or b"").reason


@pytest.mark.parametrize(("password", "status"), [("Passw0rd", "OK"), ("wrong", "LogonDenied")])
def test_impacket_logs_on(password: str, status: str) -> None:
    server = acceptor()
    first = impacket_ntlm.getNTLMSSPType1("", "", use_ntlmv2=True)
    challenge = server.challenge(first.getData())
    answer, _ = impacket_ntlm.getNTLMSSPType3(first, challenge, "alice", password, "CONTOSO", use_ntlmv2=True)
    assert server.accept(answer.getData()).status == status


def test_older_answers_are_denied() -> None:
    server = acceptor()
    first = impacket_ntlm.getNTLMSSPType1("", "", use_ntlmv2=False)
    challenge = server.challenge(first.getData())
    answer, _ = impacket_ntlm.getNTLMSSPType3(
        first, challenge, "alice", "Passw0rd", "CONTOSO", use_ntlmv2=False
    )
    assert server.accept(answer.getData()).reason == "not NTLMv2"


def test_an_answer_to_no_challenge_is_denied() -> None:
    assert acceptor().accept(AUTHENTICATE).reason == "no challenge was sent"


def test_an_answer_to_another_challenge_is_denied() -> None:
    server = acceptor(realm="Domain", account=lambda _: USER)
    server.challenge(NEGOTIATE)
    assert server.accept(AUTHENTICATE).reason == "wrong password"


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"", "IllegalMessage"),
        (AUTHENTICATE, "IllegalMessage"),
        (NEGOTIATE[:15], "IllegalMessage"),
        (NEGOTIATE[:12] + bytes(20), "InvalidToken"),
    ],
)
def test_what_is_no_negotiate(message: bytes, status: str) -> None:
    with pytest.raises(TokenError) as caught:
        acceptor().challenge(message)
    assert caught.value.status == status


@pytest.mark.parametrize("message", [b"", NEGOTIATE, AUTHENTICATE[:63], AUTHENTICATE[:-20]])
def test_what_is_no_authenticate(message: bytes) -> None:
    server = acceptor()
    server.challenge(NEGOTIATE)
    assert server.accept(message).status == "IllegalMessage"


@given(st.binary(max_size=300), st.data())
def test_whatever_comes_is_judged(rest: bytes, data: st.DataObject) -> None:
    server = acceptor(account=lambda _: ALICE)
    server.challenge(NEGOTIATE)
    damaged = bytearray(AUTHENTICATE)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    for message in (rest, b"NTLMSSP\0\3\0\0\0" + rest, bytes(damaged)):
        assert server.accept(message).status in ("IllegalMessage", "LogonDenied")


# ---- the conversation


def conversation() -> Conversation:
    return NtlmLogOn(acceptor(), lambda _, opinion: opinion).converse(None)


def finish(talk: Conversation, line: bytes) -> Result:
    with pytest.raises(StopIteration) as caught:
        talk.send(line)
    result = caught.value.value
    assert isinstance(result, Result)
    return result


def test_a_whole_conversation() -> None:
    client = spnego.client("CONTOSO\\alice", "Passw0rd", protocol="ntlm")
    talk = conversation()
    assert next(talk).text == b"NTLM supported"
    challenge = talk.send(b64encode(client.step() or b""))
    assert challenge.kind == "token"
    result = finish(talk, b64encode(client.step(b64decode(challenge.text)) or b""))
    assert (result.succeeded, result.client) == (True, "alice@CONTOSO.LAB")


def test_an_initial_response_saves_a_round() -> None:
    talk = NtlmLogOn(acceptor(), lambda _, opinion: opinion).converse(b64encode(NEGOTIATE))
    assert b64decode(next(talk).text).startswith(b"NTLMSSP\0\2")


def test_a_question_is_no_failed_log_on() -> None:
    talk = conversation()
    next(talk)
    talk.send(b64encode(NEGOTIATE))
    result = finish(talk, b"*")
    assert (result.status, result.cancelled, result.succeeded) == ("OK", True, False)


@pytest.mark.parametrize("line", [b"!", b64encode(b"\x60\x06"), b""])
def test_what_is_no_token_is_illegal(line: bytes) -> None:
    talk = conversation()
    next(talk)
    assert finish(talk, line).status == "IllegalMessage"


def test_a_fault_has_the_last_word() -> None:
    denied = Acceptance(status="LogonDenied", reason="declared")
    talk = NtlmLogOn(acceptor(), lambda *_: denied).converse(b64encode(NEGOTIATE))
    next(talk)
    assert finish(talk, b64encode(AUTHENTICATE)).reason == "declared"
