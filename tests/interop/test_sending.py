"""The lab's sending server against the foreign receiver of tests/support (MIT's GSSAPI, pyOpenSSL): no code shared."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from probe.tickets.files.keytab import read as read_keytab
from simulator.directory.store import Account, KeySet
from simulator.ledger import Ledger
from simulator.sending.client import SendConnector, Session, Target, Undelivered
from simulator.sending.kerberos import Host, MachineKerberos
from simulator.sending.queue import Failure
from simulator.tickets.client import TicketError, verify_answer
from simulator.tickets.return_leg import KdcClient
from tests.support.exchange_pair import EX1, EX2, REALM, Pair, exchange_pair
from tests.support.foreign_exchange_server import ForeignServer
from tests.support.foreign_exchangeauth import Damage
from tests.support.system_gssapi import system_acceptor

pytestmark = pytest.mark.interop("kinit", "krb5kdc", "python3-gssapi")

TEMPORARY = "454 4.7.0 Temporary authentication failure"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with exchange_pair(Path(tmp_path_factory.mktemp("sending"))) as made:
        yield made


def sender(pair: Pair) -> MachineKerberos:
    """EX2 with its machine account, and MIT's KDC."""
    entries = read_keytab(pair.ex2.keytab.read_bytes()).entries
    keys = {entry.key.etype: entry.key for entry in entries if str(entry.principal) == "EX2$"}
    account = Account(
        name="EX2$",
        realm=REALM,
        spns=(f"SMTPSVC/{EX2}",),
        key_sets=(KeySet(kvno=1, keys=keys),),
        etypes=tuple(keys),
    )
    host = Host(
        server="EX2", fqdn=EX2, realm=REALM, account=lambda: account, clock=time.time, randomness=os.urandom
    )
    return MachineKerberos(host, KdcClient(lambda: [("127.0.0.1", pair.realm.port)]))


async def log_on(pair: Pair, server: ForeignServer, *, ehlo: str = EX2) -> tuple[Failure | None, Ledger]:
    """What the lab's sender makes of the receiver; None for success."""
    ledger = Ledger(clock=time.time)
    session = Session(
        SendConnector(server="EX2", fqdn=ehlo),
        Target(fqdn=EX1, host="127.0.0.1", port=server.port),
        kerberos=sender(pair),
        ledger=ledger,
        number="1",
    )
    try:
        await session.open()
    except Undelivered as error:
        return error.failure, ledger
    finally:
        await session.close()
    return None, ledger


async def test_the_foreign_receiver_and_the_labs_sender_accept_each_other(pair: Pair) -> None:
    with pair.server() as server:
        failure, ledger = await log_on(pair, server)
    assert failure is None
    assert [(seen.verified, seen.ehlo) for seen in server.outcomes] == [(True, (EX2,))]
    assert ledger.of("event") == []


@pytest.mark.parametrize(
    ("damage", "status"),
    [
        ("hash", "LogonDenied"),
        ("public-key", "LogonDenied"),
        ("key-block", "LogonDenied"),
        ("session-key", "LogonDenied"),
        ("length", "IllegalMessage"),
        ("trailing", "IllegalMessage"),
    ],
)
async def test_one_bit_in_the_receivers_answer_is_refused(pair: Pair, damage: Damage, status: str) -> None:
    with pair.server(damage) as server:
        failure, ledger = await log_on(pair, server)
    assert [seen.verified for seen in server.outcomes] == [True]
    assert failure is not None
    assert (failure.reply, failure.origin) == (TEMPORARY, "sender")
    (event,) = ledger.of("event")
    assert (event.detail["id"], event.detail["error"]) == (2017, status)
    assert ledger.of("send-auth")[-1].detail["context"] == (
        f"Outbound Exchange Authentication failed with {status}"
    )


async def test_a_damaged_return_ticket_is_refused(pair: Pair) -> None:
    """Which octet of the token is hit decides the status, so only that there is one is said here."""
    with pair.server("token") as server:
        failure, ledger = await log_on(pair, server)
    assert failure is not None
    assert failure.origin == "sender"
    assert [entry.detail["id"] for entry in ledger.of("event")] == [2017]


async def test_the_foreign_receiver_refuses_a_name_that_no_kdc_knows(pair: Pair) -> None:
    with pair.server() as server:
        failure, ledger = await log_on(pair, server, ehlo="ex3.contoso.lab")
    assert failure is not None
    assert (failure.reply, failure.origin) == (TEMPORARY, "target")
    assert ledger.of("event") == []


# ---- mutual authentication, which X-EXPS GSSAPI asks for


async def test_mits_answer_proves_the_receiver_and_no_other_does(pair: Pair) -> None:
    initiated = await sender(pair).initiate(f"SMTPSVC/{EX1}", mutual=True)
    another = await sender(pair).initiate(f"SMTPSVC/{EX1}", mutual=True)
    assert initiated.awaited is not None
    assert another.awaited is not None
    with system_acceptor(pair.ex1.env, pair.ex1.keytab) as mit:
        answer = mit.step(initiated.token)
        assert mit.session_key()
    verify_answer(initiated.awaited, answer)
    with pytest.raises(TicketError) as caught:
        verify_answer(another.awaited, answer)
    assert caught.value.status == "MutualAuthFailed"
    for number in range(len(answer)):
        damaged = answer[:number] + bytes((answer[number] ^ 1,)) + answer[number + 1 :]
        if damaged[-60:] == answer[-60:]:
            continue  # frame and header, which have more than one reading; the sealed part has none
        with pytest.raises(TicketError):
            verify_answer(initiated.awaited, damaged)


async def test_without_mutual_authentication_mit_has_nothing_to_answer(pair: Pair) -> None:
    initiated = await sender(pair).initiate(f"SMTPSVC/{EX1}", mutual=False)
    assert initiated.awaited is None
    with system_acceptor(pair.ex1.env, pair.ex1.keytab) as mit:
        assert mit.step(initiated.token) == b""
