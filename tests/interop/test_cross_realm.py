"""Across a trust: the probe between MIT's KDCs and a receiver that is MIT's, and MIT's tools between the lab's KDCs."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from simulator import scenario
from simulator.faults import Fault
from simulator.faults.missing_trust import MissingTrust
from simulator.faults.trust_key import TrustKey
from simulator.lab import Lab
from simulator.scenario.values import Scenario
from tests.support.certificates import write_certificate
from tests.support.command_line import run_exps
from tests.support.exchange_pair import ONE_KEY, kinit
from tests.support.foreign_exchange_server import foreign_server
from tests.support.foreign_exchangeauth import Identity
from tests.support.mit import MitRealm, introduce, mit_realm, trust

pytestmark = pytest.mark.interop(
    "krb5kdc", "kdb5_util", "kadmin.local", "kinit", "kvno", "klist", "python3-gssapi"
)

HOME, OTHER = "CONTOSO.TEST", "FABRIKAM.TEST"
EX1, EX2 = "ex1.fabrikam.test", "ex2.contoso.test"

# ---- the probe between MIT's KDCs


@dataclass(frozen=True, kw_only=True)
class Realms:
    """EX2 of ``home`` sends, EX1 of ``other`` receives; each holds what a machine account holds."""

    home: MitRealm
    other: MitRealm
    sender: Identity
    receiver: Identity
    certificate: Path
    key: Path

    def probe(self, port: int, *more: str) -> dict[str, Any]:
        """What `exps probe --json` prints; the other realm's KDC is named to it."""
        return run_exps(
            *("probe", EX1, "--connect", f"127.0.0.1:{port}", "--ehlo", EX2, "--json"),
            *("--keytab", str(self.sender.keytab), "--principal", "EX2$", "--realm", HOME),
            *("--kdc", f"127.0.0.1:{self.home.port}", "--kdc", f"{OTHER}=127.0.0.1:{self.other.port}"),
            *more,
            env={"KRB5_CONFIG": os.devnull},
        ).report()

    def report(self, *more: str) -> dict[str, Any]:
        """A probe of MIT's receiver in the other realm."""
        with foreign_server(
            self.receiver, fqdn=EX1, certificate=self.certificate, key=self.key, client_realm=HOME
        ) as server:
            return self.probe(server.port, *more)


def identity(realm: MitRealm, folder: Path, account: str, host: str) -> Identity:
    """A machine account with its SPN under the same key, as in Active Directory."""
    for name in (account, f"SMTPSVC/{host}"):
        realm.admin(f'addprinc -e "{ONE_KEY}" -pw "password of {account}" {name}')
    keytab = realm.keytab(account, f"SMTPSVC/{host}")
    own = Identity(env=realm.env, keytab=keytab, ccache=folder / f"{account}.ccache", realm=realm.realm)
    kinit(own, account)
    return own


@contextlib.contextmanager
def realms(folder: Path) -> Iterator[Realms]:
    """Two realms that know of each other; no trust yet."""
    with mit_realm(folder / "home", HOME) as home, mit_realm(folder / "other", OTHER) as other:
        introduce(home, other)
        certificate, key = write_certificate(folder, EX1, kind="ec")
        yield Realms(
            home=home,
            other=other,
            sender=identity(home, folder, "EX2$", EX2),
            receiver=identity(other, folder, "EX1$", EX1),
            certificate=certificate,
            key=key,
        )


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Realms]:
    with realms(tmp_path) as made:
        yield made


def verdict(report: dict[str, Any]) -> tuple[str, str]:
    return report["verdict"]["cause"], report["verdict"]["certainty"]


def hops(report: dict[str, Any]) -> list[tuple[str, str, int]]:
    """The way to the ticket: realm, the realm that we were referred to, error."""
    seen = [step["detail"] for step in report["steps"] if step["kind"] == "kdc"]
    return [
        (step["realm"], step.get("referral_realm", ""), (step.get("error") or {}).get("code", 0))
        for step in seen
        if step["purpose"] == "tgs"
    ]


def test_the_referral_is_followed_and_the_way_back_too(two: Realms) -> None:
    """MIT's receiver gets its ticket for SMTPSVC/ex2.contoso.test over the trust, too: both halves are verified."""
    trust(two.home, two.other)
    trust(two.other, two.home)
    report = two.report("--mechanism", "exchangeauth")
    assert verdict(report) == ("healthy", "certain")
    assert hops(report) == [(HOME, OTHER, 0), (OTHER, "", 0)]
    (handshake,) = [step["detail"] for step in report["steps"] if step["kind"] == "handshake"]
    assert (handshake["reply"]["code"], handshake["return_leg"]) == (235, "verified")
    assert handshake["return_client"] == f"EX1$@{OTHER}"
    assert {finding["check"] for finding in report["findings"] if finding["status"] == "confirmed"} == set()


def test_a_name_that_the_other_realm_does_not_have(two: Realms) -> None:
    trust(two.home, two.other)
    two.other.admin(f"delprinc -force SMTPSVC/{EX1}")
    report = two.report()
    assert verdict(report)[0] == "spn-missing"
    assert verdict(report)[1] != "certain"
    assert hops(report) == [(HOME, OTHER, 0), (OTHER, "", 7)]
    assert "trust-broken" not in {found["cause"] for found in report["alternatives"]}


def test_another_key_on_the_other_side(two: Realms) -> None:
    trust(two.home, two.other, at_other="the password before the reset")
    report = two.report()
    assert verdict(report) == ("trust-broken", "certain")
    assert hops(report) == [(HOME, OTHER, 0), (OTHER, "", 31)]
    (reset,) = [each["command"] for each in report["verdict"]["remedy"] if "/Reset" in each["command"]]
    assert reset.startswith("netdom trust fabrikam.test /Domain:contoso.test /Reset /TwoWay")


def test_another_version_of_the_key_on_the_other_side(two: Realms) -> None:
    """MIT's KDC says 60 (GENERIC) then, "no matching key in entry": no proof, and nobody else is accused."""
    trust(two.home, two.other, kvno=2)
    report = two.report()
    assert verdict(report) == ("trust-broken", "likely")
    assert hops(report) == [(HOME, OTHER, 0), (OTHER, "", 60)]


def test_no_trust_on_the_other_side(two: Realms) -> None:
    """MIT's KDC says 7 then, of every name."""
    two.home.add_principal(f"krbtgt/{OTHER}@{HOME}")
    report = two.report()
    assert verdict(report) == ("trust-broken", "likely")
    assert hops(report) == [(HOME, OTHER, 0), (OTHER, "", 7)]


def test_no_trust_at_all(two: Realms) -> None:
    report = two.report()
    assert verdict(report) == ("trust-broken", "likely")
    assert hops(report) == [(HOME, "", 7)]


def test_the_other_realms_kdc_is_down(two: Realms) -> None:
    trust(two.home, two.other)
    two.other.stop()
    report = two.report()
    assert verdict(report) == ("kdc-unreachable", "certain")
    assert OTHER in report["verdict"]["summary"]
    assert hops(report)[0] == (HOME, OTHER, 0)


# ---- MIT's tools between the lab's KDCs

SPN = "SMTPSVC/ex1.fabrikam.lab"


def cross_realm(*faults: Fault) -> Scenario:
    found = scenario.load(scenario.find("healthy-cross-realm"))
    return replace(found, faults=faults)


@dataclass(frozen=True, kw_only=True)
class Tools:
    """MIT's programs with a krb5.conf of the lab's and a cache of their own."""

    config: Path
    cache: Path

    async def run(self, *command: str, given: str = "") -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            *command,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "LC_ALL": "C",
                "KRB5_CONFIG": str(self.config),
                "KRB5CCNAME": f"FILE:{self.cache}",
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(given.encode()), 60)
        return process.returncode or 0, output.decode()


async def ask_kvno(lab: Lab, folder: Path, *, knows_domains: bool) -> tuple[int, str]:
    """kinit as alice of the first realm, and kvno for a name of the other; what kvno ends with and klist shows."""
    text = lab.state.krb5_conf.read_text()
    config = folder / "krb5.conf"
    # Without [domain_realm] MIT's client has to be told by the KDC; with it, it asks for the other realm's TGT itself.
    config.write_text(text if knows_domains else text.partition("[domain_realm]")[0])
    tools = Tools(config=config, cache=folder / "ccache")
    status, said = await tools.run("kinit", "alice", given=lab.accounts.passwords["alice"] + "\n")
    assert status == 0, said
    status, said = await tools.run("kvno", "-S", *SPN.split("/"))
    return status, said + (await tools.run("klist"))[1]


@pytest.mark.parametrize("knows_domains", [True, False])
async def test_mits_kvno_follows_the_labs_referral(tmp_path: Path, *, knows_domains: bool) -> None:
    async with Lab(cross_realm(), tmp_path / "state") as lab:
        status, said = await ask_kvno(lab, tmp_path, knows_domains=knows_domains)
        replies = [(entry.party, entry.detail["server"]) for entry in lab.ledger.of("kdc-reply")][-2:]
    assert status == 0, said
    assert "kvno = 3" in said
    assert f"{SPN}@FABRIKAM.LAB" in said
    assert replies == [("DC1", "krbtgt/FABRIKAM.LAB"), ("FDC1", SPN)]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (TrustKey(realm="FABRIKAM.LAB"), "Decrypt integrity check failed"),
        (MissingTrust(realm="FABRIKAM.LAB"), f"Server {SPN}@FABRIKAM.LAB not found in Kerberos database"),
        (MissingTrust(realm="CONTOSO.LAB"), "not found in Kerberos database"),
    ],
)
async def test_mits_kvno_is_told_what_breaks_the_way(tmp_path: Path, fault: Fault, words: str) -> None:
    async with Lab(cross_realm(fault), tmp_path / "state") as lab:
        status, said = await ask_kvno(lab, tmp_path, knows_domains=False)
    assert status != 0
    assert words in said
