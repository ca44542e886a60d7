"""The probe against Active Directory as Samba makes it, each case on a fresh domain controller.

Who accepts is the lab's receive connector, which forwards what Exchange forwards, or postfix, with the keys that Samba
exported. What they log is the truth about the log-on; the case itself says what is wrong.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import ROOT
from tests.support.golden_table import GoldenTable
from tests.support.samba import PROGRAMS, Controller
from tests.support.samba_cases import CASES, Case
from tests.support.samba_files import ALICE_PASSWORD, REALM
from tests.support.samba_outcome import HEADER, Outcome, assert_supported, reason_of
from tests.support.samba_site import PORTS, TARGET, Site

pytestmark = pytest.mark.interop(*PROGRAMS, "kinit", "postfix", "cyrus-gssapi")


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
        header=HEADER,
        names=[case.name for case in CASES],
    )
    yield table
    table.close()


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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(samba_site: Site, case: Case, table: GoldenTable, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    with samba_site.controller(clock=case.clock) as controller:
        outcome = run(samba_site, case, controller, trace)
        assert wrong_passwords(controller) == (1 if case.source == "wrong-password" else 0)
    assert outcome.reason.startswith(case.reason)
    assert bool(outcome.reason) is bool(case.reason)
    assert outcome.status in ((0, 1) if case.truth == "healthy" else (2, 3))
    assert_supported(outcome, truth=case.truth, certainty=case.certainty)
    assert ALICE_PASSWORD not in trace.read_text()
    table.check(outcome.row(case.name, case.truth))


def wrong_passwords(controller: Controller) -> int:
    """How often somebody gave a wrong password for alice: a few more lock the account."""
    found = controller.search("(sAMAccountName=alice)", "badPwdCount")
    return int(found.get("badPwdCount", "0"))


def test_the_table_has_every_case(table: GoldenTable) -> None:
    table.check_names()
