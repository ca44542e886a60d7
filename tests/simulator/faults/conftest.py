"""A small realm and a ledger for the tests of single faults."""

from dataclasses import replace

import pytest

from probe.wire.crypto import Key
from simulator.directory.store import Account, Directory, KeySet, Trust
from simulator.ledger import Ledger

SPN = "SMTPSVC/ex1.contoso.lab"


@pytest.fixture
def ex1() -> Account:
    keys = KeySet(kvno=3, keys={18: Key(18, bytes(range(32))), 17: Key(17, bytes(range(16)))})
    return Account(
        name="EX1$",
        realm="CONTOSO.LAB",
        spns=(SPN, "SMTP/ex1.contoso.lab"),
        key_sets=(keys,),
        etypes=(18, 17),
    )


@pytest.fixture
def directory(ex1: Account) -> Directory:
    other = Account(name="EX2$", realm="CONTOSO.LAB", spns=("SMTPSVC/ex2.contoso.lab",))
    return Directory(realm="CONTOSO.LAB", accounts=(ex1, other))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(clock=lambda: 1_500_000_000.0)


def _keys(octet: int, kvno: int = 4) -> KeySet:
    return KeySet(kvno=kvno, keys={18: Key(18, bytes([octet]) * 32), 23: Key(23, bytes([octet]) * 16)})


@pytest.fixture
def trusting(directory: Directory) -> Directory:
    outgoing = Account(name="krbtgt/FABRIKAM.LAB", realm="CONTOSO.LAB", key_sets=(_keys(1),))
    incoming = Account(name="krbtgt/CONTOSO.LAB", realm="FABRIKAM.LAB", key_sets=(_keys(2),))
    trust = Trust(realm="FABRIKAM.LAB", outgoing=outgoing, incoming=incoming)
    return replace(directory, trusts=(trust,))
