"""What holds for every test."""

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.exhaustive import VARIABLE

if TYPE_CHECKING:  # most tests need no lab, and it takes a while to import
    from simulator.run.runner import Result
    from tests.support.scenario_runs import Runs

TOGETHER = {
    # one forest, which takes a while to make
    "samba": [
        f"tests/interop/{name}.py" for name in ("test_samba_replication", "test_samba", "test_directory")
    ],
    # one run of every scenario
    "scenarios": [f"tests/{name}.py" for name in ("test_scenarios", "test_efforts", "test_deprivation")],
}
"""Files whose tests share what took long to make."""

MISSING = re.compile(r"Skipped: missing: (?P<programs>.+) \(scripts/install-peers")
"""What tests/interop/conftest.py skips a test with."""

# A machine that does something else at the same time makes no example wrong.
settings.register_profile("exps", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("exps")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what `make test-all` asks for."""
    parser.addoption("--exhaustive", action="store_true", help="take everything, not a seeded part of it")


def pytest_configure(config: pytest.Config) -> None:
    """Tell the tests, and the workers of pytest-xdist, how much is asked for."""
    if config.getoption("exhaustive"):
        os.environ[VARIABLE] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left with it at the end."""
    order = list(TOGETHER)
    items.sort(
        key=lambda item: order.index(name) if (name := worker_of(item.nodeid)) in TOGETHER else len(order)
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep what is in TOGETHER in one worker, and the tests of any other file: `--dist=loadfile`."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    made = LoadFileScheduling(config, log)
    made._split_scope = worker_of
    return made


def worker_of(nodeid: str) -> str:
    """What tests with the same answer share: one worker, which makes their fixtures once."""
    file = nodeid.partition("::")[0]
    return next((name for name, files in TOGETHER.items() if file in files), file)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for all interop tests that were skipped, whichever worker skipped them."""
    reports = terminalreporter.stats.get("skipped", [])
    found = [MISSING.search(str(report.longrepr)) for report in reports]
    programs = [each["programs"].split(", ") for each in found if each]
    if programs:
        names = ", ".join(sorted({name for several in programs for name in several}))
        terminalreporter.write_line(
            f"interop: {len(programs)} tests skipped, not installed: {names} (see scripts/install-peers)",
            yellow=True,
        )


@pytest.fixture(autouse=True, scope="session")
def _no_kerberos_of_this_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test may depend on, or talk to, the realm that this machine's own krb5.conf happens to name."""
    folder = tmp_path_factory.mktemp("host")
    empty = folder / "krb5.conf"
    empty.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KRB5_CONFIG", str(empty))
        # In a folder that is not there: no test can leave a ticket for the next one.
        patch.setenv("KRB5CCNAME", f"FILE:{folder / 'nowhere' / 'ccache'}")
        yield


@pytest.fixture(scope="session")
def scenario_results(request: pytest.FixtureRequest) -> "Runs[Result]":
    """What came out of the scenarios that are asked for, as `exps lab run` runs them."""
    from tests.support.scenario_runs import run_each, wanted

    return run_each(wanted(request, "scenario_results"))
