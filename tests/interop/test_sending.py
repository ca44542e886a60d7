"""The lab's sending server against the foreign receiver of tests/support (MIT's GSSAPI, pyOpenSSL): no code shared."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from probe.tickets.keytab import read as read_keytab
from simulator.kdc.store import Account, KeySet
from simulator.ledger import Ledger
from simulator.return_leg import KdcClient
from simulator.sending.client import SendConnector, Session, Target, Undelivered
from simulator.sending.kerberos import Host, MachineKerberos
from simulator.sending.queue import Failure
from tests.support.exchange_pair import EX1, EX2, REALM, Pair, exchange_pair
from tests.support.foreign_exchange_server import ForeignServer
from tests.support.foreign_exchangeauth import Damage

pytestmark = pytest.mark.interop("kinit", "krb5kdc", "python3-gssapi")

TEMPORARY = "454 4.7.0 Temporary authentication failure"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with exchange_pair(Path(tmp_path_factory.mktemp("sending"))) as made:
        yield made


async def log_on(pair: Pair, server: ForeignServer, *, ehlo: str = EX2) -> tuple[Failure | None, Ledger]:
    """What the lab's sender makes of the receiver; None for success."""
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
    ledger = Ledger(clock=time.time)
    session = Session(
        SendConnector(server="EX2", fqdn=ehlo),
        Target(fqdn=EX1, host="127.0.0.1", port=server.port),
        kerberos=MachineKerberos(host, KdcClient(lambda: [("127.0.0.1", pair.realm.port)])),
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
