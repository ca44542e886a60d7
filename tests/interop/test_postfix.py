"""The probe against programs that it shares nothing with: MIT's krb5kdc, and postfix with Cyrus SASL and MIT's GSSAPI.

Postfix tells its clients nothing but 535, as Exchange tells them nothing but 454. What it writes into its own log is
the truth that each verdict is held to.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import ROOT, run_exps
from tests.support.golden_table import GoldenTable
from tests.support.mit import MitRealm, mit_realm
from tests.support.postfix import Postfix, gssapi_failures, postfix
from tests.support.postfix_cases import CASES, HOSTS, WITHOUT_SPN, Case
from tests.support.reported import COLUMNS, Reported
from tests.support.silent import silent_port

pytestmark = pytest.mark.interop(
    "krb5kdc", "kadmin.local", "kdb5_util", "kinit", "kvno", "postfix", "cyrus-gssapi", "faketime"
)

REALM = "MIT.TEST"
PASSWORD = "alice-password"


@dataclass(slots=True, kw_only=True)
class Site:
    """The realm, its credentials, and the postfixes that were needed so far."""

    realm: MitRealm
    keytabs: dict[str, Path]
    credentials: dict[str, tuple[str, ...]]
    stack: contextlib.ExitStack
    _running: dict[str, Postfix] = field(default_factory=dict)

    def server(self, host: str) -> Postfix:
        """The postfix of that name; it is started when it is first asked for."""
        if host not in self._running:
            clock = {"ahead": "+10m", "behind": "-10m"}.get(host, "")
            starting = postfix(
                self.realm.krb5_conf,
                self.keytabs.get(host),
                hostname=f"{host}.mit.test",
                clock=clock,
                tls=True,
            )
            self._running[host] = self.stack.enter_context(starting)
        return self._running[host]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("postfix")
    with mit_realm(folder / "realm", REALM) as realm, contextlib.ExitStack() as stack:
        realm.add_principal("alice", PASSWORD)
        for host in HOSTS:
            if host not in WITHOUT_SPN:
                realm.add_principal(spn(host))
        realm.add_principal("HOST/nameless.mit.test")
        ccache = realm.kinit("alice", PASSWORD)
        old_ccache = realm.kinit("alice", PASSWORD)
        realm.run("kvno", "-c", f"FILE:{old_ccache}", spn("newer"))
        (folder / "password").write_text(f"{PASSWORD}\n")
        (folder / "wrong-password").write_text("not-alice-password\n")
        yield Site(
            realm=realm,
            keytabs=make_keytabs(realm),
            credentials={
                "password": ("--user", "alice", "--password-file", str(folder / "password")),
                "wrong-password": ("--user", "alice", "--password-file", str(folder / "wrong-password")),
                "keytab": ("--keytab", str(realm.keytab("alice"))),
                "ccache": ("--ccache", str(ccache)),
                "old-ccache": ("--ccache", str(old_ccache)),
            },
            stack=stack,
        )


def spn(host: str) -> str:
    return f"smtp/{host}.mit.test"


def make_keytabs(realm: MitRealm) -> dict[str, Path]:
    """Each server's keytab; the stale ones become so by what kadmin does afterwards."""
    keytabs: dict[str, Path] = {host: realm.keytab(spn(host)) for host in ("mail", "ahead", "behind")}
    keytabs["older"] = realm.keytab(spn("older"))
    realm.change_keys(spn("older"))
    realm.change_keys(spn("newer"))
    keytabs["newer"] = realm.keytab(spn("newer"))
    keytabs["rekeyed"] = realm.keytab(spn("rekeyed"))
    # Deleted and made again: the version begins at 1 again.
    realm.admin(f"delprinc -force {spn('rekeyed')}")
    realm.add_principal(spn("rekeyed"))
    return keytabs


@pytest.fixture(scope="module")
def table() -> Iterator[GoldenTable]:
    table = GoldenTable(
        path=ROOT / "docs/interop-postfix.md",
        title="The probe against postfix",
        introduction="""\
Postfix 3.7 with Cyrus SASL 2.1 and MIT krb5 1.20 (Debian 12) answers `AUTH GSSAPI`; MIT's krb5kdc gives the tickets.
None of them shares code with the probe. Postfix's banner shows no clock and its 535 no reason; the third column is from
its own log, which the probe does not see. `tests/interop/test_postfix.py` makes this table (`UPDATE_GOLDEN=1`) and
compares it at every run.
""",
        header=("case", "last reply to AUTH", "reason in postfix's log", *COLUMNS),
        names=[case.name for case in CASES],
    )
    yield table
    table.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Reported):
    """What came of a case."""

    logged: str
    kdc_logged: str

    @property
    def handshakes(self) -> list[dict[str, Any]]:
        return [
            step["detail"]
            for step in self.report["steps"]
            if step["kind"] == "handshake" and not step["detail"].get("contrast")
        ]

    @property
    def reply(self) -> str:
        """The code and the text of the last reply to AUTH."""
        if not self.handshakes or self.handshakes[-1]["reply"] is None:
            return ""
        reply = self.handshakes[-1]["reply"]
        return f"{reply['code']} {' '.join(reply['lines'])}"

    @property
    def reason(self) -> str:
        """Why postfix refused at last."""
        found = gssapi_failures(self.logged)
        return re.sub("'/.*/", "'.../", found[-1]) if found else ""

    def row(self, case: Case) -> tuple[str, ...]:
        return self.cells(case.name, self.reply, self.reason)


def run(site: Site, case: Case, trace: Path) -> Outcome:
    """Run the probe on a case, and read what postfix and the KDC logged meanwhile."""
    server = site.server(case.host)
    logged, kdc_logged = len(server.log()), len(site.realm.log())
    with kdc_of(site.realm, case.kdc) as kdc:
        ended = run_exps(
            *("probe", server.hostname, "--connect", server.address, "--realm", REALM, "--kdc", kdc),
            *("--ehlo", "probe.mit.test", "--json", "--trace", str(trace)),
            *site.credentials[case.source],
            *case.arguments,
        )
    report = ended.report()
    return Outcome(
        status=ended.status,
        report=report,
        logged=server.await_log(logged),
        kdc_logged=site.realm.log()[kdc_logged:],
    )


@contextlib.contextmanager
def kdc_of(realm: MitRealm, state: str) -> Iterator[str]:
    """HOST:PORT of a KDC in that state."""
    match state:
        case "running":
            yield str(realm.kdc)
        case "silent":
            with silent_port() as port:
                yield f"127.0.0.1:{port}"
        case "stopped":
            realm.stop()
            try:
                yield str(realm.kdc)
            finally:
                realm.start()
        case _:
            raise ValueError(state)


# -- The fixture, judged by a client that is not ours ---------------------------------------------------------


@pytest.mark.interop("curl")
@pytest.mark.parametrize("tls", [False, True], ids=["clear", "starttls"])
@pytest.mark.parametrize(
    ("host", "welcome"), [("mail", True), ("ahead", False), ("older", False), ("keyless", False)]
)
def test_curl_is_told_the_same(
    site: Site, program: Callable[[str], Path], host: str, *, welcome: bool, tls: bool
) -> None:
    server = site.server(host)
    cache = site.credentials["ccache"][1]
    done = site.realm.run(
        str(program("curl")),
        *(
            "--verbose",
            "--silent",
            "--max-time",
            "20",
            "--resolve",
            f"{server.hostname}:{server.port}:127.0.0.1",
        ),
        *("--login-options", "AUTH=GSSAPI", "--user", f"alice@{REALM}:", "--request", "NOOP"),
        *(("--ssl-reqd", "--insecure") if tls else ()),
        f"smtp://{server.hostname}:{server.port}",
        check=False,
        env={"KRB5CCNAME": f"FILE:{cache}"},
    )
    answers = re.findall(r"^< (235|535|454) ", done.stderr, re.MULTILINE)
    assert answers == ["235"] if welcome else ["454" if host == "keyless" else "535"]
    assert ("SSL connection using" in done.stderr) is tls


# -- The probe ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(site: Site, case: Case, table: GoldenTable, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    outcome = run(site, case, trace)
    assert outcome.reply.startswith(case.reply)
    assert bool(outcome.handshakes) is bool(case.reply)
    assert_logged(case, outcome)
    assert_verdict(case, outcome)
    if case.truth == "healthy":
        assert_mutual(case, outcome)
    if case.source == "wrong-password":
        assert_tried_once(outcome)
    diagnosed = run_exps("diagnose", str(trace), "--json")
    assert diagnosed.status == outcome.status
    assert diagnosed.report()["verdict"] == outcome.report["verdict"]
    assert PASSWORD not in trace.read_text()
    table.check(outcome.row(case))


def assert_logged(case: Case, outcome: Outcome) -> None:
    """The fault did happen, at the place where it was to happen."""
    if case.logged:
        assert re.search(case.logged, outcome.reason), outcome.logged
    else:
        assert not outcome.reason


def assert_verdict(case: Case, outcome: Outcome) -> None:
    """The right cause, or an honest `undetermined` that has it among its alternatives."""
    assert not [step for step in outcome.report["steps"] if step["outcome"] == "probe-bug"]
    if not case.truth:
        return
    assert outcome.status == 0 if case.truth == "healthy" else outcome.status in (2, 3)
    if case.certainty:
        assert (outcome.cause, outcome.certainty) == (case.truth, case.certainty)
    elif outcome.cause != case.truth:
        assert outcome.cause == "undetermined"
        assert case.truth in outcome.alternatives
        assert outcome.report["next_measurements"]


def assert_mutual(case: Case, outcome: Outcome) -> None:
    """The AP-REP was verified, inside the wrapping and the layer that were asked for; postfix counts one success."""
    [handshake] = outcome.handshakes
    assert handshake["ap_rep_verified"]
    assert f"--wrapping {handshake['wrapping']} --tls {handshake['tls']}" == " ".join(case.arguments)
    assert handshake["server"] == spn("mail")
    assert outcome.alternatives == []
    assert " auth=1 " in outcome.logged
    assert ("TLS connection established" in outcome.logged) is (handshake["tls"] == "starttls")


def assert_tried_once(outcome: Outcome) -> None:
    """The KDC counts each wrong password, and locks the account after a few."""
    assert len(re.findall("preauth .* verify failure", outcome.kdc_logged)) == 1


def test_the_table_has_every_case(table: GoldenTable) -> None:
    table.check_names()
