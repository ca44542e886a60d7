"""The AS exchange against a KDC that is impacket's codec and cryptography."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import asn1

from probe.tickets.client.as_exchange import AsExchange
from probe.tickets.client.results import Established, Failed, NeedRequest, Problem, Purpose, Result
from probe.tickets.secret import KeytabKeys, Password, Secret
from probe.wire.crypto import Key, string_to_key
from probe.wire.kerberos import PrincipalName
from tests.support.foreign_kerberos import kdc_rep, krb_error
from tests.support.scripted_kdc import NOW, S2KPARAMS, ScriptedKdc, counting


def exchange(
    secret: Secret | None = None, *, now: float = NOW, client: str = "alice", **more: Any
) -> AsExchange:
    return AsExchange(
        client=PrincipalName.parse(client),
        realm="CONTOSO.LAB",
        secret=secret or Password("secret"),
        now=lambda: now,
        randomness=counting,
        **more,
    )


def drive(kdc: ScriptedKdc, it: AsExchange) -> tuple[Result, list[NeedRequest]]:
    asked = [it.start()]
    while isinstance(result := it.receive(kdc(asked[-1].request)), NeedRequest):
        asked.append(result)
        assert len(asked) < 20
    return result, asked


@pytest.mark.parametrize("etype", [17, 18, 23])
def test_password(etype: int) -> None:
    kdc = ScriptedKdc(etypes=(etype,))
    result, asked = drive(kdc, exchange())
    assert isinstance(result, Established)
    assert [ask.purpose for ask in asked] == [Purpose.AS, Purpose.AS_PREAUTH]
    assert kdc.seen == ["as alice", "preauth alice"]
    credential = result.credential
    assert credential.session_key.contents == kdc.session_key().contents
    assert (str(credential.server), credential.server_realm) == ("krbtgt/CONTOSO.LAB", "CONTOSO.LAB")
    assert (credential.auth_time, credential.end_time) == (NOW // 1, NOW // 1 + 36000)
    assert credential.ticket.enc_part.kvno == 1


def test_the_first_type_of_the_kdc_that_we_allow_is_taken() -> None:
    kdc = ScriptedKdc(etypes=(17, 18))
    assert isinstance(drive(kdc, exchange(etypes=(18, 17)))[0], Established)
    result, _ = drive(ScriptedKdc(etypes=(18, 23)), exchange(etypes=(17, 23)))
    assert isinstance(result, Established)


def test_default_salt_where_the_kdc_names_none() -> None:
    assert isinstance(drive(ScriptedKdc(salt=None), exchange())[0], Established)


def test_no_etype_info_at_all() -> None:
    """A KDC of old: rc4 needs neither salt nor parameters."""
    kdc = ScriptedKdc(etypes=(23,), offered=(2,))
    assert isinstance(drive(kdc, exchange(etypes=(23,)))[0], Established)


def test_account_without_preauthentication() -> None:
    kdc = ScriptedKdc(preauth=False)
    result, asked = drive(kdc, exchange())
    assert isinstance(result, Established)
    assert [ask.purpose for ask in asked] == [Purpose.AS]


def test_account_without_preauthentication_and_a_wrong_password() -> None:
    result, _ = drive(ScriptedKdc(preauth=False), exchange(Password("wrong")))
    assert isinstance(result, Failed)
    assert result.problem is Problem.CREDENTIALS_REJECTED


def test_wrong_password_is_tried_once() -> None:
    kdc = ScriptedKdc()
    result, _ = drive(kdc, exchange(Password("wrong"), adjust_clock=True))
    assert isinstance(result, Failed)
    assert result.problem is Problem.CREDENTIALS_REJECTED
    assert result.error is not None
    assert result.error.error_code == 24
    assert kdc.seen == ["as alice", "preauth alice"]


def test_keytab_takes_the_newest_key_of_the_type() -> None:
    right = string_to_key(18, "secret", b"a salt of its own", S2KPARAMS)
    old = Key(18, bytes(32))
    assert isinstance(drive(ScriptedKdc(), exchange(KeytabKeys(((1, old), (2, right)))))[0], Established)
    result, _ = drive(ScriptedKdc(), exchange(KeytabKeys(((3, old), (2, right)))))
    assert isinstance(result, Failed)
    assert result.problem is Problem.CREDENTIALS_REJECTED


def test_keytab_without_a_key_of_a_wanted_type_sends_no_timestamp() -> None:
    kdc = ScriptedKdc(etypes=(18,))
    result, _ = drive(kdc, exchange(KeytabKeys(((1, Key(17, bytes(16))),))))
    assert isinstance(result, Failed)
    assert result.problem is Problem.NO_KEY_FOR_ETYPE
    assert kdc.seen == ["as alice"]


def test_kdc_that_takes_no_timestamps() -> None:
    kdc = ScriptedKdc(offered=(16, 19))
    result, _ = drive(kdc, exchange())
    assert isinstance(result, Failed)
    assert (result.problem, result.detail) == (
        Problem.PREAUTHENTICATION_UNSUPPORTED,
        "the KDC takes PA-DATA types 16, 19",
    )
    assert kdc.seen == ["as alice"]


def test_unknown_client_and_unsupported_types() -> None:
    for it, problem, code in (
        (exchange(client="bob"), Problem.UNKNOWN_CLIENT, 6),
        (exchange(etypes=(20,)), Problem.ETYPE_UNSUPPORTED, 14),
    ):
        result, _ = drive(ScriptedKdc(), it)
        assert isinstance(result, Failed)
        assert result.error is not None
        assert (result.problem, result.error.error_code) == (problem, code)


def test_skew_is_reported() -> None:
    result, _ = drive(ScriptedKdc(), exchange(now=NOW - 600))
    assert isinstance(result, Failed)
    assert result.error is not None
    assert (result.problem, result.error.stime) == (Problem.CLOCK_SKEW, NOW)


def test_skew_may_be_adjusted_once() -> None:
    it = exchange(now=NOW - 600, adjust_clock=True)
    result, asked = drive(ScriptedKdc(), it)
    assert isinstance(result, Established)
    assert [ask.clock_adjusted for ask in asked] == [False, False, True]
    assert asked[2].error is not None
    assert asked[2].error.error_code == 37
    assert it.clock_offset_s == 600


def test_skew_that_stays_ends() -> None:
    kdc = ScriptedKdc()
    it = exchange(now=NOW - 600, adjust_clock=True)
    ask = it.receive(kdc(it.start().request))
    again = it.receive(kdc.error(37))
    assert isinstance(ask, NeedRequest)
    assert isinstance(again, NeedRequest)
    last = it.receive(kdc.error(37))
    assert isinstance(last, Failed)
    assert last.problem is Problem.CLOCK_SKEW


def test_client_referral() -> None:
    here = ScriptedKdc(client_realms={"alice": "CHILD.CONTOSO.LAB"})
    there = ScriptedKdc(realm="CHILD.CONTOSO.LAB")
    it = exchange()
    ask = it.receive(here(it.start().request))
    assert isinstance(ask, NeedRequest)
    assert (ask.realm, ask.purpose) == ("CHILD.CONTOSO.LAB", Purpose.AS)
    result, _ = _finish(there, it, ask)
    assert isinstance(result, Established)
    assert result.credential.client_realm == "CHILD.CONTOSO.LAB"


def _finish(kdc: ScriptedKdc, it: AsExchange, ask: NeedRequest) -> tuple[Result, NeedRequest]:
    while isinstance(result := it.receive(kdc(ask.request)), NeedRequest):
        ask = result
    return result, ask


def test_client_referrals_are_bounded() -> None:
    kdc = ScriptedKdc()
    it = exchange()
    result: Result = it.start()
    realms = []
    for number in range(20):
        result = it.receive(kdc.error(68, crealm=f"R{number}"))
        if not isinstance(result, NeedRequest):
            break
        realms.append(result.realm)
    assert realms == ["R0", "R1", "R2", "R3", "R4"]
    assert isinstance(result, Failed)
    assert result.problem is Problem.TOO_MANY_REFERRALS


def test_client_referral_in_a_circle_or_to_nowhere() -> None:
    for crealm in ("contoso.lab", ""):
        it = exchange()
        it.start()
        result = it.receive(ScriptedKdc().error(68, crealm=crealm))
        assert isinstance(result, Failed)
        assert result.problem is Problem.WRONG_REALM


def test_reply_to_another_request() -> None:
    result, _ = drive(ScriptedKdc(nonce_shift=1), exchange())
    assert isinstance(result, Failed)
    assert result.problem is Problem.WRONG_NONCE


def test_reply_for_another_service() -> None:
    result, _ = drive(ScriptedKdc(granted_server=("host", "evil")), exchange())
    assert isinstance(result, Failed)
    assert result.problem is Problem.WRONG_SERVER


def test_kdc_that_asks_for_preauthentication_twice() -> None:
    kdc = ScriptedKdc()
    it = exchange()
    it.receive(kdc(it.start().request))
    again = it.receive(kdc.error(25))
    assert isinstance(again, Failed)
    assert again.problem is Problem.KDC_REFUSED


@given(st.binary(max_size=400))
def test_garbage_is_malformed(data: bytes) -> None:
    it = exchange()
    it.start()
    result = it.receive(data)
    assert isinstance(result, Failed)


@given(st.data())
def test_damaged_replies_never_raise(data: st.DataObject) -> None:
    kdc = ScriptedKdc(preauth=data.draw(st.booleans()), etypes=(23,))
    it = exchange()
    reply = bytearray(kdc(it.start().request))
    position = data.draw(st.integers(0, 9999)) % len(reply)
    reply[position] = data.draw(st.integers(0, 255))
    assert isinstance(it.receive(bytes(reply)), NeedRequest | Established | Failed)


def test_secrets_stay_out_of_reprs() -> None:
    assert "hunter2" not in repr(Password("hunter2"))
    assert "41414141" not in repr(KeytabKeys(((1, Key(17, b"A" * 16)),)))
    assert "AAAA" not in repr(KeytabKeys(((1, Key(17, b"A" * 16)),)))


def test_error_without_names() -> None:
    """Samba leaves cname and sname out of some errors."""
    it = exchange()
    it.start()
    result = it.receive(krb_error(18, names=False))
    assert isinstance(result, Failed)
    assert result.problem is Problem.CLIENT_REVOKED


def test_reply_of_the_other_kind() -> None:
    it = exchange()
    it.start()
    result = it.receive(kdc_rep(asn1.TGS_REP, 13))
    assert isinstance(result, Failed)
    assert (result.problem, result.detail) == (Problem.MALFORMED, "a TGS-REP came, an AS-REP was due")


def test_reply_in_a_type_that_was_not_offered() -> None:
    it = exchange(etypes=(23,))
    it.start()
    result = it.receive(kdc_rep(asn1.AS_REP, 11))
    assert isinstance(result, Failed)
    assert result.problem is Problem.NO_KEY_FOR_ETYPE


def test_reply_in_another_type_than_the_timestamp() -> None:
    """The key of the reply's own type is taken; these 200 octets are no ciphertext of it."""
    it = exchange()
    ask = it.receive(ScriptedKdc(etypes=(23, 18))(it.start().request))
    assert isinstance(ask, NeedRequest)
    result = it.receive(kdc_rep(asn1.AS_REP, 11))
    assert isinstance(result, Failed)
    assert result.problem is Problem.DOES_NOT_DECRYPT
