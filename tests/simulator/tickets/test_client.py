"""A lab server as a Kerberos client, against a KDC of impacket's making that checks what it gets."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import asn1, crypto

from probe.wire.crypto import Key
from simulator.acceptors.messages import AP_REQ, unframe
from simulator.tickets.client import (
    Credential,
    Exchange,
    Machine,
    TicketError,
    granting_ticket,
    initiate,
    service_ticket,
)
from tests.support.foreign_kerberos import read
from tests.support.lab_machine import REALM, SPN, kdc, machine, own_keys
from tests.support.scripted_kdc import NOW, ScriptedKdc, moment_of


def perform(exchange: Exchange, answer: Callable[[bytes], bytes]) -> Credential:
    try:
        request = next(exchange)
        while True:
            request = exchange.send(answer(request))
    except StopIteration as stop:
        credential: Credential = stop.value
        return credential


@pytest.mark.parametrize("etype", [17, 18, 23])
def test_the_kdc_asks_for_a_timestamp_and_gets_it(etype: int) -> None:
    peer = kdc(etypes=(etype,))
    granting = perform(granting_ticket(machine()), peer)
    assert peer.seen == ["as EX1$", "preauth EX1$"]
    assert granting.key.contents == peer.session_key().contents
    assert (str(granting.client), granting.realm) == ("EX1$", REALM)
    assert granting.end_time == int(NOW) + 36_000


def test_a_kdc_that_asks_for_no_proof() -> None:
    peer = kdc(preauth=False)
    perform(granting_ticket(machine()), peer)
    assert peer.seen == ["as EX1$"]


def test_the_ticket_granting_ticket_gives_a_service_ticket() -> None:
    peer = kdc(session_etype=17)
    granting = perform(granting_ticket(machine()), peer)
    found = perform(service_ticket(machine(), granting, SPN), peer)
    assert peer.seen[-1] == f"tgs {SPN}"
    assert (str(found.ticket.server), found.ticket.encrypted.kvno) == (SPN, 3)


def test_the_ap_req_is_one_way_and_has_a_subkey() -> None:
    peer = kdc()
    credential = perform(service_ticket(machine(), perform(granting_ticket(machine()), peer), SPN), peer)
    initiated = initiate(machine(), credential)
    token_id, body = unframe(initiated.token)
    assert token_id == AP_REQ
    request = read(body, asn1.AP_REQ())
    assert str(request["ap-options"]) == "0" * 32  # no mutual-required
    plain = crypto.decrypt(peer.session_key(), 11, bytes(request["authenticator"]["cipher"]))
    inside = read(plain, asn1.Authenticator())
    assert bytes(inside["subkey"]["keyvalue"]) == initiated.session_key
    assert initiated.session_key != peer.session_key().contents
    assert moment_of(inside["ctime"]) + int(inside["cusec"]) / 1e6 == NOW
    assert str(inside["cname"]["name-string"][0]) == "EX1$"
    # RFC 4121 section 4.1.1: length 16, no bindings, flags without 2 (mutual)
    value = bytes(inside["cksum"]["checksum"])
    assert (int(inside["cksum"]["cksumtype"]), value[:20]) == (0x8003, b"\x10\0\0\0" + bytes(16))
    assert not int.from_bytes(value[20:24], "little") & 2


def test_each_context_has_keys_of_its_own() -> None:
    peer = kdc()
    granting = perform(granting_ticket(machine()), peer)
    assert initiate(machine(), granting).session_key != initiate(machine(), granting).session_key


# The SSPI statuses are Windows' names for these errors (RFC 4120 section 7.5.9).
@pytest.mark.parametrize(
    ("peer", "who", "status", "says"),
    [
        (kdc(passwords={}), machine(), "LogonDenied", r"C_PRINCIPAL_UNKNOWN \(6\)"),
        (kdc(passwords={"EX1$": "other"}), machine(), "LogonDenied", r"PREAUTH_FAILED \(24\)"),
        (kdc(etypes=(20,)), machine(), "KdcUnknownEncryptionType", r"ETYPE_NOSUPP \(14\)"),
        (kdc(), machine(NOW - 600), "TimeSkew", r"SKEW \(37\)"),
        (kdc(client_realms={"EX1$": "FABRIKAM.LAB"}), machine(), "LogonDenied", r"WRONG_REALM \(68\)"),
        (kdc(offered=(2,)), machine(), "KdcUnknownEncryptionType", "has no key of the KDC's types"),
        (kdc(nonce_shift=1), machine(), "InvalidToken", "answer is to another request"),
        (
            kdc(preauth=False),
            machine(etypes=(18,), key_sets=(own_keys(17),)),
            "KdcUnknownEncryptionType",
            "no key",
        ),
    ],
)
def test_no_ticket_granting_ticket(peer: ScriptedKdc, who: Machine, status: str, says: str) -> None:
    with pytest.raises(TicketError, match=says) as caught:
        perform(granting_ticket(who), peer)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("peer", "now", "status"),
    [
        (kdc(services={}), NOW, "TargetUnknown"),
        (kdc(), NOW + 301, "TimeSkew"),
        (kdc(nonce_shift=1), NOW, "InvalidToken"),
    ],
)
def test_no_service_ticket(peer: ScriptedKdc, now: float, status: str) -> None:
    granting = perform(granting_ticket(machine()), kdc())
    with pytest.raises(TicketError) as caught:
        perform(service_ticket(machine(now), granting, SPN), peer)
    assert caught.value.status == status


def test_an_error_that_nobody_knows_is_a_denial() -> None:
    with pytest.raises(TicketError, match=r"KRB error \(99\)") as caught:
        perform(granting_ticket(machine()), lambda _: kdc().error(99))
    assert caught.value.status == "LogonDenied"


def test_a_reply_under_another_key() -> None:
    granting = perform(granting_ticket(machine()), kdc())
    other = replace(granting, key=Key(18, bytes(32)))
    peer = kdc()

    def answer(_: bytes) -> bytes:
        return peer(next(service_ticket(machine(), granting, SPN)))

    with pytest.raises(TicketError) as caught:
        perform(service_ticket(machine(), other, SPN), answer)
    assert caught.value.status == "InvalidToken"


@given(st.binary(max_size=300))
def test_no_answer_upsets_the_client(answer: bytes) -> None:
    with pytest.raises(TicketError):
        perform(granting_ticket(machine()), lambda _: answer)


AS_REP = kdc(preauth=False)(next(granting_ticket(machine())))
PREAUTH_REQUIRED = kdc()(next(granting_ticket(machine())))


@given(st.sampled_from([AS_REP, PREAUTH_REQUIRED]), st.data())
def test_no_damaged_answer_upsets_the_client(answer: bytes, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(answer) - 1))
    damaged = (
        answer[:position]
        + bytes((answer[position] ^ data.draw(st.integers(1, 255)),))
        + answer[position + 1 :]
    )
    # a damaged offer may still be one; an intact answer to another request's nonce never is
    with pytest.raises(TicketError):
        perform(granting_ticket(machine()), lambda _: damaged)


def test_no_secret_is_in_a_repr() -> None:
    granting = perform(granting_ticket(machine()), kdc())
    shown = repr(granting) + repr(initiate(machine(), granting)) + repr(machine())
    assert granting.key.contents.hex() not in shown
    assert "token" not in shown
    assert "session_key" not in shown
