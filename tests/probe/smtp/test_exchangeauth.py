"""EXCHANGEAUTH against the lab: what the step says, and what the receiver's ledger has of the same log-on."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import probe
from probe.settings.options import Credentials
from probe.tickets.secret import KeytabKeys
from probe.trace import Step, Trace, trace_from_json, trace_to_json
from probe.trace.facts import Handshake, Outcome
from probe.wire.kerberos import PrincipalName
from simulator.acceptors import exchangeauth
from simulator.lab import Lab
from simulator.run.runner import probe_options
from simulator.scenario import find, load
from simulator.scenario.values import AccountSetup, Scenario, default_spns
from simulator.tickets.return_leg import ReturnLeg

EX2 = "ex2.contoso.lab"
RETURN_SPN = f"SMTPSVC/{EX2}"
TEMPORARY = ("454", "4.7.0 Temporary authentication failure")
Change = Callable[[Lab, probe.ProbeOptions], probe.ProbeOptions]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One run from both sides."""

    trace: Trace
    logged: tuple[str, ...]
    accepted: tuple[tuple[str, str], ...]
    """Mechanism and client of every log-on that the receiver took."""

    @property
    def step(self) -> Step[Handshake]:
        """The only handshake, through JSON and back: what a saved trace has."""
        read = trace_from_json(json.loads(json.dumps(trace_to_json(self.trace))))
        assert read == self.trace
        (step,) = read.of(Handshake)
        return step

    @property
    def judgement(self) -> probe.Judgement:
        return probe.judge(self.trace)


def padded(octets: int) -> Scenario:
    """Accounts whose tickets are as large as a large PAC makes them."""
    accounts = tuple(
        AccountSetup(name=name, spns=default_spns(name[:3].lower(), "contoso.lab"), ticket_padding=octets)
        for name in ("EX1$", "EX2$")
    )
    return replace(load(find("healthy")), accounts=accounts)


async def seen(
    folder: Path, *, change: Change | None = None, scenario: Scenario | None = None, **options: Any
) -> Seen:
    async with Lab(scenario or load(find("healthy")), folder) as lab:
        settings: dict[str, Any] = {"mechanism": "exchangeauth", "ask_ntlm": False}
        asked = replace(probe_options(lab), **(settings | options))
        trace = await probe.run_probe(change(lab, asked) if change else asked)
        log_ons = [entry.detail for entry in lab.ledger.of("auth") if entry.detail["status"] == "OK"]
        return Seen(
            trace=trace,
            logged=tuple(str(entry.detail["error"]) for entry in lab.ledger.of("event")),
            accepted=tuple((str(found["mechanism"]), str(found["client"])) for found in log_ons),
        )


def as_alice(lab: Lab, options: probe.ProbeOptions) -> probe.ProbeOptions:
    secret = probe.Password(lab.accounts.passwords["alice"])
    principal = PrincipalName.parse("alice")
    return replace(options, credentials=Credentials(source="password", principal=principal, secret=secret))


def as_alice_by_keytab(lab: Lab, options: probe.ProbeOptions) -> probe.ProbeOptions:
    keys = lab.account("alice").newest()
    secret = KeytabKeys(tuple((keys.kvno, key) for key in keys.keys.values()))
    principal = PrincipalName.parse("alice")
    return replace(options, credentials=Credentials(source="keytab", principal=principal, secret=secret))


# ---- both halves


async def test_the_sending_servers_keytab_verifies_both_halves(tmp_path: Path) -> None:
    run = await seen(tmp_path)
    facts = run.step.facts
    assert (run.step.outcome, facts.return_leg, facts.problem) == (Outcome.OK, "verified", "")
    assert (facts.return_server, facts.return_client) == (RETURN_SPN, "EX1$@CONTOSO.LAB")
    assert (facts.return_etype, facts.return_kvno) == (18, 3)
    assert (facts.verb, facts.mechanism, facts.tls, facts.wrapping) == (
        "X-EXPS",
        "EXCHANGEAUTH",
        "x-anonymoustls",
        "kerberos",
    )
    assert [(leg.direction, leg.kind) for leg in facts.rounds] == [
        ("sent", "krb5-ap-req"),
        ("received", "krb5-ap-req"),
    ]
    assert facts.token_clean
    assert (run.accepted, run.logged) == ((("X-EXPS EXCHANGEAUTH", "EX2$@CONTOSO.LAB"),), ())
    assert (run.judgement.verdict.cause, run.judgement.status) == ("healthy", "ok")
    assert run.judgement.verdict.summary.startswith("X-EXPS EXCHANGEAUTH succeeded")


@pytest.mark.parametrize("octets", [4_000, 16_000, 48_000])
async def test_tickets_of_any_size_pass_both_ways(tmp_path: Path, octets: int) -> None:
    run = await seen(tmp_path, scenario=padded(octets))
    assert run.step.facts.return_leg == "verified"
    assert all(leg.octets > octets for leg in run.step.facts.rounds)


async def test_no_token_is_in_the_trace(tmp_path: Path) -> None:
    run = await seen(tmp_path)
    (sent,), (received,) = run.step.sent, run.step.received
    size = -(-run.step.facts.token_octets // 3) * 4 + 8 + 8 + 44
    assert sent == f"X-EXPS EXCHANGEAUTH <{size + len('SHA256 ')} octets>"
    assert received.startswith("235 <")
    assert run.step.facts.reply is not None
    assert run.step.facts.reply.lines == (received.removeprefix("235 "),)
    # the longest run of what could be base64: no token and no digest, which has 44 characters
    text = json.dumps(run.step.facts.reply.lines + run.step.sent + run.step.received)
    assert max(map(len, text.replace("<", " ").replace('"', " ").split())) < 40


async def test_the_name_that_we_give_may_be_the_short_one(tmp_path: Path) -> None:
    run = await seen(tmp_path, ehlo_name="EX2")
    assert (run.step.facts.return_leg, run.step.facts.return_server) == ("verified", "SMTPSVC/EX2")
    assert run.step.facts.problem == ""


async def test_another_name_of_our_account_is_noted_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiate = ReturnLeg.initiate
    monkeypatch.setattr(ReturnLeg, "initiate", lambda leg, spn: initiate(leg, "HOST/ex2.contoso.lab"))
    run = await seen(tmp_path)
    assert (run.step.facts.return_leg, run.step.facts.return_server) == ("verified", "HOST/ex2.contoso.lab")
    assert run.step.facts.problem == f"the receiver's ticket is not for {RETURN_SPN}"
    assert run.judgement.verdict.cause == "healthy"


@pytest.mark.parametrize("blob", [b"", b"2.7.0 Authentication successful", b"00000004AAAA0000002C"])
async def test_235_with_no_blob_is_malformed_and_not_healthy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blob: bytes
) -> None:
    monkeypatch.setattr(exchangeauth, "encode", lambda message: blob)
    run = await seen(tmp_path)
    assert (run.step.outcome, run.step.facts.return_leg) == (Outcome.MALFORMED, "malformed")
    assert run.step.facts.problem.startswith("at character")
    assert run.judgement.status == "unknown"
    assert "malformed" in run.judgement.verdict.summary


# ---- one half


async def test_a_user_proves_one_half(tmp_path: Path) -> None:
    run = await seen(tmp_path, change=as_alice, ehlo_name=EX2)
    facts = run.step.facts
    assert (run.step.outcome, facts.return_leg, facts.problem) == (Outcome.OK, "unproven", "")
    assert (facts.return_server, facts.return_client) == (RETURN_SPN, "")
    assert (run.judgement.verdict.cause, run.judgement.status) == ("undetermined", "unknown")
    assert "with the key of our machine account only" in run.judgement.verdict.summary
    assert any("--keytab" in text for text in run.judgement.next_measurements)


async def test_a_users_own_keys_are_not_taken_for_the_machines(tmp_path: Path) -> None:
    run = await seen(tmp_path, change=as_alice_by_keytab, ehlo_name=EX2)
    assert (run.step.facts.return_leg, run.step.outcome) == ("unproven", Outcome.OK)


async def test_a_machine_key_that_is_older_than_the_tickets(tmp_path: Path) -> None:
    """Our own keytab is stale: that is refused, and said in terms of our keytab."""

    def stale(lab: Lab, options: probe.ProbeOptions) -> probe.ProbeOptions:
        del lab
        secret = options.credentials.secret
        assert isinstance(secret, KeytabKeys)
        older = KeytabKeys(tuple((kvno - 1, key) for kvno, key in secret.keys))
        return replace(options, credentials=replace(options.credentials, secret=older))

    run = await seen(tmp_path, change=stale)
    assert (run.step.facts.return_leg, run.step.outcome) == ("refused", Outcome.MALFORMED)
    assert run.step.facts.problem == "our keytab has no key of type 18 with kvno 3"
    assert "our keytab has no key" in run.judgement.verdict.summary


# ---- refusals


async def test_a_damaged_hash_is_refused_and_the_verdict_says_that_it_is_ours(tmp_path: Path) -> None:
    run = await seen(tmp_path, mechanism="auto", injection=probe.parse_injection("bad-hash"))
    facts = run.step.facts
    assert facts.reply is not None
    assert (str(facts.reply.code), facts.reply.lines[0]) == TEMPORARY
    assert (facts.injected, facts.return_leg, facts.disconnected) == ("bad-hash", "", True)
    assert run.logged == ("LogonDenied",)
    assert "our own" in run.judgement.verdict.summary
    assert run.judgement.verdict.certainty != "certain"
    assert "tls-terminated-in-path" not in {found.cause for found in run.judgement.alternatives}


@pytest.mark.parametrize(
    ("word", "logged"),
    [
        ("skew=+10m", "UnexpectedExchangeAuthBlobCheckForClockSkew"),
        ("corrupt-token", "LogonDenied"),
        ("cut-token", "IllegalMessage"),
        ("wrong-spn", "WrongPrincipal"),
    ],
)
async def test_the_other_faults_of_ours(tmp_path: Path, word: str, logged: str) -> None:
    run = await seen(tmp_path, injection=probe.parse_injection(word))
    assert run.step.facts.reply is not None
    assert run.step.facts.reply.code == 454
    assert run.logged == (logged,)
    assert run.step.facts.injected.startswith(word.partition("=")[0])
    assert "our own" in run.judgement.verdict.summary


async def test_in_clear_there_is_nothing_to_bind_to(tmp_path: Path) -> None:
    run = await seen(tmp_path, tls="none")
    assert run.step.outcome is Outcome.SKIPPED
    assert run.step.facts.problem == "there is no TLS channel to bind it to"
    assert (run.accepted, run.logged) == ((), ())
    named = [found.cause for found in run.judgement.alternatives]
    assert (run.judgement.status, named) == ("unknown", ["exchangeauth-not-offered"])
    assert "on this host: probe again without --tls none" in run.judgement.next_measurements


async def test_inside_starttls_it_is_no_mechanism(tmp_path: Path) -> None:
    run = await seen(tmp_path, tls="starttls")
    assert run.step.facts.reply is not None
    assert run.step.facts.reply.code == 504
    assert "exchange-auth-not-offered" not in [found.cause for found in run.judgement.alternatives]
    assert "on this host: probe again without --tls starttls" in run.judgement.next_measurements


async def test_a_name_that_nobody_has(tmp_path: Path) -> None:
    run = await seen(tmp_path, ehlo_name="ex9.contoso.lab")
    assert run.step.facts.reply is not None
    assert run.step.facts.reply.code == 454
    assert run.logged == ("TargetUnknown",)
    assert "return-spn-missing" in [found.cause for found in run.judgement.alternatives]
