"""What the probe tells somebody who has no account there, and that it says what one would add."""

import asyncio
import tempfile
from pathlib import Path

import pytest

import probe
from probe.diagnosis.verdict import CREDENTIAL
from simulator import scenario
from tests.support.lab_run import probed_lab

TOLD = {
    # clocks
    "clock-skew-receiver": "clock-skew-receiver",
    "clock-skew-receiver-ahead": "clock-skew-receiver",
    "clock-skew-receiver-by-ntlm": "clock-skew-receiver",
    "clock-skew-sender": "clock-skew-sender",
    "clock-skew-kdc": "clock-skew-kdc",
    "two-faults-etype-and-skew": "clock-skew-receiver",
    # KDCs that cannot be reached, or not by TCP
    "kdc-unreachable": "kdc-unreachable",
    "kdc-unreachable-firewall": "kdc-unreachable",
    "kdc-tcp-blocked": "kdc-tcp-blocked",
    # the connector's settings
    "exchange-auth-not-offered": "exchange-auth-not-offered",
    "relay-connector": "exchange-auth-not-offered",
    "relay-connector-by-address": "exchange-auth-not-offered",
    "tls-failed-refused": "tls-failed",
    # devices that inspect
    "smtp-inspection": "smtp-inspection",
    "two-faults-inspection-and-skew": "smtp-inspection",
    # names that disagree
    "wrong-server-answers": "wrong-server-answers",
    "name-not-resolved": "name-not-resolved",
}
NOTICED = {
    "clock-near-limit": "clock-skew-receiver",
    "near-miss-kdc-clock": "clock-skew-kdc",
    "near-miss-sender-clock": "clock-skew-sender",
    "one-dc-down": "kdc-unreachable",
    "suppressed-x-anonymoustls": "exchangeauth-not-offered",
    "edge-ntlm-only": "exchange-auth-not-offered",
}
"""What is not broken, or cannot be told to be, stands among the alternatives."""
SILENT = ("healthy", "healthy-exchangeauth", "machine-key-stale", "spn-missing", "etype-unsupported")
"""What only a ticket shows: then nobody is accused."""


async def _judged(name: str) -> probe.Judgement:
    found = scenario.load(scenario.find(name))
    with tempfile.TemporaryDirectory(prefix="exps-lab-") as folder:
        run = await probed_lab(Path(folder), found, credentials=probe.Credentials())
        return probe.judge(run.trace)


@pytest.mark.parametrize(("name", "cause"), TOLD.items())
def test_much_is_told_without_credentials(name: str, cause: str) -> None:
    judgement = asyncio.run(_judged(name))
    assert judgement.verdict.cause == cause, judgement.verdict.summary
    assert judgement.verdict.remedy


@pytest.mark.parametrize(("name", "cause"), NOTICED.items())
def test_what_is_about_to_break_is_named_beside_the_verdict(name: str, cause: str) -> None:
    judgement = asyncio.run(_judged(name))
    assert cause in {verdict.cause for verdict in judgement.alternatives}
    assert judgement.verdict.cause == "undetermined"


@pytest.mark.parametrize("name", SILENT)
def test_nobody_is_accused_of_what_only_a_ticket_shows(name: str) -> None:
    judgement = asyncio.run(_judged(name))
    assert (judgement.verdict.cause, judgement.alternatives) == ("undetermined", ())


@pytest.mark.parametrize("name", ["healthy", "clock-skew-receiver", "smtp-inspection", "kdc-tcp-blocked"])
def test_it_says_what_a_credential_would_add(name: str) -> None:
    advised = asyncio.run(_judged(name)).next_measurements
    assert advised[0] == CREDENTIAL
    assert all(word in CREDENTIAL for word in ("--keytab", "SPNs", "kvno", "handshake"))
