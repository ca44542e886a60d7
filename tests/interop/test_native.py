"""`--native` beside our own Kerberos client, with the same tickets of MIT's kinit: the same verdicts.

The child process has the real pyspnego and the real GSSAPI of MIT (`tests/support/native_python.py`). What only Windows
has, SSPI, cannot run here; docs/native.md says what that leaves untested.
"""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from probe.tickets.files import ccache
from tests.support.command_line import ROOT, Ended, run_exps
from tests.support.golden_table import GoldenTable
from tests.support.mit import MitRealm, find, free_port, mit_realm
from tests.support.native_cases import CASES, INTRODUCTION, Case
from tests.support.native_python import native_environment
from tests.support.postfix import Postfix, postfix
from tests.support.running_lab import running_lab
from tests.support.silent import silent_port

pytestmark = pytest.mark.interop(
    "krb5kdc",
    "kadmin.local",
    "kdb5_util",
    "kinit",
    "kvno",
    "postfix",
    "cyrus-gssapi",
    "faketime",
    "native-gssapi",
)

HOSTS = ("mail", "ahead", "older", "newer", "nameless")
PASSWORD = "alice-password"
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A receiver, and what a client needs to know and to have."""

    name: str
    address: str
    krb5_conf: Path
    caches: Mapping[str, Path]


@dataclass(slots=True, kw_only=True)
class Site:
    """The receivers that were needed so far."""

    folder: Path
    stack: contextlib.ExitStack
    native: Mapping[str, str]
    """What gives a child process GSSAPI."""
    _realm: MitRealm | None = None
    _peers: dict[tuple[str, str], Peer] = field(default_factory=dict)

    def peer(self, case: Case) -> Peer:
        key = (case.peer, case.where)
        if key not in self._peers:
            self._peers[key] = self._lab(case.where) if case.peer == "lab" else self._postfix(case.where)
        return self._peers[key]

    def _lab(self, scenario: str) -> Peer:
        ready = self.stack.enter_context(running_lab(scenario, self.folder / scenario))
        [alice] = [each for each in ready["principals"] if each["name"] == "alice"]
        connector = ready["connectors"][0]
        fresh = self.folder / f"{scenario}-ccache"
        subprocess.run(
            [find("kinit"), "-c", f"FILE:{fresh}", "alice"],
            input=Path(alice["password_file"]).read_bytes(),
            env=os.environ | {"KRB5_CONFIG": ready["krb5_conf"]},
            check=True,
            capture_output=True,
        )
        expired = self.folder / f"{scenario}-expired"
        expired.write_bytes(shift(fresh.read_bytes(), -2 * DAY_S))
        return Peer(
            name=connector["fqdn"],
            address=f"{connector['host']}:{connector['port']}",
            krb5_conf=Path(ready["krb5_conf"]),
            caches={"fresh": fresh, "expired": expired},
        )

    def _postfix(self, host: str) -> Peer:
        realm = self._realm or self._make_realm()
        keytab = None if host == "nameless" else realm.keytab(spn(host))
        fresh, old = realm.kinit("alice", PASSWORD), realm.kinit("alice", PASSWORD)
        if host == "older":
            realm.change_keys(spn(host))
        if host == "newer":
            realm.run("kvno", "-c", f"FILE:{old}", spn(host))
            realm.change_keys(spn(host))
            keytab = realm.keytab(spn(host))
        clock = "+10m" if host == "ahead" else ""
        server: Postfix = self.stack.enter_context(
            postfix(realm.krb5_conf, keytab, hostname=f"{host}.mit.test", clock=clock, tls=True)
        )
        return Peer(
            name=server.hostname,
            address=server.address,
            krb5_conf=realm.krb5_conf,
            caches={"fresh": fresh, "old": old},
        )

    def _make_realm(self) -> MitRealm:
        self._realm = self.stack.enter_context(mit_realm(self.folder / "realm"))
        self._realm.add_principal("alice", PASSWORD)
        self._realm.add_principal("HOST/nameless.mit.test")
        for host in HOSTS:
            if host != "nameless":
                self._realm.add_principal(spn(host))
        return self._realm


def spn(host: str) -> str:
    return f"smtp/{host}.mit.test"


def shift(cache: bytes, seconds: float) -> bytes:
    """The same tickets, as if they had been got at another time."""
    read = ccache.read(cache)
    moved = tuple(
        replace(
            ticket,
            auth_time=ticket.auth_time + seconds,
            start_time=ticket.start_time + seconds,
            end_time=ticket.end_time + seconds,
        )
        for ticket in read.credentials
    )
    return ccache.write(replace(read, credentials=moved))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("native")
    with contextlib.ExitStack() as stack:
        yield Site(folder=folder, stack=stack, native=native_environment(folder / "python"))


@pytest.fixture(scope="module")
def table() -> Iterator[GoldenTable]:
    table = GoldenTable(
        path=ROOT / "docs/native.md",
        title="Tickets of the system's own: `--native`",
        introduction=INTRODUCTION,
        header=("case", "ticket", "last reply", "native", "own client", "alternatives", "exit status"),
        names=[case.name for case in CASES],
    )
    yield table
    table.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one run."""

    ended: Ended
    report: dict[str, Any]

    def details(self, kind: str) -> list[dict[str, Any]]:
        return [step["detail"] for step in self.report["steps"] if step["kind"] == kind]

    @property
    def verdict(self) -> tuple[str, str]:
        return self.report["verdict"]["cause"], self.report["verdict"]["certainty"]

    @property
    def alternatives(self) -> list[str]:
        return [each["cause"] for each in self.report["alternatives"]]

    @property
    def reply(self) -> str:
        """The code of the last reply to an authentication, with its enhanced code."""
        replies = [
            each["reply"] for each in self.details("handshake") if each["reply"] and not each.get("contrast")
        ]
        return f"{replies[-1]['code']} {replies[-1]['enhanced']}".strip() if replies else ""

    @property
    def ticket(self) -> dict[str, Any]:
        [found] = self.details("ticket")
        return found


def run(site: Site, case: Case, folder: Path, *, native: bool) -> Outcome:
    """The probe on a case, with a copy of the cache, so that no run sees the tickets of another."""
    peer = site.peer(case)
    cache = Path(shutil.copy(peer.caches[case.cache], folder / f"ccache-{native}"))
    source = ("--native",) if native else ("--ccache", str(cache))
    with krb5_conf(peer, case.kdc, folder) as config:
        ended = run_exps(
            *("probe", peer.name, "--connect", peer.address, "--ehlo", "probe.test", "--json"),
            *source,
            *case.arguments,
            env={**site.native, "KRB5_CONFIG": str(config), "KRB5CCNAME": f"FILE:{cache}"},
        )
    return Outcome(ended=ended, report=ended.report())


@contextlib.contextmanager
def krb5_conf(peer: Peer, kdc: str, folder: Path) -> Iterator[Path]:
    """The client's configuration, with every KDC moved to where nobody listens or nobody answers."""
    if kdc == "running":
        yield peer.krb5_conf
        return
    with silent_port() if kdc == "silent" else contextlib.nullcontext(free_port()) as port:
        moved = folder / "krb5.conf"
        text = re.sub(r"(kdc = 127\.0\.0\.1):\d+", rf"\1:{port}", peer.krb5_conf.read_text())
        moved.write_text(text)
        yield moved


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_is_that_of_our_own_client(
    site: Site, case: Case, table: GoldenTable, tmp_path: Path
) -> None:
    own = run(site, case, tmp_path, native=False)
    native = run(site, case, tmp_path, native=True)
    assert not native.details("bug")
    if not case.own_sees_more:
        assert native.verdict == own.verdict
        assert native.alternatives == own.alternatives
        assert native.ended.status == own.ended.status
    assert native.reply == own.reply
    assert case.truth in (native.verdict[0], *native.alternatives)
    assert_ticket(case, native, own)
    assert PASSWORD not in native.ended.output
    table.check(
        (
            case.name,
            native.ticket["problem"] or "in hand",
            native.reply or "-",
            " ".join(native.verdict),
            " ".join(own.verdict),
            ", ".join(native.alternatives) or "-",
            str(native.ended.status),
        )
    )


def assert_ticket(case: Case, native: Outcome, own: Outcome) -> None:
    """What the AP-REQ shows in clear is what our own client knows."""
    ticket, known = native.ticket, own.ticket
    assert ticket["source"] == "native"
    assert ticket["problem"] == known["problem"] == case.problem
    if case.problem:
        assert ticket["detail"]
        return
    assert ticket["octets"] > 0  # of two requests with different flags: not the same ticket
    for name in ("server", "etype", "kvno", "session_etype"):
        assert ticket[name] == known[name], name


def test_a_silent_kdc_ends_at_the_deadline(site: Site, tmp_path: Path) -> None:
    """MIT's library would wait 27 s for it, and longer for two; the process ends too, its thread still waiting."""
    [case] = [case for case in CASES if case.name == "postfix, KDC silent"]
    outcome = run(site, case, tmp_path, native=True)
    assert "within 1 s" in outcome.ticket["detail"]
    [step] = [step for step in outcome.report["steps"] if step["kind"] == "ticket"]
    assert 1000 <= step["duration_ms"] < 10_000


def test_exchangeauth_with_the_systems_session_key(site: Site, tmp_path: Path) -> None:
    """The lab compares the hash over that key with its own: a wrong one is refused."""
    [case] = [case for case in CASES if case.name == "lab, healthy"]
    arguments = ("--mechanism", "exchangeauth", "--ehlo", "ex2.contoso.lab")
    native, own = (
        run(site, replace(case, arguments=arguments), tmp_path, native=native) for native in (True, False)
    )
    for outcome in (native, own):
        [handshake] = outcome.details("handshake")
        assert (handshake["mechanism"], handshake["reply"]["code"]) == ("EXCHANGEAUTH", 235)
        assert handshake["return_leg"] == "unproven"  # nobody but EX2$ itself can verify it
    assert native.verdict == own.verdict
    spoilt = replace(case, arguments=(*arguments, "--inject", "bad-hash"))
    assert run(site, spoilt, tmp_path, native=True).reply.startswith("454")


def test_without_tickets_it_says_so(site: Site, tmp_path: Path) -> None:
    [case] = [case for case in CASES if case.name == "postfix, healthy"]
    peer = site.peer(case)
    ended = run_exps(
        *("probe", peer.name, "--connect", peer.address, "--json", "--native"),
        env={**site.native, "KRB5_CONFIG": str(peer.krb5_conf), "KRB5CCNAME": f"FILE:{tmp_path / 'none'}"},
    )
    outcome = Outcome(ended=ended, report=ended.report())
    assert outcome.ticket["problem"] == "no-credentials"
    assert "No Kerberos credentials available" in outcome.ticket["detail"]
    assert ended.status == 3


@pytest.mark.parametrize("fault", ["cut-token", "corrupt-token", "replay", "wrong-spn=smtp/ahead.mit.test"])
def test_faults_of_ours_are_committed_with_native_tickets_too(site: Site, fault: str, tmp_path: Path) -> None:
    [case] = [case for case in CASES if case.name == "postfix, healthy"]
    injected = replace(case, arguments=("--inject", fault))
    native, own = (run(site, injected, tmp_path, native=native) for native in (True, False))
    assert native.reply == own.reply
    assert native.reply.startswith("535")
    assert native.verdict == own.verdict


def test_the_table_has_every_case(table: GoldenTable) -> None:
    table.check_names()
