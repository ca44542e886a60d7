"""The probe against two Samba domain controllers: in agreement, cut off from each other, and mended again."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import ROOT
from tests.support.golden_table import GoldenTable
from tests.support.samba import PROGRAMS
from tests.support.samba_cases import SHORT_WAIT
from tests.support.samba_files import REALM
from tests.support.samba_outcome import HEADER, Outcome, assert_supported, reason_of
from tests.support.samba_pair import NAMES, make_pair, pair
from tests.support.samba_receiver import receiver
from tests.support.samba_site import PORTS, TARGET, Site
from tests.support.samba_split_cases import CASES, SPN, SplitCase

pytestmark = pytest.mark.interop(*PROGRAMS, "kinit", "kvno", "postfix", "cyrus-gssapi")

OWN_KEY_PORT = 2527
"""Of the receiver whose keytab is of after the change."""


@pytest.fixture(scope="module")
def snapshots(samba_site: Site) -> Path:
    return make_pair(samba_site.network, samba_site.snapshot, samba_site.folder / "pair")


@pytest.fixture(scope="module")
def table() -> Iterator[GoldenTable]:
    table = GoldenTable(
        path=ROOT / "docs/interop-samba-replication.md",
        title="The probe against two domain controllers that differ",
        introduction="""\
Two Samba 4.17 domain controllers of one domain, each in a network namespace. nftables cuts them off from each other
while one or both are changed; "mended" means that they replicated since. The receiver is the lab's connector with a
keytab that Samba exported. Where the log-on succeeds, a split that kvno does not show is looked for with `--thorough`
only. `tests/interop/test_samba_replication.py` makes this table (`UPDATE_GOLDEN=1`) and compares it at every run.
""",
        header=HEADER,
        names=[case.name for case in CASES],
    )
    yield table
    table.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(samba_site: Site, snapshots: Path, case: SplitCase, table: GoldenTable) -> None:
    # Not tmp_path: a socket's path has at most 107 octets, and Samba's are deep in its folder.
    with pair(samba_site.network, samba_site.folder, snapshots, clock=case.clock) as both:
        with both.cut():
            case.change(both)
            own_key = getattr(both, case.receiver_key).keytab("EX1$") if case.receiver_key else None
            before = None if case.mended else run(samba_site, case, own_key)
        if case.mended:
            both.replicate()
        outcome = before or run(samba_site, case, own_key)
    beginnings = {True: ("OK",), False: ("LogonDenied: ", "TimeSkew: "), None: ("",)}
    assert outcome.reason.startswith(beginnings[case.accepted]), outcome.report
    assert bool(outcome.reason) is (case.accepted is not None)
    truth = "healthy" if case.unseen else case.truth
    assert_supported(outcome, truth=truth, certainty=case.certainty)
    assert outcome.status in case.status
    for name in case.names:
        # By its address, or by the name that its own directory gives it.
        assert name in outcome.evidence or CALLED.get(name, name) in outcome.evidence
    table.check(outcome.row(case.name, case.truth))


CALLED = {"192.0.2.11": "dc1.contoso.lab", "192.0.2.12": "dc2.contoso.lab"}


def run(site: Site, case: SplitCase, own_key: Path | None) -> Outcome:
    """Run the probe, and read what the receiver wrote meanwhile."""
    with contextlib.ExitStack() as stack:
        for host, rules in (("dc1", case.dropped_at_dc1), ("dc2", case.dropped)):
            if rules:
                stack.enter_context(site.network.filtered(host, *rules))
        accepting, port = site.receiver("exchange"), PORTS["exchange"]
        if own_key is not None:
            starting = receiver(site.network, "ex1", OWN_KEY_PORT, own_key, own_key.with_suffix(".log"))
            accepting, port = stack.enter_context(starting), OWN_KEY_PORT
        before = len(accepting.log())
        kdcs = [option for name in NAMES for option in ("--kdc", site.network.addresses[name])]
        if case.ticket_from:
            credentials: tuple[str, ...] = ("--ccache", str(site.ticket(case.ticket_from, SPN)))
        else:
            credentials = site.credentials(case.source)
        ended = site.probe(
            *("probe", f"{TARGET}:{port}", "--realm", REALM, *kdcs, "--ehlo", "ex2.contoso.lab", "--json"),
            *(SHORT_WAIT if case.dropped or case.dropped_at_dc1 else ()),
            *credentials,
            *case.arguments,
        )
        return Outcome(status=ended.status, report=ended.report(), reason=reason_of(accepting, before))


def test_the_table_has_every_case(table: GoldenTable) -> None:
    table.check_names()
