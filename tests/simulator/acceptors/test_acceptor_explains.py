"""The refusals that a Windows SMB server explains, as impacket and pyspnego read them."""

import os
from dataclasses import replace
from typing import Any

import pytest
from spnego._spnego import NegState, NegTokenInit, NegTokenResp, unpack_token

from probe.wire.crypto import random_key
from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.directory.store import Account, KeySet
from tests.simulator.acceptors.test_acceptor import krb_error
from tests.support.impacket_initiator import (
    KERBEROS,
    MICROSOFT_KERBEROS,
    NOW,
    REALM,
    Initiator,
    seconds,
    service_account,
)

ACCOUNT = service_account()


def answer(account: Account = ACCOUNT, *, now: float = NOW, **changes: Any) -> tuple[str, bytes]:
    """Status and token of a server that explains itself."""
    acceptor = Acceptor(
        server="EX1",
        account=lambda: account,
        realm=REALM,
        clock=lambda: now,
        randomness=os.urandom,
        replays=ReplayCache(),
        explains_as="EX1$",
    )
    token = Initiator(account=ACCOUNT, **changes).token()
    acceptance = acceptor.accept(
        NegTokenInit(mech_types=[MICROSOFT_KERBEROS, KERBEROS], mech_token=token).pack()
    )
    assert acceptance.continue_needed == bool(acceptance.token)
    return acceptance.status, acceptance.token


@pytest.mark.parametrize("kvno", [0, 1])
def test_another_key_is_modified_whatever_its_version(kvno: int) -> None:
    newest = ACCOUNT.newest()
    other = KeySet(
        kvno=newest.kvno + kvno, keys={etype: random_key(etype, os.urandom) for etype in newest.keys}
    )
    status, token = answer(replace(ACCOUNT, key_sets=(other,)))
    message = unpack_token(token)
    assert isinstance(message, NegTokenResp)
    assert (status, message.neg_state) == ("LogonDenied", NegState.accept_incomplete)
    error = krb_error(message.response_token or b"")
    assert int(error["error-code"]) == 41
    assert [str(part) for part in error["sname"]["name-string"]] == ["ex1$"]
    assert seconds(error["stime"]) == int(NOW)


def test_a_skew_shows_the_servers_clock_and_name() -> None:
    status, token = answer(now=NOW + 600)
    message = unpack_token(token)
    assert isinstance(message, NegTokenResp)
    error = krb_error(message.response_token or b"")
    assert (status, int(error["error-code"])) == ("TimeSkew", 37)
    assert seconds(error["stime"]) == int(NOW + 600)
    assert [str(part) for part in error["sname"]["name-string"]] == ["ex1$"]


def test_other_refusals_have_no_token() -> None:
    assert answer(replace(ACCOUNT, spns=())) == ("WrongPrincipal", b"")
