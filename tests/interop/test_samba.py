"""The probe against Active Directory as Samba makes it, each case on a fresh domain controller.

Who accepts is the lab's receive connector, which forwards what Exchange forwards, or postfix, with the keys that Samba
exported. What they log is the truth about the log-on; the case itself says what is wrong.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import ROOT
from tests.support.golden_table import GoldenTable
from tests.support.postfix import Postfix
from tests.support.samba import PROGRAMS, Controller
from tests.support.samba_cases import CASES, Case
from tests.support.samba_files import ALICE_PASSWORD, REALM
from tests.support.samba_receiver import Receiver
from tests.support.samba_site import PORTS, TARGET, Site
from tests.support.samba_site import site as samba_site

pytestmark = pytest.mark.interop(*PROGRAMS, "kinit", "postfix", "cyrus-gssapi")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with samba_site(tmp_path_factory.mktemp("samba")) as made:
        yield made


@pytest.fixture(scope="module")
def table() -> Iterator[GoldenTable]:
    table = GoldenTable(
        path=ROOT / "docs/interop-samba.md",
        title="The probe against Samba's Active Directory",
        introduction="""\
Samba 4.17 (Debian 12) is the domain controller, in a network namespace; EX1$ and EX2$ are computer accounts in it. The
receiver is the lab's connector, which has the keys that Samba exported, or postfix with Cyrus SASL and MIT krb5. The
probe runs as EX2 would. "Expected" is the cause that is true, the second column what the receiver wrote about the first
log-on. `tests/interop/test_samba.py` makes this table (`UPDATE_GOLDEN=1`) and compares it at every run.
""",
        header=(
            "case",
            "the receiver's own reason",
            "expected",
            "verdict",
            "certainty",
            "alternatives",
            "exit status",
        ),
        names=[case.name for case in CASES],
    )
    yield table
    table.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a case."""

    status: int
    report: dict[str, Any]
    reason: str

    @property
    def cause(self) -> str:
        return str(self.report["verdict"]["cause"])

    @property
    def certainty(self) -> str:
        return str(self.report["verdict"]["certainty"])

    @property
    def alternatives(self) -> list[str]:
        return [str(verdict["cause"]) for verdict in self.report["alternatives"]]

    def row(self, case: Case) -> tuple[str, ...]:
        # How many seconds it is exactly is another matter at each run.
        reason = re.sub("in [0-9]+ s", "in ... s", self.reason)
        cells = (reason, case.truth, self.cause, self.certainty, ", ".join(self.alternatives))
        return (case.name, *(cell or "-" for cell in cells), str(self.status))


def run(site: Site, case: Case, controller: Controller, trace: Path) -> Outcome:
    """Run the probe on a case, and read what the receiver wrote meanwhile."""
    accepting, credentials = site.receiver(case.receiver), site.credentials(case.source)
    before = len(accepting.log())
    case.change(controller)
    if case.stopped:
        controller.stop()
    dropped = site.network.filtered("dc1", *case.dropped) if case.dropped else contextlib.nullcontext()
    with dropped:
        ended = site.probe(
            *("probe", f"{TARGET}:{PORTS[case.receiver]}", "--realm", REALM, "--ehlo", "ex2.contoso.lab"),
            *(("--kdc", controller.address) if case.kdc else ()),
            *("--json", "--trace", str(trace)),
            *credentials,
            *case.arguments,
        )
    return Outcome(status=ended.status, report=ended.report(), reason=reason_of(accepting, before))


def reason_of(accepting: Receiver | Postfix, start: int) -> str:
    """What it wrote about the first log-on; postfix, what MIT's library told it about a refusal."""
    if isinstance(accepting, Receiver):
        return accepting.judged(start)
    logged = accepting.await_log(start)
    found: list[str] = re.findall(r"SASL authentication failure: GSSAPI Error: [^(]*\((.*)\)", logged)
    return found[0] if found else ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(site: Site, case: Case, table: GoldenTable, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    with site.controller(clock=case.clock) as controller:
        outcome = run(site, case, controller, trace)
        assert wrong_passwords(controller) == (1 if case.source == "wrong-password" else 0)
    assert outcome.reason.startswith(case.reason)
    assert bool(outcome.reason) is bool(case.reason)
    assert_verdict(case, outcome)
    assert ALICE_PASSWORD not in trace.read_text()
    table.check(outcome.row(case))


def wrong_passwords(controller: Controller) -> int:
    """How often somebody gave a wrong password for alice: a few more lock the account."""
    found = controller.search("(sAMAccountName=alice)", "badPwdCount")
    return int(found.get("badPwdCount", "0"))


def assert_verdict(case: Case, outcome: Outcome) -> None:
    """The right cause; where the wire cannot tell, nothing else for certain, and the right one among the others."""
    assert not [step for step in outcome.report["steps"] if step["outcome"] == "probe-bug"]
    assert outcome.status in (0, 1) if case.truth == "healthy" else outcome.status in (2, 3)
    if case.certainty:
        assert (outcome.cause, outcome.certainty) == (case.truth, case.certainty)
    elif outcome.cause != case.truth:
        assert outcome.certainty != "certain"
        assert case.truth in (*outcome.alternatives, "undetermined")
        assert outcome.report["next_measurements"]


def test_the_table_has_every_case(table: GoldenTable) -> None:
    table.check_names()
