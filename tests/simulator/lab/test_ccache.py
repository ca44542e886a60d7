"""Judged by impacket's reader; tests/interop has MIT's klist."""

from dataclasses import replace
from random import Random

import pytest
from impacket.krb5.ccache import CCache

from simulator.directory.store import Directory
from simulator.lab.accounts import build_accounts
from simulator.lab.ccache import ticket_cache
from simulator.scenario import parse

NOW = 1_600_000_000.5
TEXT = 'title = "t"\nstory = "s"\n[expect]\ncause = "healthy"\n[lesson]\nexplain = "e"\n'
RANDOMNESS = Random(3).randbytes  # noqa: S311 - a test's keys
DIRECTORY = build_accounts(parse(TEXT, name="x", file="x.toml"), RANDOMNESS).directory


def test_impacket_reads_the_ticket_granting_ticket() -> None:
    alice = DIRECTORY.account("alice")
    assert alice is not None
    cache = CCache(ticket_cache(DIRECTORY, alice, now=NOW, randomness=RANDOMNESS))
    assert cache.principal.prettyPrint() == b"alice@CONTOSO.LAB"
    (credential,) = cache.credentials
    assert credential["server"].prettyPrint() == b"krbtgt/CONTOSO.LAB@CONTOSO.LAB"
    assert credential["client"].prettyPrint() == b"alice@CONTOSO.LAB"
    assert (credential["time"]["authtime"], credential["time"]["endtime"]) == (1_600_000_000, 1_600_036_000)
    assert (credential["key"]["keytype"], credential["key"]["keylen"]) == (18, 32)
    ticket = credential.toTGT()
    assert ticket["cipher"].enctype == 18


def test_a_realm_without_krbtgt_gives_none() -> None:
    alice = DIRECTORY.account("alice")
    assert alice is not None
    with pytest.raises(ValueError, match="krbtgt"):
        ticket_cache(Directory(realm="X", accounts=()), alice, now=NOW, randomness=RANDOMNESS)


def test_a_cached_ticket_outlives_the_spn_that_it_was_asked_for() -> None:
    ex2, ex1 = DIRECTORY.account("EX2$"), DIRECTORY.account("EX1$")
    assert ex2 is not None
    assert ex1 is not None
    bare = replace(ex1, spns=())
    cache = CCache(ticket_cache(DIRECTORY, ex2, now=NOW, randomness=RANDOMNESS, services=(bare,)))
    names = [credential["server"].prettyPrint() for credential in cache.credentials]
    assert b"SMTPSVC/ex1.contoso.lab@CONTOSO.LAB" in names
