"""What holds for every test."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.exhaustive import VARIABLE

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


@pytest.fixture(autouse=True)
def _no_kerberos_of_this_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may depend on, or talk to, the realm that this machine's own krb5.conf happens to name."""
    empty = tmp_path / "no-krb5.conf"
    empty.touch()
    monkeypatch.setenv("KRB5_CONFIG", str(empty))
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path / 'no-ccache'}")
