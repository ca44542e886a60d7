"""The TGS exchange against a KDC that is impacket's codec and cryptography."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import asn1

from probe.tickets.client.as_exchange import AsExchange
from probe.tickets.client.results import Established, Failed, NeedRequest, Problem, Purpose, Result
from probe.tickets.client.tgs_exchange import TgsExchange
from probe.tickets.secret import Password
from probe.wire.kerberos import Credential, PrincipalName
from tests.support.foreign_kerberos import kdc_rep
from tests.support.scripted_kdc import NOW, ScriptedKdc, counting

SPN = "SMTPSVC/ex1.contoso.lab"


def ticket_granting_ticket(kdc: ScriptedKdc) -> Credential:
    it = AsExchange(
        client=PrincipalName.parse("alice"),
        realm=kdc.realm,
        secret=Password("secret"),
        now=lambda: NOW,
        randomness=counting,
        etypes=(23,),
    )
    result: Result = it.start()
    while isinstance(result, NeedRequest):
        result = it.receive(kdc(result.request))
    assert isinstance(result, Established)
    return result.credential


def exchange(tgt: Credential, spn: str = SPN, *, now: float = NOW, **more: Any) -> TgsExchange:
    return TgsExchange(tgt=tgt, server=PrincipalName.parse(spn), now=lambda: now, randomness=counting, **more)


@pytest.mark.parametrize("session_etype", [17, 18, 23])
@pytest.mark.parametrize("uses_subkey", [True, False])
def test_service_ticket(session_etype: int, uses_subkey: bool) -> None:
    kdc = ScriptedKdc(session_etype=session_etype, uses_subkey=uses_subkey)
    it = exchange(ticket_granting_ticket(kdc))
    ask = it.start()
    assert (ask.realm, ask.purpose) == ("CONTOSO.LAB", Purpose.TGS)
    result = it.receive(kdc(ask.request))
    assert isinstance(result, Established)
    assert str(result.credential.server) == SPN
    assert str(result.credential.client) == "alice"
    assert result.credential.ticket.enc_part.kvno == 3


def test_unknown_name() -> None:
    kdc = ScriptedKdc()
    it = exchange(ticket_granting_ticket(kdc), "SMTPSVC/nobody")
    result = it.receive(kdc(it.start().request))
    assert isinstance(result, Failed)
    assert result.problem is Problem.UNKNOWN_SERVER


def test_a_canonical_name_is_taken() -> None:
    kdc = ScriptedKdc()
    tgt = ticket_granting_ticket(kdc)
    kdc.granted_server = ("EX1$",)
    it = exchange(tgt)
    result = it.receive(kdc(it.start().request))
    assert isinstance(result, Established)
    assert str(result.credential.server) == "EX1$"


def test_reply_to_another_request() -> None:
    kdc = ScriptedKdc()
    tgt = ticket_granting_ticket(kdc)
    kdc.nonce_shift = 1
    it = exchange(tgt)
    result = it.receive(kdc(it.start().request))
    assert isinstance(result, Failed)
    assert result.problem is Problem.WRONG_NONCE


def test_skew() -> None:
    kdc = ScriptedKdc()
    tgt = ticket_granting_ticket(kdc)
    it = exchange(tgt, now=NOW + 600)
    result = it.receive(kdc(it.start().request))
    assert isinstance(result, Failed)
    assert result.problem is Problem.CLOCK_SKEW
    it = exchange(tgt, now=NOW + 600, adjust_clock=True)
    again = it.receive(kdc(it.start().request))
    assert isinstance(again, NeedRequest)
    assert again.clock_adjusted
    assert isinstance(it.receive(kdc(again.request)), Established)
    it = exchange(tgt, now=NOW + 600, clock_offset_s=-600.0)
    assert isinstance(it.receive(kdc(it.start().request)), Established)


def test_referral_is_followed() -> None:
    here = ScriptedKdc(referrals={SPN: "CHILD.CONTOSO.LAB"})
    there = ScriptedKdc(realm="CHILD.CONTOSO.LAB", services={SPN: 7})
    it = exchange(ticket_granting_ticket(here))
    again = it.receive(here(it.start().request))
    assert isinstance(again, NeedRequest)
    assert again.realm == "CHILD.CONTOSO.LAB"
    assert again.credential is not None
    assert str(again.credential.server) == "krbtgt/CHILD.CONTOSO.LAB"
    result = it.receive(there(again.request))
    assert isinstance(result, Established)
    assert (result.credential.ticket.enc_part.kvno, result.credential.server_realm) == (
        7,
        "CHILD.CONTOSO.LAB",
    )


def test_each_realms_clock_may_be_another() -> None:
    """Our clock is adjusted once in each realm, not once in all."""
    here = ScriptedKdc(referrals={SPN: "CHILD.CONTOSO.LAB"}, clock=NOW + 600)
    there = ScriptedKdc(realm="CHILD.CONTOSO.LAB", clock=NOW - 600)
    it = exchange(ticket_granting_ticket(ScriptedKdc()), adjust_clock=True)
    result: Result = it.start()
    seen = []
    for kdc in (here, here, there, there):
        assert isinstance(result, NeedRequest)
        result = it.receive(kdc(result.request))
        seen.append((isinstance(result, NeedRequest) and result.clock_adjusted, it.realm, it.clock_offset_s))
    assert seen == [
        (True, "CONTOSO.LAB", 600.0),
        (False, "CHILD.CONTOSO.LAB", 600.0),
        (True, "CHILD.CONTOSO.LAB", -600.0),
        (False, "CHILD.CONTOSO.LAB", -600.0),
    ]
    assert isinstance(result, Established)


def test_referrals_are_bounded() -> None:
    it = exchange(ticket_granting_ticket(ScriptedKdc()))
    result: Result = it.start()
    realms = []
    for number in range(20):
        assert isinstance(result, NeedRequest)
        kdc = ScriptedKdc(referrals={SPN: f"R{number}"})
        result = it.receive(kdc(result.request))
        if not isinstance(result, NeedRequest):
            break
        realms.append(result.realm)
    assert realms == ["R0", "R1", "R2", "R3", "R4"]
    assert isinstance(result, Failed)
    assert result.problem is Problem.TOO_MANY_REFERRALS


def test_referral_in_a_circle() -> None:
    kdc = ScriptedKdc(referrals={SPN: "contoso.lab"})
    it = exchange(ticket_granting_ticket(kdc))
    result = it.receive(kdc(it.start().request))
    assert isinstance(result, Failed)
    assert result.problem is Problem.TOO_MANY_REFERRALS


def test_only_a_ticket_granting_ticket_will_do() -> None:
    kdc = ScriptedKdc()
    it = exchange(ticket_granting_ticket(kdc))
    service = it.receive(kdc(it.start().request))
    assert isinstance(service, Established)
    with pytest.raises(ValueError, match="no ticket-granting service"):
        exchange(service.credential)


@given(st.data())
def test_damaged_replies_never_raise(data: st.DataObject) -> None:
    kdc = ScriptedKdc(session_etype=23)
    it = exchange(ticket_granting_ticket(kdc))
    reply = bytearray(kdc(it.start().request))
    position = data.draw(st.integers(0, 9999)) % len(reply)
    reply[position] ^= data.draw(st.integers(1, 255))
    assert isinstance(it.receive(bytes(reply)), NeedRequest | Established | Failed)
    assert isinstance(it.receive(bytes(reply[:position])), Failed)


def test_reply_of_the_other_kind() -> None:
    it = exchange(ticket_granting_ticket(ScriptedKdc()))
    it.start()
    result = it.receive(kdc_rep(asn1.AS_REP, 11))
    assert isinstance(result, Failed)
    assert (result.problem, result.detail) == (Problem.MALFORMED, "an AS-REP came, a TGS-REP was due")


def test_reply_that_no_key_of_ours_opens() -> None:
    it = exchange(ticket_granting_ticket(ScriptedKdc()))
    it.start()
    result = it.receive(kdc_rep(asn1.TGS_REP, 13))
    assert isinstance(result, Failed)
    assert result.problem is Problem.DOES_NOT_DECRYPT
