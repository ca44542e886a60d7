"""EXCHANGEAUTH against a pair that shares nothing with the packages: MIT's GSSAPI with pyOpenSSL, in tests/support."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from probe.tickets.files.keytab import read as read_keytab
from simulator.directory.store import Account, KeySet
from simulator.faults import Fault
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.missing_spn import MissingSpn
from simulator.faults.stale_key import StaleKey
from simulator.faults.values import Seconds
from simulator.lab import Lab
from simulator.scenario.values import (
    AccountSetup,
    ConnectorSetup,
    Expect,
    Lesson,
    Scenario,
    default_spns,
)
from simulator.tickets.client import TicketError
from simulator.tickets.return_leg import KdcClient, ReturnLeg
from tests.support.exchange_pair import EX2, REALM, Pair, exchange_pair, kinit
from tests.support.foreign_exchangeauth import Damage, Identity, Outcome, log_on
from tests.support.system_gssapi import system_acceptor

pytestmark = pytest.mark.interop("kinit", "krb5kdc", "python3-gssapi")

TEMPORARY = "454 4.7.0 Temporary authentication failure"
SKEWED = "UnexpectedExchangeAuthBlobCheckForClockSkew"

# ---- the foreign client against the lab


@dataclass(frozen=True, kw_only=True)
class Against:
    """A lab, and the foreign client with EX2's machine account."""

    lab: Lab
    own: Identity

    async def log_on(self, **changes: Any) -> Outcome:
        port = self.lab.connectors["Default EX1"].port
        return await asyncio.to_thread(log_on, port, self.own, **({"ehlo": EX2} | changes))

    def errors(self) -> list[object]:
        return [entry.detail["error"] for entry in self.lab.ledger.of("event")]

    def auth(self) -> dict[str, object]:
        return dict(self.lab.ledger.of("auth")[-1].detail)


def scenario(faults: tuple[Fault, ...], padding: int, **connector: Any) -> Scenario:
    return Scenario(
        name="test",
        title="",
        story="",
        lesson=Lesson(explain=""),
        expect=Expect(cause="healthy"),
        accounts=tuple(
            AccountSetup(
                name=name, spns=default_spns(name[:3].lower(), "contoso.lab"), ticket_padding=padding
            )
            for name in ("EX1$", "EX2$")
        ),
        connectors=(ConnectorSetup(**connector),),
        faults=faults,
    )


@contextlib.asynccontextmanager
async def lab(folder: Path, *faults: Fault, padding: int = 0, **connector: Any) -> AsyncIterator[Against]:
    async with Lab(scenario(faults, padding, **connector), folder / "state") as running:
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "KRB5_CONFIG": str(running.state.krb5_conf),
            "KRB5RCACHENAME": "none:",
        }
        own = Identity(env=env, keytab=running.state.keytab("EX2$"), ccache=folder / "ccache", realm=REALM)
        await asyncio.to_thread(kinit, own, "EX2$")
        yield Against(lab=running, own=own)


@pytest.mark.parametrize("key", ["rsa-2048", "ec-p256"])
# With TLS 1.3 both sides agree on what the exporter gives; whether Exchange does is unproven.
@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
async def test_mutual_authentication_is_verified(tmp_path: Path, key: str, version: str) -> None:
    async with lab(tmp_path, tls_key=key, tls_maximum=version) as against:
        outcome = await against.log_on()
        assert (outcome.reply, outcome.token_accepted, outcome.hash_correct) == ("235", True, True)
        assert {"250-X-EXPS EXCHANGEAUTH GSSAPI NTLM", "250-X-EXCHANGEAUTH SHA256"} <= set(outcome.ehlo)
        auth = against.auth()
        assert (auth["mechanism"], auth["status"], auth["client"], auth["context"]) == (
            "X-EXPS EXCHANGEAUTH",
            "OK",
            f"EX2$@{REALM}",
            "",
        )
        assert against.lab.ledger.of("tls")[0].detail["version"] == version
        assert against.errors() == []


@pytest.mark.parametrize("padding", [4_000, 16_000, 48_000])
async def test_tickets_as_large_as_a_large_pac_makes_them(tmp_path: Path, padding: int) -> None:
    async with lab(tmp_path, padding=padding) as against:
        outcome = await against.log_on()
        assert (outcome.reply, outcome.verified) == ("235", True)


@pytest.mark.parametrize("damage", ["hash", "public-key", "key-block", "session-key"])
async def test_one_bit_of_what_the_hash_is_over(tmp_path: Path, damage: Damage) -> None:
    async with lab(tmp_path) as against:
        assert (await against.log_on(damage=damage)).reply == TEMPORARY
        assert against.errors() == ["LogonDenied"]
        assert against.auth()["context"] == ("Inbound ExchangeAuth negotiation failed because of LogonDenied")
        message = str(against.lab.ledger.of("event")[0].detail["message"])
        assert "The authentication mechanism is ExchangeAuth." in message


# In the AP-REQ: its tag; the authenticator's last octet; the middle of the ticket's ciphertext.
@pytest.mark.parametrize(
    ("octet", "error"), [(0, "IllegalMessage"), (-1, "LogonDenied"), (300, "LogonDenied")]
)
async def test_one_bit_of_the_token(tmp_path: Path, octet: int, error: str) -> None:
    async with lab(tmp_path) as against:
        assert (await against.log_on(damage="token", damaged_octet=octet)).reply == TEMPORARY
        assert against.errors() == [error]


@pytest.mark.parametrize("damage", ["length", "trailing"])
async def test_a_blob_that_is_none(tmp_path: Path, damage: Damage) -> None:
    async with lab(tmp_path) as against:
        assert (await against.log_on(damage=damage)).reply == TEMPORARY
        assert against.errors() == ["IllegalMessage"]


async def test_a_ticket_for_another_server(tmp_path: Path) -> None:
    async with lab(tmp_path) as against:
        assert (await against.log_on(spn=f"SMTPSVC/{EX2}")).reply == TEMPORARY
        assert against.errors() == ["WrongPrincipal"]


@pytest.mark.parametrize("name", ["ex3.contoso.lab", "[127.0.0.1]"])
async def test_a_client_whose_name_gives_no_return_ticket(tmp_path: Path, name: str) -> None:
    async with lab(tmp_path) as against:
        assert (await against.log_on(ehlo=name)).reply == TEMPORARY
        assert against.errors() == ["TargetUnknown"]
        assert str(against.auth()["reason"]).startswith("return leg: ")


async def test_mutual_authentication_has_no_leg(tmp_path: Path) -> None:
    async with lab(tmp_path) as against:
        assert (await against.log_on(mutual=True)).reply == TEMPORARY
        assert against.errors() == [SKEWED]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (ClockSkew(on="EX1", offset=Seconds(600.0)), SKEWED),
        (ClockSkew(on="EX1", offset=Seconds(-600.0)), SKEWED),
        (StaleKey(on="EX1"), "LogonDenied"),
        (MissingSpn(spn=f"SMTPSVC/{EX2}"), "TargetUnknown"),
    ],
)
async def test_faults_of_the_receiver(tmp_path: Path, fault: Fault, error: str) -> None:
    async with lab(tmp_path, fault) as against:
        assert (await against.log_on()).reply == TEMPORARY
        assert against.errors() == [error]


async def test_an_older_build_has_no_word_for_the_clock(tmp_path: Path) -> None:
    async with lab(tmp_path, ClockSkew(on="EX1", offset=Seconds(600.0)), profile="2010") as against:
        assert (await against.log_on()).reply == TEMPORARY
        assert against.errors() == ["UnexpectedExchangeAuthBlob"]


# ---- the foreign client against the foreign server


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with exchange_pair(tmp_path_factory.mktemp("exchangeauth")) as made:
        yield made


def test_the_foreign_pair_gets_along(pair: Pair) -> None:
    with pair.server() as server:
        outcome = log_on(server.port, pair.ex2, ehlo=EX2)
    assert (outcome.reply, outcome.verified) == ("235", True)
    assert [(seen.verified, seen.ehlo) for seen in server.outcomes] == [(True, (EX2,))]


@pytest.mark.parametrize(
    "damage", ["hash", "token", "public-key", "key-block", "session-key", "length", "trailing"]
)
def test_the_foreign_server_refuses_one_bit(pair: Pair, damage: Damage) -> None:
    with pair.server() as server:
        outcome = log_on(server.port, pair.ex2, ehlo=EX2, damage=damage)
    assert outcome.reply == TEMPORARY
    assert [seen.verified for seen in server.outcomes] == [False]


@pytest.mark.parametrize(
    "damage", ["hash", "token", "public-key", "key-block", "session-key", "length", "trailing"]
)
def test_the_foreign_client_refuses_one_bit(pair: Pair, damage: Damage) -> None:
    with pair.server(damage) as server:
        outcome = log_on(server.port, pair.ex2, ehlo=EX2)
    assert (outcome.reply, outcome.verified) == ("235", False)
    assert [seen.verified for seen in server.outcomes] == [True]


def test_the_foreign_server_refuses_another_name(pair: Pair) -> None:
    with pair.server() as server:
        assert log_on(server.port, pair.ex2, ehlo=EX2, spn=f"SMTPSVC/{EX2}").reply == TEMPORARY
        assert log_on(server.port, pair.ex2, ehlo="ex3.contoso.lab").reply == TEMPORARY
    assert [seen.verified for seen in server.outcomes] == [False, True]


# ---- the lab's way to its own ticket, with MIT's KDC and acceptor


async def test_mit_gives_the_lab_a_ticket_and_accepts_it(pair: Pair) -> None:
    entries = read_keytab(pair.ex1.keytab.read_bytes()).entries
    keys = {entry.key.etype: entry.key for entry in entries if str(entry.principal) == "EX1$"}
    machine = Account(name="EX1$", realm=REALM, key_sets=(KeySet(kvno=1, keys=keys),), etypes=tuple(keys))
    leg = ReturnLeg(
        account=lambda: machine,
        kdcs=KdcClient(lambda: [("127.0.0.1", pair.realm.port)]),
        clock=time.time,
        randomness=os.urandom,
    )
    initiated = await leg.initiate(f"SMTPSVC/{EX2}")
    with system_acceptor(pair.ex2.env, pair.ex2.keytab) as mit:
        assert mit.step(initiated.token) == b""  # complete, and nothing to answer
        assert mit.session_key() == initiated.session_key
    with pytest.raises(TicketError) as caught:
        await leg.initiate("SMTPSVC/ex3.contoso.lab")
    assert caught.value.status == "TargetUnknown"
