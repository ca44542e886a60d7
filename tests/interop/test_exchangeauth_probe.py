"""The probe's EXCHANGEAUTH against a server that shares nothing with it, and through a box that ends TLS."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.lab import Lab
from simulator.scenario.values import AccountSetup, ConnectorSetup, Expect, Lesson, Scenario, default_spns
from tests.support.command_line import run_exps
from tests.support.exchange_pair import EX1, EX2, REALM, Pair, exchange_pair
from tests.support.foreign_exchangeauth import Damage
from tests.support.middlebox import Middlebox, middlebox

pytestmark = pytest.mark.interop("kinit", "krb5kdc", "python3-gssapi")

# ---- the foreign server


@pytest.fixture(scope="module", params=["ec", "rsa"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with exchange_pair(tmp_path_factory.mktemp("exchangeauth"), certificate=request.param) as made:
        yield made


def probe(
    pair: Pair, port: int, *more: str, ehlo: str = EX2, credentials: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What `exps probe --json` prints."""
    found = run_exps(
        *("probe", EX1, "--connect", f"127.0.0.1:{port}", "--ehlo", ehlo, "--json"),
        *("--realm", REALM, "--kdc", f"127.0.0.1:{pair.realm.port}"),
        *(credentials or ("--keytab", str(pair.ex2.keytab), "--principal", "EX2$")),
        *("--mechanism", "exchangeauth", *more),
        env={"KRB5_CONFIG": str(pair.realm.krb5_conf)},
    )
    return found.report()


def handshake(report: dict[str, Any]) -> dict[str, Any]:
    (step,) = [step for step in report["steps"] if step["kind"] == "handshake"]
    return dict(step["detail"])


def test_both_halves_are_verified(pair: Pair) -> None:
    with pair.server() as server:
        report = probe(pair, server.port)
    seen = handshake(report)
    assert (report["verdict"]["cause"], report["verdict"]["certainty"]) == ("healthy", "certain")
    assert (seen["mechanism"], seen["reply"]["code"], seen["return_leg"]) == ("EXCHANGEAUTH", 235, "verified")
    # MIT's opinion of the probe
    assert [(outcome.verified, outcome.ehlo) for outcome in server.outcomes] == [(True, (EX2,))]


def test_a_ticket_cache_proves_one_half(pair: Pair) -> None:
    with pair.server() as server:
        report = probe(pair, server.port, credentials=("--ccache", str(pair.ex2.ccache)))
    assert (handshake(report)["reply"]["code"], handshake(report)["return_leg"]) == (235, "unproven")
    assert [outcome.verified for outcome in server.outcomes] == [True]


# What the probe makes of a server whose answer has one bit wrong.
@pytest.mark.parametrize(
    ("damage", "return_leg"),
    [
        ("hash", "mismatch"),
        ("public-key", "mismatch"),
        ("key-block", "mismatch"),
        ("session-key", "mismatch"),
        ("token", "refused"),
        ("length", "malformed"),
        ("trailing", "malformed"),
    ],
)
def test_one_bit_in_the_servers_answer(pair: Pair, damage: Damage, return_leg: str) -> None:
    with pair.server(damage) as server:
        report = probe(pair, server.port)
    assert handshake(report)["return_leg"] == return_leg
    assert report["verdict"]["cause"] != "healthy"


# What MIT makes of the probe's deliberate faults: (token accepted, hash correct)
@pytest.mark.parametrize(
    ("fault", "accepted"),
    [("bad-hash", True), ("corrupt-token", False), ("cut-token", False), ("skew=+10m", False)],
)
def test_the_foreign_server_refuses_one_bit(pair: Pair, fault: str, accepted: bool) -> None:
    with pair.server() as server:
        report = probe(pair, server.port, "--inject", fault)
    assert handshake(report)["reply"]["code"] == 454
    assert [(seen.token_accepted, seen.hash_correct) for seen in server.outcomes] == [(accepted, False)]


def test_a_ticket_for_another_service(pair: Pair) -> None:
    with pair.server() as server:
        report = probe(pair, server.port, "--spn", f"SMTPSVC/{EX2}")
    assert handshake(report)["reply"]["code"] == 454
    assert [seen.token_accepted for seen in server.outcomes] == [False]


def test_a_name_that_nobody_has(pair: Pair) -> None:
    with pair.server() as server:
        report = probe(pair, server.port, ehlo="ex3.contoso.lab")
    assert handshake(report)["reply"]["code"] == 454
    assert [(seen.verified, seen.ehlo) for seen in server.outcomes] == [(True, ("ex3.contoso.lab",))]
    named = [report["verdict"]["cause"], *(found["cause"] for found in report["alternatives"])]
    assert "return-spn-missing" in named


# ---- a box in the path of a lab


@contextlib.asynccontextmanager
async def behind_a_box(folder: Path) -> AsyncIterator[tuple[Lab, Middlebox]]:
    scenario = Scenario(
        name="test",
        title="",
        story="",
        lesson=Lesson(explain=""),
        expect=Expect(cause="healthy"),
        accounts=tuple(
            AccountSetup(name=name, spns=default_spns(name[:3].lower(), "contoso.lab"))
            for name in ("EX1$", "EX2$")
        ),
        connectors=(ConnectorSetup(),),
    )
    async with (
        Lab(scenario, folder / "state") as lab,
        middlebox(lab.connectors["Default EX1"].port, folder) as box,
    ):
        yield lab, box


async def probe_lab(lab: Lab, port: int, mechanism: str) -> dict[str, Any]:
    kdc = next(iter(lab.kdcs.values()))
    found = await asyncio.to_thread(
        run_exps,
        *("probe", EX1, "--connect", f"127.0.0.1:{port}", "--ehlo", EX2, "--json"),
        *("--realm", REALM, "--kdc", f"{kdc.host}:{kdc.port}"),
        *("--keytab", str(lab.state.keytab("EX2$")), "--principal", "EX2$", "--mechanism", mechanism),
        env={"KRB5_CONFIG": str(lab.state.krb5_conf)},
    )
    return found.report()


def answers(report: dict[str, Any]) -> list[tuple[str, int]]:
    """The log-ons of a sender's own way; what is contrasted with them is left out."""
    found = [step["detail"] for step in report["steps"] if step["kind"] == "handshake"]
    return [(seen["mechanism"], seen["reply"]["code"]) for seen in found if not seen["contrast"]]


async def test_exchangeauth_does_not_survive_a_box_that_ends_tls(tmp_path: Path) -> None:
    async with behind_a_box(tmp_path) as (lab, box):
        assert answers(await probe_lab(lab, box.port, "exchangeauth")) == [("EXCHANGEAUTH", 454)]
        assert [entry.detail["error"] for entry in lab.ledger.of("event")] == ["LogonDenied"]
        assert answers(await probe_lab(lab, box.port, "exps-gssapi")) == [("GSSAPI", 235)]
        log_ons = [
            entry.detail for entry in lab.ledger.of("auth") if "NTLM" not in str(entry.detail["mechanism"])
        ]
        assert [detail["status"] for detail in log_ons] == ["LogonDenied", "OK"]
        assert box.terminated == 2
        assert b"X-EXPS EXCHANGEAUTH SHA256 " in box.seen  # it reads all of it


async def test_the_verdict_names_the_box(tmp_path: Path) -> None:
    async with behind_a_box(tmp_path) as (lab, box):
        report = await probe_lab(lab, box.port, "auto")
        assert answers(report) == [("EXCHANGEAUTH", 454), ("GSSAPI", 235)]
        assert report["verdict"]["cause"] == "tls-terminated-in-path"
        said = " ".join(evidence["says"] for evidence in report["verdict"]["evidence"])
        assert "balancer.contoso.lab" in said


async def test_without_the_box_the_same_lab_is_healthy(tmp_path: Path) -> None:
    async with behind_a_box(tmp_path) as (lab, _):
        report = await probe_lab(lab, lab.connectors["Default EX1"].port, "auto")
        assert (answers(report), report["verdict"]["cause"]) == ([("EXCHANGEAUTH", 235)], "healthy")
